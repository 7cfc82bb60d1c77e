"""Holding cost: what keeping a right in force takes, from the offices' dated fee tables."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from market.rights.rules.upkeep import Kept, dues
from valuation.methods.amounts import Amount, Rate, share
from valuation.methods.discount import above_minus_one
from valuation.methods.errors import ValuationError
from valuation.methods.schedules import Discounting, Schedule
from valuation.methods.working import Result, Working

# What is taken off the schedule's fee for some payers: 35 USC 41(h) and 123, since 29 December 2022.
REDUCTIONS = {"US": {"small": Decimal("0.6"), "micro": Decimal("0.8")}}


def maintenance_cost(
    *, fees_large: Mapping[str, Amount], surcharge_large: Amount, small_discount: Rate, micro_discount: Rate
) -> Result:
    """A fee schedule for the three sizes of payer: each stage's fee, the surcharge, and the large payer's total."""
    work = Working(
        "maintenance_cost",
        fees_large=fees_large,
        surcharge_large=surcharge_large,
        small_discount=small_discount,
        micro_discount=micro_discount,
    )
    if not fees_large:
        raise ValuationError("valuation.input_missing", field="fees_large")
    for size in ("small", "micro"):
        share(Rate(work.single(f"{size}_discount")), f"{size}_discount")
        work.money(size, f"fees_large * (1 - {size}_discount)")
        work.money(f"surcharge_{size}", f"surcharge_large * (1 - {size}_discount)")
    work.money("total_large", "total(fees_large)")
    work.money("value", "total_large")
    return work.result()


def renewal_cost(*, fee_by_year: Mapping[str, Amount], late_surcharge_rate: Rate) -> Result:
    """A fee schedule by patent year: their total, and what each year costs more when paid late."""
    work = Working("renewal_cost", fee_by_year=fee_by_year, late_surcharge_rate=late_surcharge_rate)
    if not fee_by_year:
        raise ValuationError("valuation.input_missing", field="fee_by_year")
    work.money("late_fee", "fee_by_year * late_surcharge_rate")
    work.money("total", "total(fee_by_year)")
    work.money("value", "total")
    return work.result()


def holding_cost(
    *,
    office: str,
    type: str,
    filed_on: date,
    granted_on: date | None,
    expires_on: date,
    valuation_date: date,
    entity: str,
    discount_rate: Rate,
) -> Result:
    """The present value, by exact days, of the fees from `valuation_date` to the end of a patent's term.

    `entity`: "large", or a payer the office takes less from ("small", "micro" in the US). ValuationError:
    `valuation.unknown_entity`;
    `valuation.no_fee_table` where the office's schedule of a due fee is not kept.
    """
    work = Working(
        "holding_cost",
        office=office,
        type=type,
        filed_on=filed_on,
        granted_on=granted_on,
        expires_on=expires_on,
        valuation_date=valuation_date,
        entity=entity,
        discount_rate=discount_rate,
    )
    reductions = {"large": Decimal(0)} | REDUCTIONS.get(office, {})
    if entity not in reductions:
        raise ValuationError("valuation.unknown_entity", field="entity", name=entity)
    above_minus_one(discount_rate, "discount_rate")
    state = "granted" if granted_on else "pending"
    kept = Kept("patent", type, office, state, filed_on, granted_on, expires_on)
    found = [due for due in dues(kept, valuation_date, expires_on) if due.kind in ("annuity", "maintenance")]
    found = [due for due in found if due.on >= valuation_date]
    if not found or any(due.fee is None for due in found):
        raise ValuationError("valuation.no_fee_table", field="office", office=office)
    fees = [(due.on, Amount.of(due.fee.amount)) for due in found if due.fee is not None]
    schedule = Schedule.dated(valuation_date, fees)
    work.currency = schedule.amounts[0].currency
    work.take("fee", tuple(amount.figure for amount in schedule))
    work.take("reduction", reductions[entity])
    work.take("time", schedule.times(Discounting.EXACT_DAYS, "valuation_date"))
    work.money("payable", "fee * (1 - reduction)")
    work.money("undiscounted", "total(payable)")
    work.money("value", "total(payable / (1 + discount_rate) ** time)")
    work.assume("fees_of_today")
    if not all(due.fee and due.fee.checked for due in found):
        work.warn("fees_unchecked")
    return work.result()
