"""What falls due on a right and when: fees with their grace and surcharge, renewals, and the ends of terms and burdens.

The last day to pay moves off a rest day: of Chinese offices by `kernel.calendar`, of the American and the European one by
`rest_days`. A fee's day, once paid, is told by `paid_to` alone.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from market.kernel.calendar import months_later
from market.kernel.money import Money
from market.rights.rules import terms
from market.rights.rules.facts import Burden
from market.rights.rules.fees import Fee, fee_of
from market.rights.rules.rest_days import next_open_day

GRACE = 6  # months in which a fee is still taken, with a surcharge
YEARS = 20
# 35 USC 41(b) as the schedule tells it: due so many months from grant, payable from six before, with six of grace.
_US_STAGES = (("3.5", 42), ("7.5", 90), ("11.5", 138))
_EP_FROM = 3  # the first year a European application owes a fee for
STEPS = (90, 30, 7)  # days before a due day at which its owner is warned
IN_FORCE = frozenset({"granted", "registered"})


@dataclass(frozen=True, slots=True)
class Kept:
    """What upkeep looks at of a right; `type` is a patent's, `paid_to` the day until which its fees are paid."""

    kind: str
    type: str
    office: str
    state: str
    filed_on: date | None = None
    granted_on: date | None = None
    expires_on: date | None = None
    paid_to: date | None = None
    burdens: tuple[Burden, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that falls due `on` a day. `kind`: annuity, maintenance, renewal, expiry, pledge or licence.

    `stage` is the year a fee is for ("7", "3.5"), or whose burden ends. `opens_on`: from when it may be done;
    `grace_until`: the last day on which it still may, late. `counted_from` is where the months of lateness are counted
    from, the day before any rest day moved it.
    """

    kind: str
    stage: str
    on: date
    opens_on: date | None = None
    grace_until: date | None = None
    counted_from: date | None = None
    fee: Fee | None = None

    @property
    def last(self) -> date:
        """The last day on which it can be done."""
        return self.grace_until or self.on

    def surcharge(self, day: date) -> Money | None:
        """What is owed on top on that day: None before the due day is over, or where no fee is known."""
        if self.fee is None or day <= self.on or day > self.last:
            return None
        begun = self.counted_from or self.on
        return self.fee.surcharge(sum(months_later(begun, month) < day for month in range(1, GRACE)))

    def standing(self, day: date) -> str:
        """Where it stands on that day: "over" (nothing can be done any more), "late", "open" or "ahead"."""
        if day > self.last:
            return "over"
        if day > self.on:
            return "late"
        return "open" if self.opens_on is None or self.opens_on <= day else "ahead"


def step_of(due: Due, day: date) -> str:
    """The step of warning that day has come to: "90", "30" or "7" days before, "late" in the grace, "over" after it; ""
    while it is further away."""
    standing = due.standing(day)
    if standing in ("late", "over"):
        return standing
    left = (due.on - day).days
    return next((str(step) for step in sorted(STEPS) if left <= step), "")


def dues(kept: Kept, since: date, until: date) -> list[Due]:
    """Everything about a right that falls due until the day `until`, the soonest first, without what ended before
    `since`. A fee that `paid_to` shows unpaid stays however long ago its grace ended, while the right is entered as in
    force."""
    found = [due for due in _all(kept, until) if due.on <= until]
    owed = [due for due in found if due.last >= since or (due.kind == "annuity" and kept.paid_to is not None)]
    return sorted(owed, key=lambda due: (due.on, due.kind, due.stage))


def _all(kept: Kept, until: date) -> Iterator[Due]:
    if kept.kind == "patent" and kept.office == "EP" and kept.state == "pending":
        yield from _european(kept, until)
    if kept.state not in IN_FORCE:
        return
    if kept.kind == "patent" and kept.office == "CN":
        yield from _chinese(kept, until)
    if kept.kind == "patent" and kept.office == "US" and kept.type == "invention":
        yield from _american(kept)
    if kept.expires_on and kept.kind == "trademark":
        opens, last, grace = terms.cn_trademark_renewal(kept.expires_on)
        yield Due("renewal", "", last, opens, grace)
    elif kept.expires_on:
        yield Due("expiry", "", kept.expires_on)
    for burden in kept.burdens:
        if burden.kind in ("pledge", "licence") and burden.until:
            yield Due(burden.kind, burden.in_favour_of, burden.until)


def _chinese(kept: Kept, until: date) -> Iterator[Due]:
    """The annuities not paid yet: those of the years after the one of the grant, each before its year begins
    (专利法 44; 专利法实施细则 115, before 2024 98)."""
    filed = kept.filed_on
    if filed is None or kept.granted_on is None:
        return
    last = kept.expires_on or date.max
    for year in range(2, YEARS + 1):
        begins = months_later(filed, 12 * (year - 1))
        paid = begins < kept.paid_to if kept.paid_to else begins <= kept.granted_on
        if paid:
            continue
        if begins > last or begins > until + timedelta(days=31):
            return
        on = terms.cn_annuity_due(filed, year)
        fee = fee_of("CN", kept.type, str(year), on)
        yield Due("annuity", str(year), on, None, terms.cn_annuity_grace_end(filed, year), begins, fee)


def _american(kept: Kept) -> Iterator[Due]:
    """The maintenance fees not paid yet; `paid_to` past a stage's grace says that it was paid."""
    if kept.granted_on is None:
        return
    for stage, months in _US_STAGES:
        opens, due, ends = (months_later(kept.granted_on, months + moved) for moved in (-GRACE, 0, GRACE))
        if kept.paid_to is None or kept.paid_to <= ends:
            on, grace = next_open_day("US", due), next_open_day("US", ends)
            yield Due("maintenance", stage, on, opens, grace, due, fee_of("US", kept.type, stage, on))


def _european(kept: Kept, until: date) -> Iterator[Due]:
    """The renewal fees of an application from its third year, due at the end of the month it was filed in (EPC rule 51(1))
    and six months later with the additional fee (51(2)); each is in time on the next day the office is open."""
    if kept.filed_on is None:
        return
    for year in range(_EP_FROM, YEARS + 1):
        due = _month_end(months_later(kept.filed_on, 12 * (year - 1)))
        if due > until:
            return
        if kept.paid_to is None or kept.paid_to < due:
            on, grace = next_open_day("EP", due), next_open_day("EP", _month_end(months_later(due, GRACE)))
            yield Due("annuity", str(year), on, None, grace, due, fee_of("EP", kept.type, str(year), due))


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
