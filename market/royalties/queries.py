"""Reads of licences: whose they are, what their periods wait for, what a statement opens with, and whether it still holds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, Count, F, Max, OuterRef, Q, QuerySet, Subquery, TextField, When
from django.db.models.functions import Cast, Coalesce

from market.documents.models import Version
from market.documents.queries import latest_about
from market.kernel.bulk import among
from market.kernel.formats import read_day
from market.kernel.money import Money
from market.parties.models import Party
from market.rights import queries as rights
from market.royalties.models import Licence, Paid, ReportingPeriod, Statement, Sublicence, UsageReport
from market.royalties.rules import reading
from market.royalties.rules.corrections import Audit, against, read_audit
from market.royalties.rules.lines import Line, read_line
from market.royalties.rules.statement import Statement as Computed
from market.royalties.rules.statement import canonical, read_balance, seal, state
from market.royalties.rules.terms import Arrear, Balance, RoyaltyTerms

CERTIFICATE = "tax-certificate"  # a kind of document
INTEREST = "interest on arrears"  # why a licence that has ended is stated once more
WRITTEN = ("opening", "arrears", "sublicensed", "said")  # a statement's columns of JSON
STATED = (ReportingPeriod.State.BILLED, ReportingPeriod.State.PAID)


def licences() -> QuerySet[Licence]:
    """Licences with whom every page names."""
    return Licence.objects.select_related("licensor", "licensee", "agency", "right")


def licences_of(party: Party) -> QuerySet[Licence]:
    """The licences `party` has granted, taken or administers, newest first."""
    mine = Q(licensor=party) | Q(licensee=party) | Q(agency=party)
    to_report = Count("periods", filter=Q(periods__state=ReportingPeriod.State.OPEN))
    return licences().filter(mine).annotate(to_report=to_report).order_by("-pk")


def periods() -> QuerySet[ReportingPeriod]:
    """Periods with their licence and its parties."""
    named = (f"licence__{side}" for side in ("licensor", "licensee", "agency", "right"))
    return ReportingPeriod.objects.select_related("amendment", *named)


def statements() -> QuerySet[Statement]:
    """Statements with their licence and its parties."""
    named = ("licensor", "licensee", "agency", "right")
    return Statement.objects.select_related(
        "report", "period__amendment", *(f"period__licence__{side}" for side in named)
    )


def waiting_for(party: Party) -> QuerySet[ReportingPeriod]:
    """The periods `party` has to report as licensee or to approve as licensor, the first due first."""
    mine = Q(licence__licensee=party, state=ReportingPeriod.State.OPEN)
    theirs = Q(licence__licensor=party, state=ReportingPeriod.State.REPORTED)
    return periods().filter(mine | theirs).order_by("report_due_on", "pk")


def periods_known(rows: Iterable[Licence]) -> dict[int, int]:
    """How many periods of each licence are opened, by its key."""
    found = ReportingPeriod.objects.filter(licence__in=list(rows)).order_by()
    return dict(found.values_list("licence").annotate(Count("pk")))


class Due(NamedTuple):
    """A period to be stated, with what a statement and its fact name of its licence: plain values, parties by their codes.
    `terms` is the document that holds for it, as the database writes it; `bears_interest` says whether interest is agreed in it."""

    pk: int
    number: int
    since: date
    until: date
    final: bool
    licence_id: int
    licence: str
    terms: str
    terms_sha256: str
    currency: str
    bears_interest: bool
    licensor: str
    licensee: str
    agency: str
    right: str
    right_number: str
    title: str
    title_en: str


_DUE: tuple[Any, ...] = (
    *("pk", "number", "since", "until", "final", "licence_id", "licence__code"),
    Coalesce(Cast("amendment__document", TextField()), Cast("licence__terms", TextField())),
    *(Coalesce("amendment__sha256", "licence__terms_sha256"), "licence__currency"),
    Case(
        When(amendment=None, then=Q(licence__terms__has_key="interest")),
        default=Q(amendment__document__has_key="interest"),
        output_field=BooleanField(),
    ),
    *(f"licence__{side}__code" for side in ("licensor", "licensee", "agency", "right")),
    *(f"licence__right__{name}" for name in ("number", "title", "title_en")),
)


def dues(rows: QuerySet[ReportingPeriod]) -> list[Due]:
    """The periods as they are stated, in the order of their licences."""
    return [Due(*row) for row in rows.order_by("licence").values_list(*_DUE)]


def openings_of(rows: Iterable[Due]) -> dict[int, Balance]:
    """The balances each period opens with, by its key: what the last statement of the one before left."""
    before = Statement.objects.filter(
        period__licence=OuterRef("licence"), period__number=OuterRef("number") - 1
    ).order_by("-number")
    found = ReportingPeriod.objects.filter(among("pk", (row.pk for row in rows))).order_by()
    left = found.values_list("pk", Subquery(before.values("said__closing")[:1]))
    return {pk: read_balance(closing) if closing else Balance() for pk, closing in left}


class Reported(NamedTuple):
    """A usage report's key and figures."""

    pk: int
    figures: Any


