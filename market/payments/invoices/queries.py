"""Reads of receipts and invoices: the agency's work list, what an invoice says, and the rows for the tax platform."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import translation

from market.deals import queries as deals
from market.kernel.formats import capital, day, money, percent
from market.kernel.money import Money
from market.ledger.models import Hold
from market.parties.models import Party
from market.parties.queries import masked
from market.payments.invoices import rules
from market.payments.invoices.models import Bearer, Invoice, Receipt, Taxation
from market.payments.models import Charge, Payout

WRITTEN = ("sort", "name", "tax_id", "address", "phone", "bank", "account", "email")  # what a bearer is copied as
COLUMNS = (
    "发票流水号 Our code",
    "发票类型 Invoice type",
    "购买方名称 Buyer",
    "购买方纳税人识别号 Taxpayer id",
    "购买方地址 Address",
    "购买方电话 Telephone",
    "购买方开户银行 Bank",
    "购买方银行账号 Account",
    "交付邮箱 E-mail",
    "项目名称 Item",
    "税收分类编码 Tax code",
    "币种 Currency",
    "金额 Net",
    "税率 Rate",
    "税额 Tax",
    "价税合计 Gross",
    "备注 Remark",
)
SORTS = {"ordinary": "普通发票", "special": "增值税专用发票"}


def invoices() -> QuerySet[Invoice]:
    """Invoices with whom every page names."""
    named = ("agency", "buyer__bearer", "issued_by", "reverses", "reversal")
    return Invoice.objects.select_related(*named)


def work_list(agency: Party, state: str) -> QuerySet[Invoice]:
    """The agency's invoices in `state`: those to issue by the day they arose, the others newest first."""
    order = ("arose_on", "pk") if state == Invoice.State.DUE else ("-issued_on", "-pk")
    return invoices().filter(agency=agency, state=state).order_by(*order)


def invoices_to(party: Party) -> QuerySet[Invoice]:
    """The invoices to `party`, newest first."""
    return invoices().filter(buyer=party).order_by("-pk")


def issues(party: Party) -> bool:
    """Whether `party` has issued or has to issue any invoice."""
    return Invoice.objects.filter(agency=party).exists()


def invoices_about(subject: str, parties: Sequence[int]) -> QuerySet[Invoice]:
    """The invoices about a subject to or from one of the `parties`, by their keys."""
    mine = Q(buyer__in=parties) | Q(agency__in=parties)
    return invoices().filter(mine, subject=subject).order_by("pk")


def due_count(agency: Party) -> int:
    """How many invoices the agency has to issue."""
    return Invoice.objects.filter(agency=agency, state=Invoice.State.DUE).count()


def taxations(agency: Party) -> list[Taxation]:
    """How the agency's services are taxed, each from its day on."""
    return list(Taxation.objects.filter(agency=agency).order_by("service", "-valid_from", "-pk"))


