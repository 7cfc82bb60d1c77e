"""Royalty rates: each method finds a range, and says when it is a rule of thumb and not a method."""

from collections.abc import Mapping
from decimal import Decimal

from valuation.methods.amounts import Amount, Rate, share
from valuation.methods.errors import ValuationError
from valuation.methods.working import Result, Working

# Georgia-Pacific v. U.S. Plywood, 318 F. Supp. 1116 (S.D.N.Y. 1970).
GEORGIA_PACIFIC = (
    "royalties_received",
    "rates_paid_for_comparable",
    "nature_and_scope",
    "licensing_policy",
    "commercial_relationship",
    "convoyed_sales",
    "duration",
    "profitability",
    "advantages_over_old",
    "nature_of_invention",
    "extent_of_use",
    "customary_share",
    "portion_due_to_invention",
    "expert_opinion",
    "hypothetical_negotiation",
)
_FACTOR_RANGE = 2  # a factor speaks from -2 (strongly down) to 2 (strongly up)


def royalty_rate_range_position(*, range_low: Rate, range_high: Rate, score: Rate) -> Result:
    """The rate at `score` of the way through an industry's range: K = m + (n - m) x r (提成率; Brand Finance)."""
    work = Working("royalty_rate_range_position", range_low=range_low, range_high=range_high, score=score)
    in_order(range_low, range_high, "range_high")
    share(score, "score")
    work.rate("low", "range_low")
    work.rate("high", "range_high")
    work.rate("royalty_rate", "range_low + (range_high - range_low) * score")
    work.rate("value", "royalty_rate")
    return work.result(low="low", high="high")


def royalty_rate_georgia_pacific(
    *, range_low: Rate, range_high: Rate, factors: Mapping[str, int], reasons: Mapping[str, str]
) -> Result:
    """Where in a range the fifteen factors point: each weighed is -2 to 2, with its reason in words.

    The range is a third of the given one around the mean of the factors: no more precision than a court would believe. Factors
    left out count as not weighed, never as zero; coverage says how many were. ValuationError:
    `valuation.unknown_factor`, `valuation.no_reason`.
    """
    work = Working(
        "royalty_rate_georgia_pacific",
        range_low=range_low,
        range_high=range_high,
        factors=dict(factors),
        reasons=dict(reasons),
    )
    in_order(range_low, range_high, "range_high")
    for name, weight in factors.items():
        if name not in GEORGIA_PACIFIC or abs(weight) > _FACTOR_RANGE:
            raise ValuationError("valuation.unknown_factor", field="factors", name=name)
        if not reasons.get(name, "").strip():
            raise ValuationError("valuation.no_reason", field="reasons", name=name)
    if not factors:
        raise ValuationError("valuation.input_missing", field="factors")
    work.number("score", "(mean(factors) + 2) / 4")
    work.rate("spread", "range_high - range_low")
    work.rate("value", "range_low + spread * score")
    work.rate("low", "greatest(range_low, value - spread / 6)")
    work.rate("high", "least(range_high, value + spread / 6)")
    work.warn("narrative")
    return work.result(low="low", high="high", coverage=Decimal(len(factors)) / len(GEORGIA_PACIFIC))


def royalty_rate_analytical(
    *,
    anticipated_net_margin_range: tuple[Rate, Rate],
    standard_industry_margin_range: tuple[Rate, Rate],
    anticipated_gross_margin: Rate | None = None,
) -> Result:
    """What the infringer's plan earns above the industry's usual margin (analytical approach; TWM v. Dura, 1986).

    The point is the best anticipated less the best usual margin, as in the case; the range from worst to best.
    """
    work = Working(
        "royalty_rate_analytical",
        anticipated_net_margin_range=anticipated_net_margin_range,
        standard_industry_margin_range=standard_industry_margin_range,
        anticipated_gross_margin=anticipated_gross_margin,
    )
    in_order(*anticipated_net_margin_range, field="anticipated_net_margin_range")
    in_order(*standard_industry_margin_range, field="standard_industry_margin_range")
    if anticipated_gross_margin and anticipated_gross_margin.value < anticipated_net_margin_range[1].value:
        raise ValuationError("valuation.range_reversed", field="anticipated_gross_margin")
    work.rate("royalty_rate_point", "last(anticipated_net_margin_range) - last(standard_industry_margin_range)")
    work.rate("implied_range_low", "first(anticipated_net_margin_range) - last(standard_industry_margin_range)")
    work.rate("implied_range_high", "last(anticipated_net_margin_range) - first(standard_industry_margin_range)")
    work.rate("value", "royalty_rate_point")
    return work.result(low="implied_range_low", high="implied_range_high")


