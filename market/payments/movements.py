"""A party's money with all its agencies: what it has to pay, what is held, and each payment of a year, in and out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, TruncDate

from market.deals.models import Deal
from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.formats import read_day
from market.kernel.money import Money
from market.ledger.models import Hold
from market.parties.models import Party
from market.payments import queries
from market.payments.invoices.models import Invoice, Receipt, Taxation
from market.payments.models import Charge, DepositOutcome, Payout

VIEWS = ("all", "due", "held", "paid", "got")
_ROW = ("family", "rank", "on", "pk")


@dataclass(frozen=True, slots=True)
class Movement:
    """One payment of a party, asked for or made: `amount` is negative where the party pays.

    `deal` and `lot` are the codes of what it is for ("" for none), `fate` what became of a deposit ("held", "applied",
    "released", "forfeited"), `invoices` those of the agency's fee that this payment includes.
    """

    row: Charge | Payout
    amount: Money
    deal: str
    lot: str
    fate: str
    receipt: Receipt | None
    invoices: Sequence[Invoice]

    @property
    def is_payout(self) -> bool:
        """Whether the party gets it."""
        return isinstance(self.row, Payout)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a party has to pay and what is held of it now, what it paid and got in a year (or ever), by currency."""

    due: list[Money]
    held: list[Money]
    paid: list[Money]
    got: list[Money]


def years(party: Party) -> list[int]:
    """The years in which the party had payments, the latest first."""
    today = clock.today().year
    firsts = [
        rows.aggregate(first=Min("created_at"))["first"]
        for rows in (Charge.objects.filter(payer=party), Payout.objects.filter(payee=party))
    ]
    begun = min((read_day(first).year for first in firsts if first is not None), default=today)
    return list(range(today, begun - 1, -1))


def keys(party: Party, view: str, year: int | None) -> QuerySet[Any, Any]:
    """The keys (`_ROW`) of a party's payments in a view, those to be paid first, then the latest first; to be paged."""
    rank = Case(
        When(state=Charge.State.DUE, then=0),
        When(state=Charge.State.REPORTED, then=1),
        default=2,
        output_field=IntegerField(),
    )
    asked = _of_year(_charges(party).filter(_IN_VIEW[view]), year).annotate(family=Value("charge"), rank=rank)
    sent = _of_year(_payouts(party), year).annotate(family=Value("payout"), rank=Value(2, output_field=IntegerField()))
    of_charges, of_payouts = asked.order_by().values_list(*_ROW), sent.order_by().values_list(*_ROW)
    if view == "all":
        return of_charges.union(of_payouts, all=True).order_by("rank", "-on", "family", "-pk")
    return (of_payouts if view == "got" else of_charges).order_by("rank", "-on", "-pk")


def movements(party: Party, found: Iterable[tuple[str, int, date, int]]) -> list[Movement]:
    """The payments with these keys, with what they are for and their papers; the questions do not grow with them."""
    listed = list(found)
    pks = {family: [row[3] for row in listed if row[0] == family] for family in ("charge", "payout")}
    rows: dict[tuple[str, int], Charge | Payout] = {}
    for row in queries.charges().select_related("receipt__version__document").filter(pk__in=pks["charge"]):
        rows["charge", row.pk] = row
    for out in queries.payouts().select_related("receipt__version__document").filter(pk__in=pks["payout"]):
        rows["payout", out.pk] = out
    picked = [rows[family, pk] for family, _rank, _on, pk in listed]
    holds = _holds(picked)
    deals = _deals(party, holds)
    fees = _fees(party, picked)
    return [_movement(row, holds.get(_bidder(row)), deals, fees) for row in picked]


def standing(party: Party, year: int | None) -> Standing:
    """What there is to pay, what is held, what was paid and got."""
    sent = _payouts(party).filter(state=Payout.State.SENT)
    return Standing(
        due=_sums(_charges(party).filter(_IN_VIEW["due"])),
        held=_sums(_charges(party).filter(_IN_VIEW["held"])),
        paid=_sums(_of_year(_charges(party).filter(_IN_VIEW["paid"]), year)),
        got=_sums(_of_year(sent, year)),
    )


