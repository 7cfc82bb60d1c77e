"""Reads of contributions: whose they are, what waits for whom, the cap table before and after, and what a certificate says."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from market.deals.models import Deal
from market.deals.rules.moves import LIVE
from market.equity.models import Contribution, Holding, held
from market.equity.rules import contributing
from market.equity.rules.shares import Held
from market.equity.rules.vesting import vested
from market.kernel import clock
from market.kernel.formats import capital, money, percent
from market.kernel.money import Money
from market.parties.models import Party
from market.rights.models import Right
from market.trail import journal
from market.trail.models import Fact


def contributions() -> QuerySet[Contribution]:
    """Contributions with whom every page names, each told whether it is `overdue`."""
    late = ExpressionWrapper(overdue(), output_field=BooleanField())
    return Contribution.objects.select_related("right", "contributor", "company", "agency").annotate(overdue=late)


def overdue() -> Q:
    """Those by whose day title should have passed, and has not (公司法 47)."""
    return Q(state__in=contributing.STEPS[contributing.CALL].states, due_on__lt=clock.today())


def contributions_of(party: Party) -> QuerySet[Contribution]:
    """Those that `party` makes, receives or administers, newest first."""
    return contributions().filter(Q(contributor=party) | Q(company=party) | Q(agency=party)).order_by("-pk")


def waiting_for(party: Party) -> list[Contribution]:
    """Those whose next step is `party`'s, and those overdue that its board has to call for; the oldest ten."""
    mine = Q(overdue(), company=party, called_on=None)
    for state, role in contributing.WAITS.items():
        mine |= Q(**{role: party}, state=state)
    return list(contributions().filter(mine).order_by("pk")[:10])


def steps_of(found: Contribution) -> list[str]:
    """What may be done now, the expected first."""
    return contributing.steps_of(found.state, today=clock.today(), due_on=found.due_on, grace_until=found.grace_until)


def rights_of(party: Party) -> QuerySet[Right]:
    """The rights `party` holds, alone or with others, that are in force or applied for."""
    ended = (Right.State.DRAFT, Right.State.LAPSED, Right.State.EXPIRED, Right.State.INVALIDATED)
    mine = Right.objects.filter(titles__holder=party, titles__until=None).exclude(state__in=ended)
    return mine.order_by("number")


def is_under_deal(right: Right) -> bool:
    """Whether another agreement about the right lives."""
    return Deal.objects.filter(right=right, mode="assignment", state__in=LIVE).exists()


def inventors_of(right: Right) -> list[str]:
    """Who made the right, as the office names them."""
    return list(right.creators.values_list("name", flat=True))


@dataclass(frozen=True, slots=True)
class Row:
    """A holder of the cap table: what it held before, what it holds after, whether it is the pool or gets new shares."""

    holder: str
    before: Fraction
    after: Fraction
    pool: bool
    new: bool


def cap_table(found: Contribution) -> list[Row]:
    """Who holds what before the contribution and as it stands, exactly; both columns make up one."""
    rows = list(found.holdings.all())
    before = held([row for row in rows if row.kind != Holding.Kind.NEW])
    new = held([row for row in rows if row.kind == Holding.Kind.NEW])
    then, old = {row.holder: row.part for row in standing(found, before, new)}, {row.holder: row.part for row in before}
    pools = {row.holder for row in rows if row.kind == Holding.Kind.POOL}
    fresh = {row.holder for row in new}
    return [
        Row(holder, old.get(holder, Fraction(0)), then.get(holder, Fraction(0)), holder in pools, holder in fresh)
        for holder in dict.fromkeys([*old, *then])
    ]


def standing(found: Contribution, before: list[Held], new: list[Held]) -> list[Held]:
    """The table as it is after everything that happened."""
    return contributing.standing(before, new, found.fate, found.fate_to)


def now_held(found: Contribution) -> list[Held]:
    """The table after, for a what-if."""
    return [Held(row.holder, row.after) for row in cap_table(found) if row.after]


def shareholders(found: Contribution) -> list[Held]:
    """Who votes and has pre-emption: everybody before but the pool."""
    return held(found.holdings.filter(kind=Holding.Kind.BEFORE))


def pool_left(found: Contribution) -> Fraction:
    """What of the option pool is not granted yet, of the company after."""
    pool = sum((row.after for row in cap_table(found) if row.pool), Fraction(0))
    return pool - sum((option.part for option in found.options.all()), Fraction(0))


def vesting(found: Contribution) -> list[dict[str, Any]]:
    """The options with what is earned of each today."""
    today = clock.today()
    return [
        {"option": row, "vested": vested(row.part, row.since, row.cliff_months, row.months, today)}
        for row in found.options.all()
    ]


def subscribed(found: Contribution) -> Money:
    """The registered capital subscribed with the contribution."""
    return contributing.increase(found.capital, found.part)


def story(found: Contribution) -> QuerySet[Fact]:
    """What happened, the latest first."""
    return journal.facts_about(found.ref).order_by("-pk")


def split_of(found: Contribution) -> list[tuple[Holding, Money, Money]]:
    """The new shareholders with what of the value and of the subscribed capital is each one's, to the minor unit."""
    rows = list(found.holdings.filter(kind=Holding.Kind.NEW))
    parts = [row.part for row in rows]
    return list(zip(rows, found.value.shared(parts), subscribed(found).shared(parts), strict=True))


def certificate_data(
    found: Contribution, row: Holding, value: Money, of_capital: Money, *, number: str, legal: str, on: date
) -> dict[str, Any]:
    """What a capital-contribution certificate says (公司法 55), as text."""
    after = found.capital + subscribed(found)
    return {
        "code": number,
        "dated": on.isoformat(),
        "company": found.company.name,
        "uscc": found.company.uscc or "",
        "established_on": found.established_on.isoformat(),
        "capital": f"{money(after, '2')} {capital(after)}",
        "holder": row.holder,
        "subscribed": f"{money(of_capital, '2')} {capital(of_capital)}",
        "paid": f"{money(value, '2')} {capital(value)}",
        "part": f"{row.part} ({percent(row.part)})",
        "form": f"知识产权 Intellectual property: {found.right.get_kind_display()} {found.right.number} {found.right.title}",
        "paid_on": str(found.title_on),
        "report": f"{found.report_by} {found.report_number} · {money(found.report_amount, '2')}",
        "legal": legal,
        "issued_on": on.isoformat(),
    }
