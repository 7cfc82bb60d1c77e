"""What inventors are due by law where nothing was agreed, and what courts abroad made of agreements."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

TRANSFER_SHARE = Fraction(1, 2)  # of the net income from transfer or licence (促进科技成果转化法 45(1))
EQUITY_SHARE = Fraction(1, 2)  # of the shares got for the contribution (45(2))
OWN_USE_SHARE = Fraction(1, 20)  # of the operating profit, in each of three to five years (45(3))
OWN_USE_YEARS = 5
GRANT_BONUS_YUAN = {"invention": 4000, "utility_model": 1500, "design": 1500}  # 专利法实施细则(2023) 93


def transfer_share(net_income: Fraction) -> Fraction:
    """The least the inventors get of net income from a transfer or licence (促进科技成果转化法 45(1))."""
    return max(Fraction(0), net_income) * TRANSFER_SHARE


def equity_share(equity: Fraction) -> Fraction:
    """The least they get of the equity that the right was contributed for (45(2))."""
    return equity * EQUITY_SHARE


def own_use_share(profit_by_year: Sequence[Fraction]) -> Fraction:
    """The least they get of the operating profit from own use: 5 % of each of its first five years, of losses nothing
    (45(3)); the duty lasts three to five years."""
    return sum((max(Fraction(0), profit) for profit in profit_by_year[:OWN_USE_YEARS]), Fraction(0)) * OWN_USE_SHARE


def grant_bonus_yuan(patents: Mapping[str, int]) -> int:
    """The least bonus in yuan for patents granted, by type (实施细则 93), due within three months of the announcement."""
    return sum(GRANT_BONUS_YUAN[kind] * count for kind, count in patents.items())


def reasonable_reward(exclusive_profit: Fraction, contribution: Fraction, claim: Fraction) -> tuple[Fraction, Fraction]:
    """What is reasonable, and what is awarded: no court gives more than was claimed."""
    reasonable = exclusive_profit * contribution
    return reasonable, min(reasonable, claim)
