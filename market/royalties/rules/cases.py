"""The engine on plain numbers, for worked examples: each function is named after the method and takes its inputs.

Sums are integers or decimals in any unit; what comes out is exact as far as a Decimal is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from market.royalties.rules.earning import base_of, degressive, earned, flat
from market.royalties.rules.lines import Exact, Sheet
from market.royalties.rules.periods import spans
from market.royalties.rules.statement import Statement, state
from market.royalties.rules.terms import (
    BASE,
    CUMULATIVE,
    PERIOD,
    UNITS,
    Balance,
    Counter,
    Fixed,
    Limit,
    Milestone,
    Offset,
    Rates,
    Report,
    RoyaltyTerms,
    Running,
    Sales,
    Tier,
)

Plain = int | Decimal
Row = Mapping[str, Any]
START = date(2020, 1, 1)
CENT = 100


def _exact(figure: Any) -> Fraction:
    return Fraction(str(figure))


def _plain(exact: Exact) -> Decimal:
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _tiers(rows: Sequence[Row], rate: str) -> tuple[Tier, ...]:
    return tuple(Tier(None if row["up_to"] is None else _exact(row["up_to"]), _exact(row[rate])) for row in rows)


def _always(tiers: tuple[Tier, ...]) -> tuple[Rates, ...]:
    return (Rates(START, tiers),)


def _quarters(terms: RoyaltyTerms, sales: Sequence[Sales]) -> list[Statement]:
    """The statements of one quarter after the other, from the beginning of a licence of one product."""
    balance, made = Balance(), []
    quarters = spans(START, None, "quarter", through=date(9000, 1, 1))
    for quarter, sold in zip(quarters, sales, strict=False):
        made.append(state(terms, balance, Report(quarter.since, quarter.until, {"": sold})))
        balance = made[-1].closing
    return made


def _paid(statement: Statement) -> Decimal:
    """What is paid in the case's own unit; cents are the engine's minor unit."""
    return Decimal(statement.payable.minor) / CENT


def running_royalty_statement(
    rate: Plain, lifetime_exempt: Plain, quarter_de_minimis: Plain, gross_by_quarter: Mapping[str, Plain]
) -> dict[str, Any]:
    """A rate on what lies above an exempt sum since the beginning; a quarter below the de minimis earns nothing."""
    tiers = (Tier(_exact(lifetime_exempt) * CENT, Fraction(0)), Tier(None, _exact(rate)))
    running = Running(_always(tiers), threshold=_exact(quarter_de_minimis) * CENT)
    terms = RoyaltyTerms("USD", {"": running})
    statements = _quarters(terms, [Sales(_exact(gross) * CENT) for _, gross in sorted(gross_by_quarter.items())])
    royalty = [_paid(statement) for statement in statements]
    lifetime = statements[-1].closing.counters[""].base
    return {"royalty": royalty, "total": sum(royalty), "lifetime_revenue": _plain(lifetime) / CENT}


def threshold_royalty(gross: Plain, exempt: Plain, rate: Plain) -> dict[str, Decimal]:
    """The rate on what lies above the exempt sum of one period."""
    running = Running(_always((Tier(_exact(exempt), Fraction(0)), Tier(None, _exact(rate)))), scope=PERIOD)
    royalty, _ = earned(Sheet(), "", running, Sales(_exact(gross)), Counter(), START)
    return {"royalty": _plain(royalty)}


def minimum_guarantee(earned: Plain, annual_minimum: Plain) -> dict[str, Decimal]:
    """What is short of the year's minimum, and what is paid with it."""
    terms = RoyaltyTerms(
        "USD", {"": Running(_always(flat(Fraction(1))))}, minimum=Limit(_exact(annual_minimum) * CENT, PERIOD)
    )
    (statement,) = _quarters(terms, [Sales(_exact(earned) * CENT)])
    shortfall = next(line.value for line in statement.lines if line.step == "minimum")
    return {"shortfall": _plain(shortfall) / CENT, "payable": _paid(statement)}


def tiered_royalty_units(
    list_price: Plain, tiers: Sequence[Row], units: Sequence[Plain], advance: Plain
) -> dict[str, Any]:
    """A part of the list price that rises with the units sold, for several counts of units; whether the advance is earned
    back at the first."""
    running = Running(_always(_tiers(tiers, "rate")), measure=UNITS)
    sold = [Sales(_exact(count) * _exact(list_price), _exact(count)) for count in units]
    royalty = [earned(Sheet(), "", running, one, Counter(), START)[0] for one in sold]
    out = {"royalty": [_plain(one) for one in royalty]}
    return {**out, f"earned_out_at_{units[0]}": royalty[0] >= _exact(advance)}


def advance_recoupment(cases: Sequence[Row]) -> dict[str, list[int]]:
    """After how many units each advance is earned back."""
    return {"units_to_earn_out": [_units_to_earn_out(case) for case in cases]}