def royalty_rate_top_down(
    *,
    chip_price: Amount,
    profit_margin: Rate,
    top_decile_value_share: Rate,
    licensor_patents: int,
    top_decile_patents: int,
) -> Result:
    """A standard's royalty per unit from the top: price x margin x the top decile's share x the licensor's part of it.

    In re Innovatio (N.D. Ill. 2013). The profit is not rounded on the way: 9.56 cents, not 9.58. The range ends at the licensor's
    part of the whole profit, as if the top decile held all the value.
    """
    work = Working(
        "royalty_rate_top_down",
        chip_price=chip_price,
        profit_margin=profit_margin,
        top_decile_value_share=top_decile_value_share,
        licensor_patents=licensor_patents,
        top_decile_patents=top_decile_patents,
    )
    share(top_decile_value_share, "top_decile_value_share")
    if not 0 < licensor_patents <= top_decile_patents:
        raise ValuationError("valuation.not_a_share", field="licensor_patents", given=licensor_patents)
    work.money("profit_per_unit", "chip_price * profit_margin")
    work.rate("licensor_share", "licensor_patents / top_decile_patents")
    work.money("royalty_per_unit", "profit_per_unit * top_decile_value_share * licensor_share")
    work.money("value", "royalty_per_unit")
    work.money("equal_share", "profit_per_unit * licensor_share")
    return work.result(low="value", high="equal_share")


def royalty_rate_rule_of_thumb(*, value_per_unit: Amount, rule_share: Rate, units: Decimal | None = None) -> Result:
    """A fixed share of the profit per unit (the 25% rule). Not a method: Uniloc v. Microsoft (Fed. Cir. 2011) threw it out.

    The range runs from a quarter to a third (LSLP, 25 to 33%), widened to hold `rule_share`.
    """
    work = Working("royalty_rate_rule_of_thumb", value_per_unit=value_per_unit, rule_share=rule_share, units=units)
    share(rule_share, "rule_share")
    work.money("royalty_per_unit", "value_per_unit * rule_share")
    if units is not None:
        work.money("total", "royalty_per_unit * units")
    work.money("low", "value_per_unit * least(rule_share, 1 / 4)")
    work.money("high", "value_per_unit * greatest(rule_share, 1 / 3)")
    work.money("value", "royalty_per_unit")
    work.warn("rule_of_thumb")
    return work.result(low="low", high="high")


def technology_turnover_factor(
    *, sales: Amount, cost_of_production: Amount, royalty_rate: Rate, royalty_years: int
) -> Result:
    """What the licensee keeps for each unit of royalty (TTF), and the licensor's share of the profit, LSEP = 1 / (1 + TTF).

    UNIDO, Manual on Technology Transfer Negotiation (1996). After `royalty_years` the royalty ends.
    """
    work = Working(
        "technology_turnover_factor",
        sales=sales,
        cost_of_production=cost_of_production,
        royalty_rate=royalty_rate,
        royalty_years=royalty_years,
    )
    if royalty_rate.value <= 0:
        raise ValuationError("valuation.not_positive", field="royalty_rate")
    work.money("royalty", "sales * royalty_rate")
    work.money("operating_profit", "sales - cost_of_production - royalty")
    work.money("operating_profit_after_term", "sales - cost_of_production")
    work.number("ttf", "operating_profit / royalty")
    work.rate("lsep", "royalty / (operating_profit + royalty)")
    work.rate("value", "lsep")
    return work.result()


def in_order(low: Rate, high: Rate, field: str) -> None:
    """ValuationError `valuation.range_reversed` where a range ends below where it begins."""
    if high.value < low.value:
        raise ValuationError("valuation.range_reversed", field=field)
