"""Cost: what making the right again, or one as useful, would take (成本法), and the least a transfer may cost."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from valuation.methods.amounts import NONE, Amount, Rate, share
from valuation.methods.errors import ValuationError
from valuation.methods.working import Result, Working


class Combine(StrEnum):
    """How several losses of value come together: each of what the last left, or all of the whole."""

    MULTIPLICATIVE = "multiplicative"
    ADDITIVE = "additive"


def cost_reproduction(
    *,
    costs: Mapping[str, Amount],
    obsolescence: Mapping[str, Rate],
    combine: Combine | None = None,
    profit: Rate = NONE,
    opportunity_cost: Amount | None = None,
    holding_costs: Amount | None = None,
) -> Result:
    """The same right made again: its costs, the developer's profit on them and what else it took, less obsolescence.

    With more than one obsolescence `combine` is required: the two ways differ (419,900 and 390,000 on the same figures).
    """
    work = Working(
        "cost_reproduction",
        costs=costs,
        obsolescence=obsolescence,
        combine=combine,
        profit=profit,
        opportunity_cost=opportunity_cost,
        holding_costs=holding_costs,
    )
    if not costs:
        raise ValuationError("valuation.input_missing", field="costs")
    further = [name for name in ("opportunity_cost", "holding_costs") if name in work.figures]
    work.money("cost_new", " + ".join(["total(costs) * (1 + profit)", *further]))
    _less_obsolescence(work, obsolescence, combine)
    return work.result()


def cost_replacement(*, cost_new: Amount, obsolescence: Mapping[str, Rate], combine: Combine | None = None) -> Result:
    """A right of the same use made today: its cost new less obsolescence, several combined as `combine` says."""
    work = Working("cost_replacement", cost_new=cost_new, obsolescence=obsolescence, combine=combine)
    _less_obsolescence(work, obsolescence, combine)
    return work.result()


def _less_obsolescence(work: Working, obsolescence: Mapping[str, Rate], combine: Combine | None) -> None:
    for rate in obsolescence.values():
        share(rate, "obsolescence")
    if len(obsolescence) > 1 and combine is None:
        raise ValuationError("valuation.input_missing", field="combine")
    if not obsolescence:
        work.rate("remaining", "1")
    elif combine is Combine.ADDITIVE:
        work.rate("remaining", "greatest(0, 1 - total(obsolescence))")
    else:
        work.rate("remaining", "product(1 - obsolescence)")
    work.money("value", "cost_new * remaining")


def technology_decay(*, initial_value: Amount, annual_obsolescence: Rate, years: Decimal) -> Result:
    """What is left after `years` of losing the same part each year."""
    work = Working(
        "technology_decay", initial_value=initial_value, annual_obsolescence=annual_obsolescence, years=years
    )
    share(annual_obsolescence, "annual_obsolescence")
    work.money("value", "initial_value * (1 - annual_obsolescence) ** years")
    return work.result()


def minimum_transfer_fee(
    *,
    book_price: Amount,
    cumulative_inflation: Rate,
    used_years: Decimal,
    remaining_years: Decimal,
    capacity_seller: Decimal,
    capacity_buyer: Decimal,
    lost_income_pv: Amount,
    extra_cost_pv: Amount,
) -> Result:
    """The least a licence may cost its owner (最低收费额): net replacement cost x the buyer's share of use + lost chances.

    资产评估, ch. 6: 重置成本净值 x 分摊率 + 机会成本. The natural floor of an offer.
    """
    work = Working(
        "minimum_transfer_fee",
        book_price=book_price,
        cumulative_inflation=cumulative_inflation,
        used_years=used_years,
        remaining_years=remaining_years,
        capacity_seller=capacity_seller,
        capacity_buyer=capacity_buyer,
        lost_income_pv=lost_income_pv,
        extra_cost_pv=extra_cost_pv,
    )
    for name in ("used_years", "remaining_years", "capacity_seller", "capacity_buyer"):
        if work.single(name) < 0:
            raise ValuationError("valuation.not_positive", field=name)
    if not used_years + remaining_years:
        raise ValuationError("valuation.not_positive", field="remaining_years")
    if not capacity_seller + capacity_buyer:
        raise ValuationError("valuation.not_positive", field="capacity_buyer")
    work.money("replacement_cost", "book_price * (1 + cumulative_inflation)")
    work.rate("newness", "remaining_years / (used_years + remaining_years)")
    work.money("net_replacement_cost", "replacement_cost * newness")
    work.rate("cost_share", "capacity_buyer / (capacity_seller + capacity_buyer)")
    work.money("opportunity_cost", "lost_income_pv + extra_cost_pv")
    work.money("minimum_fee", "net_replacement_cost * cost_share + opportunity_cost")
    work.money("value", "minimum_fee")
    return work.result()
