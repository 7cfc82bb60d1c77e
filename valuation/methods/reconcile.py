"""Several results brought together, with the spread between them in sight; and how far each input moves one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from valuation.methods.amounts import Amount, Rate
from valuation.methods.discount import add_up_to_one
from valuation.methods.errors import ValuationError
from valuation.methods.working import Result, Unit, Working

_WIDE = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Swing:
    """One input moved down and up, and what the value became; `span` is how far apart the two are."""

    name: str
    low: Decimal
    high: Decimal

    @property
    def span(self) -> Decimal:
        """How far the input moves the value."""
        return abs(self.high - self.low)


def reconcile(*, results: Mapping[str, Result], weights: Mapping[str, Rate], reasons: Mapping[str, str]) -> Result:
    """Weigh several methods' values of one thing. Every weight has its reason; the range runs over all results and their ranges.

    ValuationError: `valuation.weights_not_one`, `valuation.no_reason`, `valuation.currency_mismatch`. A spread of more than half
    the value is warned of: no silent average.
    """
    if not results or list(results) != list(weights):
        raise ValuationError(
            "valuation.period_length_mismatch", field="weights", given=len(weights), wanted=len(results)
        )
    for name, result in results.items():
        if result.unit is not Unit.MONEY or result.currency is None:
            raise ValuationError("valuation.currency_mismatch", field=name, given="-", others="-")
        if not reasons.get(name, "").strip():
            raise ValuationError("valuation.no_reason", field="reasons", name=name)
    values = {name: Amount(result.value, result.currency or "") for name, result in results.items()}
    hashes = {name: result.inputs_hash for name, result in results.items()}
    work = Working("reconcile", values=values, weights=weights, reasons=dict(reasons), hashes=hashes)
    add_up_to_one([weight.value for weight in weights.values()], "weights")
    ends = [[result.value, result.low, result.high] for result in results.values()]
    work.take("ends", tuple(end for row in ends for end in row if end is not None))
    work.money("lowest", "smallest(ends)")
    work.money("highest", "largest(ends)")
    work.money("spread", "largest(values) - smallest(values)")
    work.money("value", "total(values * weights)")
    if work.single("spread") > abs(work.single("value")) * _WIDE:
        work.warn("wide_spread")
    return work.result(low="lowest", high="highest")


def tornado(value: Callable[[str, Decimal], Result], moves: Mapping[str, tuple[Decimal, Decimal]]) -> Sequence[Swing]:
    """How far each input alone moves the value, the furthest first: `value(name, given)` computes with one input replaced.

    `moves` gives each input's low and high. An input whose move is refused raises that method's ValuationError.
    """
    swings = [Swing(name, value(name, low).value, value(name, high).value) for name, (low, high) in moves.items()]
    return sorted(swings, key=lambda swing: (-swing.span, swing.name))
