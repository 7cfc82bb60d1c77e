"""Relief from royalty: what owning a right saves its owner in royalties (许可费节省法)."""

from collections.abc import Sequence
from decimal import Decimal

from valuation.methods.amounts import Amount, Rate, share
from valuation.methods.discount import above_minus_one
from valuation.methods.errors import ValuationError
from valuation.methods.schedules import Discounting, Schedule
from valuation.methods.tab import Tab, add_tab
from valuation.methods.working import Result, Working, same_length


def relief_from_royalty(
    *,
    revenue: Schedule,
    royalty_rate: Rate | Sequence[Rate],
    tax_rate: Rate,
    discount_rate: Rate,
    discounting: Discounting,
    life_years: int | None = None,
    legal_years_left: Decimal | None = None,
    maintenance_costs: Schedule | None = None,
    tab: Tab | None = None,
) -> Result:
    """The present value of the royalties saved, after tax and the right's own upkeep, with the tax benefit if wanted.

    `royalty_rate` is one for all periods or one each; `life_years`, where given, is the number of periods. ValuationError:
    `valuation.period_length_mismatch`; `valuation.life_exceeds_legal_term` where the revenue outlives `legal_years_left`.
    """
    work = Working(
        "relief_from_royalty",
        revenue=revenue,
        royalty_rate=royalty_rate,
        tax_rate=tax_rate,
        discount_rate=discount_rate,
        discounting=discounting,
        life_years=life_years,
        legal_years_left=legal_years_left,
        maintenance_costs=maintenance_costs,
        tab=tab,
    )
    if isinstance(royalty_rate, Sequence):
        same_length("royalty_rate", royalty_rate, len(revenue))
    if life_years is not None:
        same_length("revenue", revenue.amounts, life_years)
    add_royalty(work, revenue, legal_years_left)
    costs = ""
    if maintenance_costs is not None and len(maintenance_costs):
        same_length("maintenance_costs", maintenance_costs.amounts, len(revenue))
        costs = " - maintenance_costs"
    work.money("after_tax", f"(royalty{costs}) * (1 - tax_rate)")
    add_present_value(work, revenue, discounting, "after_tax")
    add_tab(work, tab, discounting)
    return work.result()


def relief_from_royalty_grown(
    *,
    base_revenue: Amount,
    growth: Rate,
    years: int,
    royalty_rate: Rate,
    tax_rate: Rate,
    discount_rate: Rate,
    discounting: Discounting,
    legal_years_left: Decimal | None = None,
    tab: Tab | None = None,
) -> Result:
    """`relief_from_royalty` on the first year's revenue, grown at one rate for so many years."""
    work = Working(
        "relief_from_royalty_grown",
        base_revenue=base_revenue,
        growth=growth,
        years=years,
        royalty_rate=royalty_rate,
        tax_rate=tax_rate,
        discount_rate=discount_rate,
        discounting=discounting,
        legal_years_left=legal_years_left,
        tab=tab,
    )
    if years < 1:
        raise ValuationError("valuation.not_positive", field="years")
    within_legal_term(Decimal(years), legal_years_left, "years")
    work.money("revenue", "base_revenue * (1 + growth) ** (count_to(years) - 1)")
    revenue = Schedule.yearly([Amount(one, base_revenue.currency) for one in work.row("revenue")])
    add_royalty(work, revenue, None)
    work.money("after_tax", "royalty * (1 - tax_rate)")
    add_present_value(work, revenue, discounting, "after_tax")
    add_tab(work, tab, discounting)
    return work.result()


def add_royalty(work: Working, revenue: Schedule, legal_years_left: Decimal | None) -> None:
    """Add the step "royalty", after looking at the periods' number and the rates' range."""
    if not len(revenue):
        raise ValuationError("valuation.input_missing", field="revenue")
    within_legal_term(Decimal(len(revenue)), legal_years_left, "revenue")
    share(Rate(work.single("tax_rate")), "tax_rate")
    work.money("royalty", "revenue * royalty_rate")


def within_legal_term(wanted: Decimal, legal_years_left: Decimal | None, field: str) -> None:
    """ValuationError where income is counted in more years than the right has left, one begun being counted whole."""
    if legal_years_left is not None and wanted >= legal_years_left + 1:
        raise ValuationError("valuation.life_exceeds_legal_term", field=field, given=wanted, left=legal_years_left)


def add_present_value(work: Working, schedule: Schedule, discounting: Discounting, flow: str) -> None:
    """Add the steps "discount_factor", "present_value" (a row) and "value_before_tab" for the row named `flow`."""
    above_minus_one(Rate(work.single("discount_rate")), "discount_rate")
    work.take("time", schedule.times(discounting, "discounting"))
    work.number("discount_factor", "1 / (1 + discount_rate) ** time")
    work.money("present_value", f"{flow} * discount_factor")
    work.money("value_before_tab", "total(present_value)")
    work.assume(f"{discounting}")


def royalty_base(*, unit_price: Amount, units: Decimal) -> Result:
    """The revenue a royalty is taken of: unit_price x units."""
    work = Working("royalty_base", unit_price=unit_price, units=units)
    work.money("royalty_base", "unit_price * units")
    work.money("value", "royalty_base")
    return work.result()


def royalty_capitalisation(*, revenue: Amount, royalty_rate: Rate, capitalisation_rate: Rate, tax_rate: Rate) -> Result:
    """A royalty for ever, after tax, capitalised: revenue x royalty_rate x (1 - tax_rate) / capitalisation_rate."""
    work = Working(
        "royalty_capitalisation",
        revenue=revenue,
        royalty_rate=royalty_rate,
        capitalisation_rate=capitalisation_rate,
        tax_rate=tax_rate,
    )
    if capitalisation_rate.value <= 0:
        raise ValuationError("valuation.not_positive", field="capitalisation_rate")
    share(tax_rate, "tax_rate")
    work.money("royalty", "revenue * royalty_rate")
    work.money("after_tax", "royalty * (1 - tax_rate)")
    work.money("value", "after_tax / capitalisation_rate")
    work.assume("for_ever")
    return work.result()
