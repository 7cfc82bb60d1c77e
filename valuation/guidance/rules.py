"""The range that closed deals make, and when a reserve is far above what is known. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from market.kernel.money import Money
from valuation.methods.errors import ValuationError
from valuation.methods.formula import quantile
from valuation.methods.market import FEWEST

FAR = (3, 2)  # peers' packages failed at prices their sellers hoped for: half above every range known is told
_DIGITS = 2  # of a shown price, so that no single deal can be read out of three


@dataclass(frozen=True, slots=True)
class Known:
    """A range a price can be set against: where it comes from ("deals", "model", "statutory"), its ends and its middle."""

    source: str
    low: Money
    middle: Money
    high: Money
    count: int = 1


@dataclass(frozen=True, slots=True)
class Sold:
    """A closed deal as far as guidance looks: who sold, for how much."""

    seller: int
    price: Money


def of_deals(sold: Sequence[Sold]) -> Known:
    """The quartiles and the middle of what was paid, each rounded to two digits. ValuationError `valuation.no_comparables`
    for fewer than three deals of three sellers in one currency."""
    sellers = {one.seller for one in sold}
    currencies = {one.price.currency for one in sold}
    if len(sold) < FEWEST or len(sellers) < FEWEST or len(currencies) != 1:
        raise ValuationError(
            "valuation.no_comparables", field="deals", found=min(len(sold), len(sellers)), fewest=FEWEST
        )
    (currency,) = currencies
    prices = tuple(Decimal(one.price.minor) for one in sold)
    low, middle, high = (_rounded(quantile(prices, Decimal(at))) for at in ("0.25", "0.5", "0.75"))
    return Known("deals", Money(low, currency), Money(middle, currency), Money(high, currency), len(sold))


def far_above(reserve: Money, known: Iterable[Known]) -> bool:
    """Whether a reserve is more than half above the upper end of every range of its currency that is known."""
    part, whole = FAR
    tops = [one.high.minor for one in known if one.high.currency == reserve.currency]
    return bool(tops) and reserve.minor * whole > max(tops) * part


def _rounded(figure: object) -> int:
    value = Decimal(str(figure))
    return int(value.quantize(Decimal(1).scaleb(value.adjusted() - _DIGITS + 1), ROUND_HALF_EVEN)) if value else 0
