"""An agency's bank as the tests play it: an account, statements made of a few entries, and what they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import Party, User
from market.payments.bank import actions, agreement
from market.payments.bank.models import BankAccount, Line, Statement, StatementFile
from market.payments.models import Charge

OPENING = 1_000_000_00


@dataclass(frozen=True)
class Moved:
    """An entry as the bank writes it: minor units, more than nothing for what came in."""

    minor: int
    text: str = ""
    number: str = ""
    name: str = ""
    account: str = ""
    end_to_end: str = ""
    reversal: bool = False
    on: date | None = None


def account(agency: Party, by: User, currency: str = "CNY") -> BankAccount:
    """The agency's account for a currency, known to the desk."""
    return actions.open_account(
        agency=agency, bank=agency.bank_name, number=agency.bank_account, bic="", currency=currency, by=by
    )


def paid(charge: Charge, minor: int | None = None, *, number: str = "", name: str | None = None) -> Moved:
    """The transfer that pays a charge, or another sum, from its payer's account unless told whose."""
    name = charge.payer.name if name is None else name
    text = f"货款 {charge.reference.lower()} 谢谢"
    return Moved(minor or charge.amount_minor, text, number or f"TX{charge.code[2:]}", name, charge.payer.bank_account)


def camt(number: str, entries: Sequence[Moved], currency: str = "CNY", opening: int = OPENING) -> bytes:
    """A CAMT.053 of one statement, which adds up."""
    closing = opening + sum(entry.minor for entry in entries)
    body = "".join(_entry(entry, currency) for entry in entries)
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S1</Id>'
        f"<Acct><Id><Othr><Id>{number}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>"
        f"{_balance('OPBD', opening, currency)}{_balance('CLBD', closing, currency)}{body}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _amount(minor: int, currency: str) -> str:
    side = "CRDT" if minor >= 0 else "DBIT"
    figure = Money(abs(minor), currency).plain()
    return f'<Amt Ccy="{currency}">{figure}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _balance(kind: str, minor: int, currency: str) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(minor, currency)}</Bal>"


def _entry(entry: Moved, currency: str) -> str:
    side = "Dbtr" if entry.minor > 0 else "Cdtr"
    on = (entry.on or clock.today()).isoformat()
    return (
        f"<Ntry>{_amount(entry.minor, currency)}<RvslInd>{str(entry.reversal).lower()}</RvslInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{on}</Dt></BookgDt><AcctSvcrRef>{entry.number}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{entry.end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs><RltdPties>"
        f"<{side}><Pty><Nm>{escape(entry.name)}</Nm></Pty></{side}>"
        f"<{side}Acct><Id><Othr><Id>{entry.account}</Id></Othr></Id></{side}Acct></RltdPties>"
        f"<RmtInf><Ustrd>{escape(entry.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def statement(
    agency: Party, by: User, *entries: Moved, currency: str = "CNY", opening: int | None = None
) -> StatementFile:
    """Hand in a statement of the agency's account with these entries; it opens with what the last one closed with."""
    if opening is None:
        last = Statement.objects.filter(account__agency=agency, currency=currency).first()
        opening = OPENING if last is None else last.closing_minor
    content = camt(agency.bank_account, entries, currency, opening)
    return actions.hand_in(agency=agency, name="statement.xml", content=content, account=None, by=by)


def lines(*states: str) -> list[tuple[str, str]]:
    """Every line in the order it was read: how much it moved and why it is in suspense."""
    return [(("" if row.credit else "-") + row.amount.plain(), row.reason) for row in Line.objects.order_by("pk")]


def accounted(agency: Party) -> None:
    """Everything imported is accounted for, and the books say what the bank says."""
    for one in agreement.agreements(agency):
        assert one.agrees, one
