"""The tax amortisation benefit: what it adds that a buyer may write the price off against tax."""

from dataclasses import dataclass
from decimal import Decimal

from valuation.methods.amounts import Amount, Rate, share
from valuation.methods.discount import above_minus_one
from valuation.methods.errors import ValuationError
from valuation.methods.schedules import Discounting, years
from valuation.methods.working import Result, Working


@dataclass(frozen=True, slots=True)
class Tab:
    """That the benefit is counted: over the years the tax law allows, which need not be the years of use.

    `discounting` is that of the valuation where it is not given. With `enabled` false nothing is added.
    """

    amortisation_years: int
    discounting: Discounting | None = None
    enabled: bool = True


def tab_factor(*, tax: Rate, years: int, discount: Rate, discounting: Discounting) -> Result:
    """What a value before the benefit is multiplied by: 1 / (1 - tax / years x annuity), an annuity over the tax life.

    Property: the value after less the value before is the present value of tax x value after / years, each year.
    """
    work = Working("tab_factor", tax=tax, years=years, discount=discount, discounting=discounting)
    add_tab_factor(work, "tax", "discount", years, discounting)
    work.number("value", "tab_factor")
    return work.result()


def tab(*, pv_cash_flow: Amount, years: int, discount: Rate, tax: Rate, discounting: Discounting) -> Result:
    """The benefit itself, on a value before it of `pv_cash_flow`."""
    work = Working("tab", pv_cash_flow=pv_cash_flow, years=years, discount=discount, tax=tax, discounting=discounting)
    add_tab_factor(work, "tax", "discount", years, discounting)
    work.money("tab", "pv_cash_flow * (tab_factor - 1)")
    work.money("value", "tab")
    return work.result()


def annuity_factor(*, discount: Rate, years: int, discounting: Discounting) -> Result:
    """What one a year over `years` is worth today."""
    work = Working("annuity_factor", discount=discount, years=years, discounting=discounting)
    _add_annuity(work, "discount", years, discounting)
    work.number("value", "annuity_factor")
    return work.result()


def add_tab_factor(work: Working, tax: str, discount: str, over: int, discounting: Discounting) -> None:
    """Add the step "tab_factor" to a working whose tax and discount rates have these names."""
    share(Rate(work.single(tax)), tax)
    _add_annuity(work, discount, over, discounting)
    work.take("amortisation_years", Decimal(over))
    work.number("tab_factor", f"1 / (1 - {tax} / amortisation_years * annuity_factor)")


def add_tab(work: Working, benefit: Tab | None, discounting: Discounting) -> None:
    """Add the last steps of an income method: the benefit on "value_before_tab" by "tax_rate" and "discount_rate"."""
    if benefit is None or not benefit.enabled:
        work.money("value", "value_before_tab")
        return
    add_tab_factor(work, "tax_rate", "discount_rate", benefit.amortisation_years, benefit.discounting or discounting)
    work.money("value", "value_before_tab * tab_factor")
    work.assume("tab_over_tax_life", years=benefit.amortisation_years)


def _add_annuity(work: Working, discount: str, over: int, discounting: Discounting) -> None:
    if over < 1:
        raise ValuationError("valuation.not_positive", field="years")
    above_minus_one(Rate(work.single(discount)), discount)
    work.take("amortisation_time", years(over, discounting, "discounting"))
    work.number("annuity_factor", f"total(1 / (1 + {discount}) ** amortisation_time)")
