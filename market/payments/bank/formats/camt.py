"""Reads CAMT.053 (ISO 20022 bank-to-customer statements, versions .02 to .08), by local names, from hardened XML."""

from dataclasses import replace
from datetime import date

from market.kernel.errors import Refused
from market.kernel.money import Money, total
from market.payments.bank.formats.sheet import Entry, Sheet, amount_of, currency_of, number_of, wrong
from market.rights.importers.markup import Element, flat, known_day, parse, text
from market.rights.importers.markup import documents as texts

_OPENING, _CLOSING = ("OPBD", "PRCD", "ITBD"), ("CLBD", "ITBD")  # ITBD where a statement is one page of several
_PARTIES = {True: "Dbtr", False: "Cdtr"}  # who is on the other side of what came in, and of what went out


def read(name: str, data: bytes) -> list[Sheet]:
    """Every statement of the file. Refused `import.unsafe_markup`, `import.unreadable`, `bank.form`, `bank.row`."""
    sheets: list[Sheet] = []
    for document in texts(name, data):
        root = parse(name, document)
        message = root if root.tag == "BkToCstmrStmt" else root.find("BkToCstmrStmt")
        if message is None:
            raise Refused("bank.form", name=name, found=root[0].tag if len(root) else root.tag)
        statements = message.findall("Stmt")
        if not statements:
            raise wrong(f"{name} BkToCstmrStmt", "element", "Stmt")
        sheets += [_sheet(statement) for statement in statements]
    return sheets


def _sheet(statement: Element) -> Sheet:
    account = text(statement, "Acct/Id/IBAN") or text(statement, "Acct/Id/Othr/Id")
    place = text(statement, "Id") or account
    if not account:
        raise wrong(place, "account")
    balances = [_balance(node, place) for node in statement.findall("Bal")]
    known = text(statement, "Acct/Ccy") or next((money.currency for _, money in balances), "")
    currency = currency_of(known, place)
    if any(money.currency != currency for _, money in balances):
        raise wrong(place, "mixed", currency)
    entries, pending = [], 0
    for number, node in enumerate(statement.findall("Ntry"), 1):
        state = text(node, "Sts/Cd") or text(node, "Sts")
        if state in ("BOOK", ""):
            entries += _entries(node, f"{place} Ntry {number}", currency)
        elif state in ("PDNG", "INFO", "FUTR"):
            pending += 1
        else:
            raise wrong(f"{place} Ntry {number}", "state", state)
    return Sheet(
        account=account,
        currency=currency,
        entries=tuple(entries),
        number=text(statement, "ElctrncSeqNb") or text(statement, "Id"),
        opening=_first(balances, *_OPENING),
        closing=_first(balances[::-1], *_CLOSING),
        pending=pending,
    )


def _balance(node: Element, place: str) -> tuple[str, Money]:
    amount = _money(node, place)
    kind = text(node, "Tp/CdOrPrtry/Cd") or text(node, "Tp/CdOrPrtry/Prtry")
    return kind, amount if _is_credit(node, place) else -amount


def _first(balances: list[tuple[str, Money]], *kinds: str) -> Money | None:
    """The first balance of the first of `kinds` that is there."""
    return next((money for kind in kinds for said, money in balances if said == kind), None)


def _money(node: Element, place: str) -> Money:
    """The figure at Amt and its currency; a comment or anything else inside it is a fault."""
    amount = node.find("Amt")
    if amount is None or len(amount):
        raise wrong(place, *(("element", "Amt") if amount is None else ("amount", flat(amount))))
    return amount_of(flat(amount), currency_of(str(amount.get("Ccy", "")), place), place)


def _is_credit(node: Element, place: str) -> bool:
    mark = text(node, "CdtDbtInd")
    if mark not in ("CRDT", "DBIT"):
        raise wrong(place, "direction", mark)
    return mark == "CRDT"


def _entries(node: Element, place: str, currency: str) -> list[Entry]:
    """The entry, or each transaction of a batch whose amounts are given and make up the entry."""
    whole = _one(node, place, currency)
    details = node.findall("NtryDtls/TxDtls")
    if len(details) == 1:
        return [_detailed(whole, details[0], whole.amount, whole.credit)]
    parts = [_part(detail, whole, f"{place} TxDtls {number}") for number, detail in enumerate(details, 1)]
    split = [part for part in parts if part is not None]
    if not split or len(split) != len(details) or total([part.signed for part in split], currency) != whole.signed:
        words = " ".join(dict.fromkeys(_words(detail) for detail in details))
        return [replace(whole, text=words or whole.text)]
    return split


def _one(node: Element, place: str, currency: str) -> Entry:
    amount, credit = _money(node, place), _is_credit(node, place)
    if amount.currency != currency:
        raise wrong(place, "mixed", amount.currency)
    if not amount:
        raise wrong(place, "amount", amount.plain())
    return Entry(
        row=place,
        booked_on=_day(node, place),
        amount=amount,
        credit=credit,
        number=number_of(text(node, "AcctSvcrRef")),
        text=text(node, "AddtlNtryInf"),
        reversal=text(node, "RvslInd") in ("true", "1"),
    )


def _day(node: Element, place: str) -> date:
    said = text(node, "BookgDt/Dt") or text(node, "BookgDt/DtTm") or text(node, "ValDt/Dt") or text(node, "ValDt/DtTm")
    found = known_day(said)
    if found is None:
        raise wrong(place, "date", said)
    return found


def _part(detail: Element, whole: Entry, place: str) -> Entry | None:
    """One transaction of a batch; None when its own amount is not given in the account's currency."""
    node = detail if detail.find("Amt") is not None else detail.find("AmtDtls/TxAmt")
    if node is None or node.find("Amt") is None:
        return None
    amount = _money(node, place)
    credit = _is_credit(detail, place) if detail.find("CdtDbtInd") is not None else whole.credit
    if amount.currency != whole.amount.currency or not amount:
        return None
    number = whole.number and f"{whole.number}/{place.rpartition(' ')[2]}"
    return _detailed(replace(whole, row=place, number=number), detail, amount, credit)


def _detailed(whole: Entry, detail: Element, amount: Money, credit: bool) -> Entry:
    side = _PARTIES[credit]
    return replace(
        whole,
        amount=amount,
        credit=credit,
        number=number_of(text(detail, "Refs/AcctSvcrRef")) or whole.number,
        name=text(detail, f"RltdPties/{side}/Nm") or text(detail, f"RltdPties/{side}/Pty/Nm"),
        account=text(detail, f"RltdPties/{side}Acct/Id/IBAN") or text(detail, f"RltdPties/{side}Acct/Id/Othr/Id"),
        text=_words(detail) or whole.text,
        end_to_end=_carried(detail),
    )


def _carried(detail: Element) -> str:
    said = text(detail, "Refs/EndToEndId")
    return "" if said == "NOTPROVIDED" else said


def _words(detail: Element) -> str:
    said = [
        *map(flat, detail.findall("RmtInf/Ustrd")),
        *map(flat, detail.findall("RmtInf/Strd/CdtrRefInf/Ref")),
        *map(flat, detail.findall("RmtInf/Strd/AddtlRmtInf")),
    ]
    return " ".join(filter(None, said)) or text(detail, "AddtlTxInf")