def _units_to_earn_out(case: Row) -> int:
    needed = _exact(case["advance"]) / (_exact(case["price"]) * _exact(case["rate"]))
    return -(-needed.numerator // needed.denominator)


def royalty_on_net_receipts(list_price: Plain, net_share: Plain, rate: Plain, units: Plain) -> dict[str, Decimal]:
    """A rate on the publisher's net, which is a share of the list price."""
    running = Running(_always(flat(_exact(rate))), base_share=_exact(net_share))
    gross = _exact(list_price) * _exact(units)
    royalty, _ = earned(Sheet(), "", running, Sales(gross, _exact(units)), Counter(), START)
    return {"royalty_per_unit": _plain(royalty / _exact(units)), "total": _plain(royalty)}


def royalty_base_definition(
    receipts_incl_vat: Plain, vat_rate: Plain, platform_rate: Plain, royalty_rate: Plain, rounding_of_base: int
) -> dict[str, Decimal]:
    """Royalty and platform's cut on receipts less value added tax, the base rounded as the parties do."""
    running = Running(_always(flat(_exact(royalty_rate))), tax_included=_exact(vat_rate))
    base = base_of(Sheet(), "", running, Sales(_exact(receipts_incl_vat)), rounding_of_base, "half_up")
    platform, royalty = base * _exact(platform_rate), base * _exact(royalty_rate)
    sums = {"base": base, "platform": platform, "royalty": royalty, "after_both": base - platform - royalty}
    return {name: _plain(exact) for name, exact in sums.items()}


def sales_milestones(
    base_funding: Plain, multiple: Plain, milestones: Sequence[Row], cumulative_sales_by_quarter: Sequence[Plain]
) -> dict[str, Any]:
    """A multiple of the funding in parts, each due once when sales first reach its sum."""
    whole = _exact(base_funding) * _exact(multiple)
    due = tuple(
        Milestone(f"{number}", BASE, _exact(row["cumulative_sales"]) * CENT, whole * _exact(row["share"]) * CENT)
        for number, row in enumerate(milestones)
    )
    terms = RoyaltyTerms("USD", {"": Running(_always(flat(Fraction(0))))}, milestones=due)
    reached = [Fraction(0), *(_exact(sales) * CENT for sales in cumulative_sales_by_quarter)]
    sold = [Sales(after - before) for before, after in pairwise(reached)]
    return {"total": _plain(whole), "payment_by_quarter": [_paid(one) for one in _quarters(terms, sold)]}


def guarantee_schedule(payments: Sequence[Plain], recoupable: bool, cross_collateralised: bool) -> dict[str, Decimal]:
    """What a guarantee paid in instalments comes to while nothing is sold."""
    quarters = list(spans(START, None, "quarter", through=date(2120, 1, 1)))[: len(payments)]
    fixed = tuple(
        Fixed(quarter.since, _exact(payment) * CENT, "advance", recoupable)
        for quarter, payment in zip(quarters, payments, strict=True)
    )
    running = {"": Running(_always(flat(Fraction(1))))}
    terms = RoyaltyTerms("USD", running, fixed, cross_collateral=cross_collateralised)
    return {"total": sum((_paid(one) for one in _quarters(terms, [Sales(Fraction(0))] * len(payments))), Decimal(0))}


def degressive_royalty_base(brackets_million: Sequence[Row], turnover_million: Sequence[Plain]) -> dict[str, Any]:
    """The base left of each turnover when only what lies above each threshold is reduced."""
    brackets = _tiers(brackets_million, "reduction")
    return {"effective_base_million": [_plain(degressive(brackets, _exact(turnover))) for turnover in turnover_million]}


def royalty_stacking_offset(
    rate: Plain, max_reduction: Plain, floor_rate: Plain, periods: Sequence[Mapping[str, Plain]]
) -> dict[str, Any]:
    """What is paid, and what of third parties' royalties is carried forward, in one period after the other."""
    offset = Offset(_exact(max_reduction), _exact(floor_rate))
    running = Running(_always(flat(_exact(rate))), scope=CUMULATIVE, offset=offset)
    counter, out = Counter(), []
    for period in periods:
        sales = Sales(_exact(period["sales"]), third_party=_exact(period["third_party"]))
        royalty, counter = earned(Sheet(), "", running, sales, counter, START)
        out.append([_plain(royalty), _plain(counter.offset)])
    return {"payable_and_carry": out}


def employee_inventor_reward(
    sales: Plain, monopoly_ratio: Plain, royalty_rate: Plain, contribution: Plain
) -> dict[str, Decimal]:
    """What the inventor's part of a notional royalty on the sales owed to the monopoly is."""
    running = replace(Running(_always(flat(_exact(royalty_rate)))), base_share=_exact(monopoly_ratio))
    royalty, _ = earned(Sheet(), "", running, Sales(_exact(sales)), Counter(), START)
    return {"reward": _plain(royalty * _exact(contribution))}
