"""Reads of licences: whose they are, what their periods wait for, what a statement opens with, and whether it still holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from market.kernel.errors import Refused
from market.kernel.formats import read_day
from market.kernel.money import Money
from market.parties.models import Party
from market.rights import queries as rights
from market.rights.models import Right
from market.royalties.models import Licence, Paid, ReportingPeriod, Statement
from market.royalties.rules import reading
from market.royalties.rules.corrections import against
from market.royalties.rules.lines import Line, read_line
from market.royalties.rules.statement import Statement as Computed
from market.royalties.rules.statement import digest, read_balance, state
from market.royalties.rules.terms import Arrear, Balance, Report

STATED = (ReportingPeriod.State.BILLED, ReportingPeriod.State.PAID)


def licences() -> QuerySet[Licence]:
    """Licences with whom every page names."""
    return Licence.objects.select_related("licensor", "licensee", "agency", "right")


def licences_of(party: Party) -> QuerySet[Licence]:
    """The licences `party` has granted, taken or administers, newest first."""
    mine = Q(licensor=party) | Q(licensee=party) | Q(agency=party)
    to_report = Count("periods", filter=Q(periods__state=ReportingPeriod.State.OPEN))
    return licences().filter(mine).annotate(to_report=to_report).order_by("-pk")


def right_of(licensor: Party, number: str) -> Right:
    """The right with that number that `licensor` holds, alone or with others. Refused `licence.right` otherwise."""
    held = Right.objects.filter(number=number.strip(), titles__holder=licensor, titles__until=None)
    found = held.first()
    if found is None:
        raise Refused("licence.right", number=number.strip()[:40], licensor=licensor.name)
    return found


def periods() -> QuerySet[ReportingPeriod]:
    """Periods with their licence and its parties."""
    return ReportingPeriod.objects.select_related(
        *(f"licence__{side}" for side in ("licensor", "licensee", "agency", "right"))
    )


def statements() -> QuerySet[Statement]:
    """Statements with their licence and its parties."""
    named = ("licensor", "licensee", "agency", "right")
    return Statement.objects.select_related("report", *(f"period__licence__{side}" for side in named))


def waiting_for(party: Party) -> QuerySet[ReportingPeriod]:
    """The periods `party` has to report as licensee or to approve as licensor, the first due first."""
    mine = Q(licence__licensee=party, state=ReportingPeriod.State.OPEN)
    theirs = Q(licence__licensor=party, state=ReportingPeriod.State.REPORTED)
    return periods().filter(mine | theirs).order_by("report_due_on", "pk")


def before(period: ReportingPeriod) -> ReportingPeriod | None:
    """The period before; None for the first."""
    return ReportingPeriod.objects.filter(licence=period.licence_id, number=period.number - 1).first()


def opening_of(period: ReportingPeriod) -> Balance:
    """The balances a period opens with: what the last statement of the one before left."""
    last = Statement.objects.filter(period__licence=period.licence_id, period__number=period.number - 1).last()
    return read_balance(last.closing) if last else Balance()


def arrears_of(period: ReportingPeriod) -> list[dict[str, Any]]:
    """The payments for earlier periods that came late and bear interest in no statement yet, where interest was agreed."""
    if "interest" not in period.licence.terms:
        return []
    said = Statement.objects.filter(period__licence=period.licence_id).values_list("arrears", flat=True)
    billed = {row["statement"] for rows in said for row in rows}
    earlier = Paid.objects.filter(
        statement__period__licence=period.licence_id, statement__period__number__lt=period.number
    )
    late = earlier.filter(on__gt=F("statement__due_on")).select_related("statement")
    return [
        {
            "statement": row.statement.code,
            "amount": row.statement.due.wire(),
            "due_on": str(row.statement.due_on),
            "paid_on": str(row.on),
        }
        for row in late
        if row.statement.code not in billed
    ]


def computed(period: ReportingPeriod, opening: Balance, figures: Mapping[str, Any], arrears: Any) -> Computed:
    """The statement of a period from its rows, as the engine makes it. Refused as `statement.state`."""
    late = [Arrear(reading.sum_of(row["amount"]), read_day(row["due_on"]), read_day(row["paid_on"])) for row in arrears]
    report = _report(period, figures, late)
    return state(reading.royalty_terms(period.licence.terms), opening, report)


def _report(period: ReportingPeriod, figures: Mapping[str, Any], arrears: list[Arrear]) -> Report:
    return reading.report_of(figures, period.since, period.until, arrears=arrears, final=period.final)


def latest_statements(rows: Iterable[ReportingPeriod]) -> list[tuple[ReportingPeriod, Statement | None]]:
    """Each period with its latest statement, None before there is one; one question for all of them."""
    periods = list(rows)
    latest = {row.period_id: row for row in Statement.objects.filter(period__in=periods).order_by("pk")}
    return [(period, latest.get(period.pk)) for period in periods]


def lines_of(statement: Statement) -> list[Line]:
    """The lines a statement was issued with."""
    return [read_line(plain) for plain in statement.said["lines"]]


def unpaid(period: ReportingPeriod) -> bool:
    """Whether a statement of the period asked for something that has not arrived."""
    return period.statements.filter(due_minor__gt=0, paid=None).exists()


def charged(period: ReportingPeriod) -> Money:
    """What the statements of a period have asked for so far."""
    return Money(sum(row.due_minor for row in period.statements.all()), period.licence.currency)


def hash_of(statement: Statement) -> str:
    """SHA-256 of what a statement says and of everything it was computed from."""
    period, licence = statement.period, statement.period.licence
    return digest(
        {
            "licence": licence.code,
            "terms": licence.terms_sha256,
            "period": [period.number, str(period.since), str(period.until), period.final],
            "number": statement.number,
            "opening": statement.opening,
            "figures": statement.report.figures,
            "arrears": statement.arrears,
            "said": statement.said,
            "due": statement.due.wire(),
        }
    )


def holds(statement: Statement) -> bool:
    """Whether the statement, computed again from its rows today, says the same and has the same hash."""
    opening = read_balance(statement.opening)
    again = computed(statement.period, opening, statement.report.figures, statement.arrears)
    earlier = statement.period.statements.filter(number__lt=statement.number)
    asked = Money(sum(row.due_minor for row in earlier), statement.currency)
    due, again = against(again, asked)
    return (due, again.plain(), hash_of(statement)) == (statement.due, statement.said, statement.sha256)


@dataclass(frozen=True, slots=True)
class Share:
    """What part of the royalties a holder of the right gets."""

    party: str
    part: str


def shares_of(licence: Licence, on: date) -> list[Share]:
    """Who shares in what is paid: the right's holders by their shares, an ordinary licence's fee too (专利法 14); the
    licensor alone where the register names nobody."""
    holders = rights.holders(licence.right, on)
    return [Share(title.holder.code, str(Fraction(title.share_num, title.share_den))) for title in holders] or [
        Share(licence.licensor.code, "1")
    ]