_UNDECIDED = ~Exists(DepositOutcome.objects.filter(hold__debit__code=OuterRef("account")))
_IN_VIEW = {
    "all": Q(),
    "due": Q(state__in=queries.UNPAID),
    "held": Q(state=Charge.State.CONFIRMED, purpose=Charge.Purpose.DEPOSIT) & Q(_UNDECIDED),
    "paid": Q(state=Charge.State.CONFIRMED),
    "got": Q(),
}


def _charges(party: Party) -> QuerySet[Charge]:
    on = Coalesce("received_on", TruncDate("created_at", tzinfo=BEIJING))
    return Charge.objects.filter(payer=party).annotate(on=on)


def _payouts(party: Party) -> QuerySet[Payout]:
    on = Coalesce("sent_on", TruncDate("created_at", tzinfo=BEIJING))
    return Payout.objects.filter(payee=party).annotate(on=on)


def _of_year(rows: QuerySet[Any], year: int | None) -> QuerySet[Any]:
    return rows if year is None else rows.filter(on__gte=date(year, 1, 1), on__lte=date(year, 12, 31))


def _sums(rows: QuerySet[Any]) -> list[Money]:
    found = rows.order_by().values_list("currency").annotate(Sum("amount_minor")).order_by("currency")
    return [Money(minor, currency) for currency, minor in found]


def _bidder(row: Charge | Payout) -> str:
    """The bidder a payment is about, "" for none."""
    return row.subject if row.subject.startswith("bidder:") else ""


def _holds(rows: Sequence[Charge | Payout]) -> dict[str, Hold]:
    """The holds of the deposits among the rows, the last one of each, by their bidder."""
    accounts = {f"deposit:{_bidder(row).removeprefix('bidder:')}": _bidder(row) for row in rows if _bidder(row)}
    found = Hold.objects.filter(debit__code__in=accounts).select_related("debit", "credit", "outcome").order_by("pk")
    return {accounts[hold.debit.code]: hold for hold in (found if accounts else ())}


def _deals(party: Party, holds: dict[str, Hold]) -> dict[str, str]:
    """The codes of the deals the party's deposits are held for, by their origin."""
    origins = {hold.credit.code.removeprefix("escrow:") for hold in holds.values()}
    found = Deal.objects.filter(origin__in=origins, buyer=party) if origins else Deal.objects.none()
    return dict(found.values_list("origin", "code"))


def _fees(party: Party, rows: Sequence[Charge | Payout]) -> dict[tuple[str, str], list[Invoice]]:
    """The invoices issued to the party, by the deal and the service."""
    subjects = {row.subject for row in rows if row.subject.startswith("deal:")}
    issued = Invoice.objects.filter(buyer=party, subject__in=subjects).exclude(state=Invoice.State.DUE)
    out: dict[tuple[str, str], list[Invoice]] = {}
    for invoice in issued.order_by("pk") if subjects else ():
        out.setdefault((invoice.subject, invoice.service), []).append(invoice)
    return out


def _movement(
    row: Charge | Payout, hold: Hold | None, deals: dict[str, str], fees: dict[tuple[str, str], list[Invoice]]
) -> Movement:
    origin = hold.credit.code.removeprefix("escrow:") if hold else ""
    outcome: DepositOutcome | None = getattr(hold, "outcome", None)
    own_deal = row.subject.removeprefix("deal:") if row.subject.startswith("deal:") else deals.get(origin, "")
    came = isinstance(row, Payout)
    service = Taxation.Service.COMMISSION if came else Taxation.Service.PREMIUM
    return Movement(
        row=row,
        amount=row.amount if came else -row.amount,
        deal=own_deal,
        lot=origin.partition("#")[0].removeprefix("lot:") if origin.startswith("lot:") else "",
        fate="" if came or hold is None else outcome.kind if outcome else "held",
        receipt=getattr(row, "receipt", None),
        invoices=fees.get((row.subject, service), ()),
    )