def latest_reports(rows: Iterable[Due]) -> dict[int, Reported]:
    """What was last reported for each period, by its key."""
    found = UsageReport.objects.filter(among("period", (row.pk for row in rows))).order_by("pk")
    return {period: Reported(pk, figures) for period, pk, figures in found.values_list("period", "pk", "figures")}


def arrears_of(rows: Iterable[Due]) -> dict[int, list[dict[str, Any]]]:
    """By licence, the payments for earlier periods that came late and bear interest in no statement yet, where interest was
    agreed. The periods are of different licences."""
    return _late({row.licence_id: row.number for row in rows if row.bears_interest})


def arrears_at_last(licence: Licence) -> list[dict[str, Any]]:
    """The payments that came late, those for the last period too, and bear interest in no statement yet, where that is agreed;
    what was asked for as interest alone bears none."""
    last = periods().filter(licence=licence).order_by("-number").first()
    bearing = {licence.pk: 10**9} if last is not None and "interest" in last.terms else {}
    return _late(bearing).get(licence.pk, [])


def _late(bearing: Mapping[int, int]) -> dict[int, list[dict[str, Any]]]:
    """By licence, what came late for its periods below a number and bears interest in no statement yet."""
    if not bearing:
        return {}
    came = Paid.objects.filter(among("statement__period__licence", bearing), on__gt=F("statement__due_on"))
    came = came.exclude(statement__report__reason=INTEREST).order_by("pk")
    of = ("code", "due_minor", "currency", "due_on", "period__licence", "period__number")
    late = list(came.values_list("on", *(f"statement__{name}" for name in of)))
    said = Statement.objects.filter(period__licence__in={licence for *_, licence, _ in late}).exclude(arrears=[])
    billed = {row["statement"] for arrears in said.values_list("arrears", flat=True) for row in arrears}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for on, code, minor, currency, due_on, licence, number in late:
        if number < bearing[licence] and code not in billed:
            days = {"due_on": str(due_on), "paid_on": str(on)}
            found[licence].append({"statement": code, "amount": Money(minor, currency).wire(), **days})
    return found


def computed(
    terms: RoyaltyTerms,
    period: Due | ReportingPeriod,
    opening: Balance,
    figures: Mapping[str, Any],
    arrears: Iterable[Mapping[str, Any]],
    sublicensed: Mapping[str, Any] | None = None,
) -> Computed:
    """The statement of a period, as the engine makes it. Refused as `statement.state`."""
    late = [Arrear(reading.sum_of(row["amount"]), read_day(row["due_on"]), read_day(row["paid_on"])) for row in arrears]
    also: dict[str, Any] = {"arrears": late, "final": period.final, "sublicensed": sublicensed}
    return state(terms, opening, reading.report_of(figures, period.since, period.until, **also))


@dataclass(frozen=True, slots=True)
class Account:
    """A period with its latest statement (None before there is one), what all its statements asked for, and what of that has
    arrived."""

    period: ReportingPeriod
    latest: Statement | None
    asked: Money
    arrived: Money