@dataclass(frozen=True, slots=True)
class Entry:
    """An invoice as it reads: issued as it was, due as it would be today. `item`, `tax_code`, `rate`, net and tax are
    missing while the agency has not said how the service is taxed."""

    invoice: Invoice
    bears: dict[str, str]
    item: str = ""
    tax_code: str = ""
    rate: str = ""
    net: Money | None = None
    tax: Money | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all is there that an invoice must say."""
        return self.net is not None


def entries(rows: Iterable[Invoice], taxed: Sequence[Taxation]) -> list[Entry]:
    """How invoices of one agency read, with its taxations `taxed` (`taxations`)."""
    return [_entry(row, taxed) for row in rows]


def entry_of(invoice: Invoice) -> Entry:
    """How one invoice reads."""
    return _entry(invoice, taxations(invoice.agency))


def _entry(invoice: Invoice, taxed: Sequence[Taxation]) -> Entry:
    if invoice.state != Invoice.State.DUE:
        said = dict(invoice.bears)
        item, code, rate = said.pop("item"), said.pop("tax_code"), said.pop("rate")
        return Entry(invoice, said, item, code, rate, invoice.net, invoice.tax)
    bears = bearer_of(invoice.buyer)
    law = next((row for row in taxed if row.service == invoice.service and row.valid_from <= invoice.arose_on), None)
    if law is None:
        return Entry(invoice, bears)
    net, tax = rules.net_and_tax(invoice.gross, law.rate_bp)
    return Entry(invoice, bears, law.item, law.tax_code, rate_words(law), net, tax)


def rate_words(law: Taxation) -> str:
    """The rate as an invoice prints it."""
    return "免税" if law.treatment == Taxation.Treatment.EXEMPT else percent(Fraction(law.rate_bp, rules.WHOLE_BP))


def bearer_of(party: Party) -> dict[str, str]:
    """What an invoice to `party` bears: as the party keeps it, else an ordinary invoice to its registered name."""
    kept: Bearer | None = getattr(party, "bearer", None)
    if kept is None:
        bare = {"name": party.name, "tax_id": party.uscc or "", "sort": str(Bearer.Sort.ORDINARY)}
        return {name: bare.get(name, "") for name in WRITTEN}
    return {name: str(getattr(kept, name)) for name in WRITTEN}


def table(agency: Party, rows: Iterable[Invoice]) -> Iterator[list[str | Decimal]]:
    """Invoices for the tax platform, with their headings; those that lack a tax code or a rate leave it empty."""
    yield [*COLUMNS]
    for entry in entries(rows, taxations(agency)):
        invoice, bears = entry.invoice, entry.bears
        figures = [Decimal(sum_.plain()) if sum_ is not None else "" for sum_ in (entry.net, entry.tax, invoice.gross)]
        yield [
            invoice.code,
            SORTS[bears["sort"]],
            *(bears[name] for name in ("name", "tax_id", "address", "phone", "bank", "account", "email")),
            entry.item,
            entry.tax_code,
            invoice.currency,
            figures[0],
            entry.rate,
            figures[1],
            figures[2],
            _remark(invoice),
        ]


def _remark(invoice: Invoice) -> str:
    """What it is about and, where the buyer withheld a tax, how much was paid."""
    tax, paid = money(invoice.withheld, "2"), money(invoice.paid, "2")
    taxed = f"已代扣税款 Tax withheld {tax}，实付 Paid {paid}" if invoice.withheld else ""
    return " ".join(part for part in (invoice.about, invoice.note, taxed) if part)


def statement_data(invoice: Invoice) -> dict[str, Any]:
    """What the statement of an invoice prints, all of it text."""
    entry, agency = entry_of(invoice), invoice.agency
    return {
        "code": invoice.code,
        "dated": day(invoice.issued_on or invoice.arose_on),
        "number": invoice.full_number,
        "issued_on": day(invoice.issued_on),
        "reverses": invoice.reverses.full_number if invoice.reverses else "",
        "sort": SORTS[entry.bears["sort"]],
        "seller": [agency.name, agency.uscc or "", agency.address, agency.phone],
        "buyer": [entry.bears[name] for name in ("name", "tax_id", "address", "phone", "bank", "account")],
        "service": both(invoice, "get_service_display"),
        "item": entry.item,
        "tax_code": entry.tax_code,
        "net": money(entry.net, "2"),
        "rate": entry.rate,
        "tax": money(entry.tax, "2"),
        "gross": money(invoice.gross, "2"),
        "capital": capital(invoice.gross),
        "remark": _remark(invoice),
    }


def both(row: object, display: str) -> str:
    """A word of a row (`get_…_display`) in the two languages of a paper, whatever language is active."""
    words = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            words.append(str(getattr(row, display)()))
    return " ".join(dict.fromkeys(words))


def receipt_data(number: str, movement: Charge | Payout) -> dict[str, Any]:
    """What the receipt for a payment received or a payout sent prints, all of it text."""
    came = isinstance(movement, Charge)
    party = movement.payer if isinstance(movement, Charge) else movement.payee
    on = movement.received_on if isinstance(movement, Charge) else movement.sent_on
    payer, payee = (party, movement.agency) if came else (movement.agency, party)
    return {
        "code": number,
        "dated": day(on),
        "came": "yes" if came else "no",
        "agency": [movement.agency.name, movement.agency.uscc or ""],
        "payer": [payer.name, payer.uscc or ""],
        "payee": [payee.name, payee.uscc or "", "" if came else masked(party.bank_account)],
        "purpose": both(movement, "get_purpose_display"),
        "about": about(movement),
        "reference": movement.reference if isinstance(movement, Charge) else movement.code,
        "bank_reference": movement.bank_reference,
        "amount": money(movement.amount, "2"),
        "capital": capital(movement.amount),
    }


def about(movement: Charge | Payout) -> str:
    """What a movement is for, as text: the deal with its right, or the bidder with the lot its deposit is held for."""
    kind, _colon, code = movement.subject.partition(":")
    if kind == "deal":
        right = deals.by_ref(movement.subject).right
        return f"{code} {right.title} {right.number}".strip()
    held = Hold.objects.filter(ref=f"{movement.subject}:bond").select_related("credit").first()
    lot = held.credit.code.removeprefix("escrow:").partition(":")[2] if held else ""
    return f"{lot} {code}".strip()


def receipt_for(movement: Charge | Payout) -> Receipt | None:
    """The receipt of a movement, None before the worker has written it."""
    key = {"charge": movement} if isinstance(movement, Charge) else {"payout": movement}
    return Receipt.objects.filter(**key).select_related("version__document").first()
