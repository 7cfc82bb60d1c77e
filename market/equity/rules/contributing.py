"""The walk of a contribution as a table, and what the Company Law of 2023 asks of each step: values in, refusals out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from market.equity.rules.shares import Held, after
from market.kernel.calendar import add_days, add_months, months_later
from market.kernel.errors import Refused
from market.kernel.money import Money

CONTRIBUTOR, COMPANY, AGENCY = "contributor", "company", "agency"
VALUE, RESOLVE, FILE, REFUSE, RECORD, CERTIFY = "value", "resolve", "file", "refuse", "record", "certify"
CALL, FORFEIT, DISPOSE, GRANT, WITHDRAW = "call", "forfeit", "dispose", "grant", "withdraw"

REPORT_MONTHS = 12  # an appraisal report stands a year from its base date
VOTES = Fraction(2, 3)  # of the voting rights, for an increase of capital (公司法 66)
PAID_IN_MONTHS = 60  # what is subscribed is paid in within five years (公司法 47, 228)
GRACE_DAYS = 60  # from the day the written call is sent (公司法 52)
DISPOSAL_MONTHS = 6  # forfeited shares are transferred or cancelled within (公司法 52)
TRANSFERRED, CANCELLED, OTHERS = "transferred", "cancelled", "others"
LEAST_OF_INVENTORS = Fraction(1, 2)  # of the shares got for a service result (促进科技成果转化法 45(2))


class Step(NamedTuple):
    """A step: whose it is, and in which states it may be taken."""

    role: str
    states: tuple[str, ...]


STEPS: Mapping[str, Step] = {
    RESOLVE: Step(COMPANY, ("valued",)),
    VALUE: Step(CONTRIBUTOR, ("proposed", "valued")),
    FILE: Step(AGENCY, ("resolved",)),
    RECORD: Step(AGENCY, ("filed",)),
    REFUSE: Step(AGENCY, ("filed",)),
    CERTIFY: Step(COMPANY, ("title_transferred",)),
    CALL: Step(COMPANY, ("resolved", "filed")),
    FORFEIT: Step(COMPANY, ("resolved",)),
    DISPOSE: Step(COMPANY, ("forfeited",)),
    GRANT: Step(COMPANY, ("certified",)),
    WITHDRAW: Step(CONTRIBUTOR, ("proposed", "valued")),
}
# For whom each state waits: whose the first step in it is. A certified contribution waits for nobody.
WAITS: Mapping[str, str] = {
    state: step.role for name, step in reversed(list(STEPS.items())) if name != GRANT for state in step.states
}


def steps_of(state: str, *, today: date, due_on: date | None, grace_until: date | None) -> list[str]:
    """What may be done in `state`, the expected first: a call only once the contribution is overdue and none was sent, the
    forfeiture only when its grace has passed."""
    late = due_on is not None and today > due_on
    lapsed = grace_until is not None and today > grace_until
    held_back = {CALL: not late or grace_until is not None, FORFEIT: not lapsed}
    return [name for name, step in STEPS.items() if state in step.states and not held_back.get(name, False)]


def check_report(amount: Money, value: Money, *, base_on: date, valid_until: date, today: date) -> None:
    """What a report must be (公司法 48; 资产评估法): Refused `equity.date_ahead`, `equity.report_validity` beyond a year from its
    base date, `equity.report_expired`, and `equity.over_report` when the agreed value is more than it found."""
    check_happened(base_on, today)
    latest = months_later(base_on, REPORT_MONTHS)
    if not base_on <= valid_until <= latest:
        raise Refused("equity.report_validity", latest=latest)
    if today > valid_until:
        raise Refused("equity.report_expired", until=valid_until)
    if value > amount:
        raise Refused("equity.over_report", value=value, found=amount)


def check_resolution(
    holders: Sequence[Held],
    *,
    voted: Collection[str],
    waived: Collection[str],
    on: date,
    valid_until: date,
    due_on: date,
) -> None:
    """What a resolution to increase the capital needs: Refused `equity.report_expired` after the report, `equity.votes` below two
    thirds (公司法 66), `equity.waivers` while a shareholder has not waived its pre-emption (227), `equity.due_on` when the
    contribution is due before the resolution or more than five years after it (47, 228)."""
    if on > valid_until:
        raise Refused("equity.report_expired", until=valid_until)
    whole = sum((row.part for row in holders), Fraction(0))
    votes = sum((row.part for row in holders if row.holder in voted), Fraction(0)) / whole
    if votes < VOTES:
        raise Refused("equity.votes", votes=votes)
    if missing := [row.holder for row in holders if row.holder not in waived]:
        raise Refused("equity.waivers", holders=missing)
    latest = months_later(on, PAID_IN_MONTHS)
    if not on <= due_on <= latest:
        raise Refused("equity.due_on", earliest=on, latest=latest)


def increase(capital: Money, part: Fraction) -> Money:
    """By how much the registered capital grows when new shares come to `part` of the whole, to the nearest minor unit."""
    exact = capital.minor * part / (1 - part)
    whole = Decimal(exact.numerator) / Decimal(exact.denominator)
    return Money(int(whole.to_integral_value(ROUND_HALF_UP)), capital.currency)


def check_value(value: Money, capital: Money, part: Fraction) -> None:
    """Refused `equity.below_capital` when the agreed value does not cover the registered capital subscribed with it."""
    subscribed = increase(capital, part)
    if value < subscribed:
        raise Refused("equity.below_capital", value=value, subscribed=subscribed)


def check_inventors(
    inventors_part: Fraction, named: Sequence[Held], *, service_result: bool, state_owned: bool, planned: Fraction
) -> None:
    """Refused `equity.inventors_least` when the inventors get less of the shares than the unit's plan in force says (`planned`),
    or than half for a service result of a state unit (促进科技成果转化法 45), `equity.inventors_missing` when nobody is named."""
    least = max(planned, LEAST_OF_INVENTORS if service_result and state_owned else Fraction(0))
    if inventors_part < least:
        raise Refused("equity.inventors_least", least=least)
    if inventors_part and not named:
        raise Refused("equity.inventors_missing")


def grace_until(sent_on: date) -> date:
    """The first day a call sent on that day may set as the end of the grace (公司法 52; 民法典 201-203)."""
    return add_days(sent_on, GRACE_DAYS)


def check_call(sent_on: date, until: date, *, due_on: date, today: date) -> None:
    """Refused `equity.not_due` while the contribution is not overdue, `equity.date_ahead`, `equity.grace` below sixty days (公司法
    51-52)."""
    check_happened(sent_on, today)
    if sent_on <= due_on:
        raise Refused("equity.not_due", due=due_on)
    if until < grace_until(sent_on):
        raise Refused("equity.grace", earliest=grace_until(sent_on))


def dispose_by(forfeited_on: date) -> date:
    """The last day to transfer or cancel forfeited shares (公司法 52)."""
    return add_months(forfeited_on, DISPOSAL_MONTHS)


def check_disposal(fate: str, to: str, on: date, *, forfeited_on: date, today: date) -> None:
    """Refused `equity.disposal_day` outside the time of this `fate`: shares are transferred or cancelled within six months, and
    only then do the other shareholders pay them up (公司法 52); `equity.disposal_to` for a transfer to nobody."""
    check_happened(on, today)
    last = dispose_by(forfeited_on)
    if on < forfeited_on or (on > last) != (fate == OTHERS):
        raise Refused("equity.disposal_day", last=last)
    if fate == TRANSFERRED and not to:
        raise Refused("equity.disposal_to")


def standing(before: Sequence[Held], new: Sequence[Held], fate: str, to: str) -> list[Held]:
    """Who holds what once forfeited shares are disposed of: `transferred` whole to another, `cancelled`, or paid up by the
    others pro rata, which leaves their parts as before. Without a fate: the table with the new shares."""
    if fate == TRANSFERRED:
        return after(before, [Held(to, sum((row.part for row in new), Fraction(0)))])
    return list(before) if fate else after(before, new)


def check_happened(on: date, today: date) -> None:
    """Refused `equity.date_ahead` for a day that has not come."""
    if on > today:
        raise Refused("equity.date_ahead", day=on, latest=today)