def accounts_of(licence: Licence, rows: Iterable[ReportingPeriod]) -> list[Account]:
    """The accounts of periods of the licence, in their order; one question for all of them."""
    periods, found = list(rows), defaultdict[int, list[Statement]](list)
    for one in Statement.objects.filter(period__in=periods).select_related("paid").order_by("number"):
        found[one.period_id].append(one)
    nothing = Money.zero(licence.currency)
    accounts = []
    for period in periods:
        said = found[period.pk]
        arrived = sum((one.due for one in said if hasattr(one, "paid")), nothing)
        accounts.append(Account(period, said[-1] if said else None, sum((one.due for one in said), nothing), arrived))
    return accounts


def last_stated(licence: Licence, count: int) -> list[ReportingPeriod]:
    """The last periods of a licence that were stated, the earliest of them first."""
    return list(licence.periods.filter(state__in=STATED).order_by("-number")[:count])[::-1]


def lines_of(statement: Statement) -> list[Line]:
    """The lines a statement was issued with."""
    return [read_line(plain) for plain in statement.said["lines"]]


def owing(rows: Iterable[ReportingPeriod]) -> set[int]:
    """The keys of the periods of which a statement asked for something that has not arrived."""
    asked = Statement.objects.filter(period__in=list(rows), due_minor__gt=0, paid=None).order_by()
    return set(asked.values_list("period", flat=True))


def charged(rows: Iterable[Statement], currency: str) -> Money:
    """What statements of a period have asked for, but for the cost of audits, which is no royalty."""
    asked = (row.due - audit.charged if (audit := audit_of(row)) else row.due for row in rows)
    return sum(asked, Money.zero(currency))


def withheld_with(statement: Statement) -> Money:
    """The tax the licensee withholds with what a statement asks for: what statements of the period before it did not say."""
    before = statement.period.statements.filter(number__lt=statement.number).aggregate(most=Max("withheld_minor"))
    return Money(max(0, statement.withheld.minor - (before["most"] or 0)), statement.currency)


def certificate_of(statement: Statement) -> Version | None:
    """The certificate that the tax withheld with a statement is paid, as it was last handed over."""
    return latest_about(statement.ref, CERTIFICATE).first()


def audit_of(statement: Statement) -> Audit | None:
    """The audit a statement was issued after."""
    return read_audit(statement.said["audit"]) if "audit" in statement.said else None


def holds(statement: Statement) -> bool:
    """Whether the statement, computed again from its rows today, says the same and has the same hash."""
    period, figures, licence = statement.period, statement.report.figures, statement.period.licence
    terms = reading.royalty_terms(period.terms, licence.currency)
    again = computed(terms, period, read_balance(statement.opening), figures, statement.arrears, statement.sublicensed)
    earlier = period.statements.filter(number__lt=statement.number)
    due, again = against(again, charged(earlier, statement.currency))
    said, audit = again.plain(), audit_of(statement)
    if audit is not None:
        audit = replace(audit, found=again.payable)
        due, said = due + audit.charged, said | {"audit": audit.plain()}
    sha256 = seal(
        (licence.code, period.terms_sha256),
        (period.number, period.since, period.until, period.final),
        statement.number,
        figures=canonical(figures),
        due=canonical(statement.due.wire()),
        **{name: canonical(kept) for name in WRITTEN if (kept := getattr(statement, name)) is not None},
    )
    return (due, said, sha256) == (statement.due, statement.said, statement.sha256)


@dataclass(frozen=True, slots=True)
class Share:
    """What part of the royalties a holder of the right gets."""

    party: str
    part: str


def shares_of(licence: Licence, on: date) -> list[Share]:
    """Who shares in what is paid: the right's holders by their shares, an ordinary licence's fee too (专利法 14); the
    licensor alone where the register names nobody, and of a sublicence, whose licensor holds no share."""
    alone = [Share(licence.licensor.code, "1")]
    if Sublicence.objects.filter(licence=licence).exists():
        return alone
    holders = rights.holders(licence.right, on)
    return [Share(title.holder.code, str(Fraction(title.share_num, title.share_den))) for title in holders] or alone
