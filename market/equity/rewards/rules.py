"""What a plan of rewards must give at least, and what it gives of a sum: values in, Money out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from market.equity.rules.rewards import (
    EQUITY_SHARE,
    GRANT_BONUS_YUAN,
    OWN_USE_SHARE,
    OWN_USE_YEARS,
    TRANSFER_SHARE,
)
from market.kernel.calendar import add_months
from market.kernel.errors import Refused
from market.kernel.money import Money

CONTRACT, UNIT_RULE, STATUTE = "contract", "unit_rule", "statute"
OWN_USE_YEARS_LEAST = 3  # 促进科技成果转化法 45(3): three to five years
PUBLICITY_DAYS = 15  # 国发〔2016〕16号
AWARD_MONTHS = 3  # from the announcement of the grant (专利法实施细则 93)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the inventors get: of the net income from transfer and licence, of the shares, of the profit of own use for `years`, and
    the `award` for the grant."""

    transfer: Fraction
    equity: Fraction
    profit: Fraction
    years: int
    award: Money


def statutory(patent_type: str) -> Terms:
    """What the law gives where nothing was agreed (专利法实施细则 93-94; 促进科技成果转化法 45); no award for what is no patent."""
    award = Money(GRANT_BONUS_YUAN.get(patent_type, 0) * 100, "CNY")
    return Terms(TRANSFER_SHARE, EQUITY_SHARE, OWN_USE_SHARE, OWN_USE_YEARS, award)


def terms_of(ground: str, agreed: Terms, *, patent_type: str, state_unit: bool) -> Terms:
    """The terms that hold: by contract or by the unit's rule as agreed, else the statutory ones (细则 92).

    Refused `reward.least` when a state unit's own are below the law's (45), `reward.years` outside three to five years.
    """
    least = statutory(patent_type)
    if ground == STATUTE:
        return least
    if not OWN_USE_YEARS_LEAST <= agreed.years <= OWN_USE_YEARS:
        raise Refused("reward.years")
    given = (agreed.transfer, agreed.equity, agreed.profit)
    if state_unit and any(
        part < floor for part, floor in zip(given, (TRANSFER_SHARE, EQUITY_SHARE, OWN_USE_SHARE), strict=True)
    ):
        raise Refused("reward.least")
    return agreed


def pool(net: Money, part: Fraction) -> Money:
    """What the inventors get of `net` together: never less than `part`, so up to the next minor unit; nothing of a loss."""
    return Money(-(-max(net.minor, 0) * part.numerator // part.denominator), net.currency)


def split(net: Money, part: Fraction, people: Sequence[Fraction]) -> list[Money]:
    """What each of the people gets of `net`; together exactly the pool."""
    return pool(net, part).shared(people)


def award_due(granted_on: date) -> date:
    """The last day to pay the award."""
    return add_months(granted_on, AWARD_MONTHS)


def public_until(published_on: date) -> date:
    """The last day of the publicity: fifteen full days after the first."""
    return published_on + timedelta(days=PUBLICITY_DAYS)


def check_year(year: int, first: int | None, years: int, today: date) -> None:
    """Refused `reward.year` for a year that is not over, or beyond the years for which profit is shared."""
    if year >= today.year or (first is not None and not first <= year < first + years):
        raise Refused("reward.year", years=years)
