"""Methods by name over plain inputs (JSON): what an appraisal stores, an API takes and a published case gives.

A rate is a number that is a fraction of one, or a text that says so: "12%". An amount is a number of the currency asked for, or
{"amount": "1180000.00", "currency": "CNY"}. Everything is read by the method's own signature, so there is one list of inputs.
"""

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from valuation import methods
from valuation.methods.amounts import Amount, Rate, number
from valuation.methods.errors import ValuationError
from valuation.methods.market import Comparable
from valuation.methods.schedules import Schedule
from valuation.methods.working import Result

Method = Callable[..., Result]

# Other names of methods; where one name stands for several, the inputs decide which is meant.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "analytical_approach": ("royalty_rate_analytical",),
    "build_up": ("discount_build_up",),
    "cn_minimum_transfer_fee": ("minimum_transfer_fee",),
    "decision_tree_option": ("staged",),
    "excess_earnings_multi_period": ("excess_earnings_multi", "excess_earnings_multi_grown"),
    "excess_earnings_single_period": ("excess_earnings_single", "excess_earnings_net_assets"),
    "income_split_thirds_quarters": ("income_split",),
    "maintenance_cost": ("maintenance_cost", "renewal_cost"),
    "monte_carlo": ("monte_carlo", "simulated_royalty"),
    "real_option_binomial": ("option_binomial",),
    "real_option_black_scholes": ("option_black_scholes",),
    "replacement_cost": ("cost_replacement",),
    "reproduction_cost": ("cost_reproduction",),
    "royalty_rate_range_position": ("royalty_rate_range_position",),
    "rule_of_thumb_25": ("royalty_rate_rule_of_thumb",),
    "top_down_sep": ("royalty_rate_top_down",),
}


def value(method: str, inputs: Mapping[str, Any], currency: str) -> Result:
    """Work a method out by its name. ValuationError: `valuation.unknown_method`, `valuation.input_missing`,
    `valuation.unknown_input`, and whatever the inputs' types and the method itself refuse."""
    meant = [_named(name) for name in ALIASES.get(method, (method,))]
    chosen = next((one for one in meant if inputs.keys() <= _kinds(one).keys()), meant[0])
    kinds = _kinds(chosen)
    for name in inputs:
        if name not in kinds:
            raise ValuationError("valuation.unknown_input", field=name)
    for name, parameter in inspect.signature(chosen).parameters.items():
        if parameter.default is parameter.empty and name not in inputs:
            raise ValuationError("valuation.input_missing", field=name)
    return chosen(**{name: read(kinds[name], given, name, currency) for name, given in inputs.items()})


def _named(name: str) -> Method:
    if name not in methods.METHODS:
        raise ValuationError("valuation.unknown_method", field="method", name=name)
    return methods.METHODS[name]


@cache
def _kinds(method: Method) -> dict[str, Any]:
    return {name: kind for name, kind in get_type_hints(method).items() if name != "return"}


def read(kind: Any, given: Any, field: str, currency: str) -> Any:
    """A plain value as the type `kind`; ValuationError `valuation.unreadable` naming the field where it is no such thing."""
    if get_origin(kind) in (Union, types.UnionType):
        return _one_of(get_args(kind), given, field, currency)
    if kind is Amount:
        return _amount(given, field, currency)
    if kind is Rate:
        text = given.strip() if isinstance(given, str) else given
        percent = isinstance(text, str) and text.endswith("%")
        return Rate.percent(text[:-1], field) if percent else Rate.fraction(text, field)
    if kind is Decimal:
        return number(given, field)
    if kind is Schedule:
        return Schedule.yearly([_amount(one, field, currency) for one in _rows(given, field)])
    if kind is Comparable:
        return _comparable(given, field, currency)
    try:
        return _composed(kind, given, field, currency)
    except (TypeError, ValueError, KeyError):
        raise ValuationError("valuation.unreadable", field=field) from None


def _composed(kind: Any, given: Any, field: str, currency: str) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple and args[-1:] != (Ellipsis,):
        rows = _rows(given, field)
        return tuple(read(one, value, field, currency) for one, value in zip(args, rows, strict=True))
    if origin in (tuple, list, Sequence):
        return tuple(read(args[0], one, field, currency) for one in _rows(given, field))
    if origin is Mapping:
        return {name: read(args[1], one, field, currency) for name, one in given.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: read(hints[name], one, f"{field}.{name}", currency) for name, one in given.items()})
    if kind is date:
        return date.fromisoformat(given)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(given)
    if kind is int:
        whole = number(given, field)
        if whole != whole.to_integral_value():
            raise ValueError(given)
        return int(whole)
    if not isinstance(given, kind):
        raise TypeError(kind)
    return given


def _one_of(kinds: tuple[Any, ...], given: Any, field: str, currency: str) -> Any:
    """The first kind that fits: nothing, a row where a row is given, otherwise the single kind."""
    if given is None and types.NoneType in kinds:
        return None
    rows = [kind for kind in kinds if get_origin(kind) in (Sequence, tuple)]
    single = [kind for kind in kinds if kind is not types.NoneType and kind not in rows]
    return read((rows if isinstance(given, list | tuple) and rows else single or rows)[0], given, field, currency)


def _amount(given: Any, field: str, currency: str) -> Amount:
    if isinstance(given, Mapping):
        if set(given) != {"amount", "currency"}:
            raise ValuationError("valuation.unreadable", field=field)
        given, currency = given["amount"], given["currency"]
    try:
        return Amount(number(given, field), currency)
    except ValueError:
        raise ValuationError("valuation.unreadable", field=field) from None


def _rows(given: Any, field: str) -> Sequence[Any]:
    if not isinstance(given, list | tuple):
        raise ValuationError("valuation.unreadable", field=field)
    return given


def _comparable(given: Any, field: str, currency: str) -> Comparable:
    """A pair of price and driver, or a record in which the driver goes by its own name ("ltm")."""
    if not isinstance(given, Mapping):
        price, driver = _rows(given, field)
        return Comparable(_amount(price, field, currency), _amount(driver, field, currency))
    known = {one.name for one in fields(Comparable)}
    others = [name for name in given if name not in known]
    told = dict(given)
    if "driver" not in told and len(others) == 1:
        told["driver"] = told.pop(others[0])
    return _composed(Comparable, told, field, currency)  # type: ignore[no-any-return]
