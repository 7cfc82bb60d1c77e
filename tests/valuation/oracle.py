"""A second reading of the steps' language, in floats, written apart from the product's own."""

import re
from statistics import NormalDist
from typing import Any

import numpy as np

from valuation.methods.working import Result


def worked_again(result: Result) -> tuple[float, float]:
    """The value worked out from the given figures alone, and how far any step is off at most, relatively."""
    known: dict[str, Any] = {name: floats(value) for name, value in result.given.items()}
    off = 0.0
    for step in result.steps:
        formula = re.sub(r"\b([a-z_]+)\(", r"W['\1'](", step.formula)
        known[step.name] = eval(formula, {"__builtins__": {}, "W": WORDS}, known)
        told = floats(step.value)
        off = max(off, float(np.max(np.abs(known[step.name] - told) / np.maximum(1, np.abs(told)))))
    return float(known["value"]), off


def floats(value: Any) -> Any:
    return np.array([float(one) for one in value]) if isinstance(value, tuple) else float(value)


WORDS = {
    "total": np.sum,
    "product": np.prod,
    "before": lambda row: np.cumprod(np.r_[1, row[:-1]]),
    "starts": lambda row: np.cumsum(np.r_[0, row[:-1]]),
    "mean": np.mean,
    "median": np.median,
    "quantile": np.quantile,
    "count": np.size,
    "count_to": lambda most: np.arange(1, most + 1),
    "first": lambda row: np.atleast_1d(row)[0],
    "last": lambda row: np.atleast_1d(row)[-1],
    "ups": lambda row: row[:-1],
    "downs": lambda row: row[1:],
    "least": lambda *values: np.minimum.reduce(np.broadcast_arrays(*values)),
    "greatest": lambda *values: np.maximum.reduce(np.broadcast_arrays(*values)),
    "smallest": np.min,
    "largest": np.max,
    "exp": np.exp,
    "ln": np.log,
    "root": np.sqrt,
    "normal": lambda value: NormalDist().cdf(value),
}
