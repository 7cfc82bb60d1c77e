"""What each side of a deal pays and gets: premium, commission and their sums, to the minor unit."""

from dataclasses import dataclass
from fractions import Fraction

from market.kernel.errors import Refused
from market.kernel.money import Money

CAP_BP = 500  # 拍卖法 56: where nothing was agreed, at most five percent of the price from each side
WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of one deal. `total_due` is the buyer's, before any deposit is set off; `proceeds` is the seller's."""

    price: Money
    premium: Money
    commission: Money

    @property
    def total_due(self) -> Money:
        """What the buyer pays in all: price and premium."""
        return self.price + self.premium

    @property
    def proceeds(self) -> Money:
        """What the right holders get: the price less the seller's commission."""
        return self.price - self.commission


def rate(agreed_bp: int | None) -> int:
    """The commission rate of a side, in basis points of the price: as agreed, or the cap of 拍卖法 56 when nothing was.

    Refused `deal.rate` for a rate below nothing or above the whole price.
    """
    bp = CAP_BP if agreed_bp is None else agreed_bp
    if not 0 <= bp <= WHOLE_BP:
        raise Refused("deal.rate", rate=Fraction(bp, WHOLE_BP))
    return bp


def figures(price: Money, *, seller_commission_bp: int, buyer_premium_bp: int) -> Figures:
    """The sums of a deal at `price`; each commission is rounded half up once, the totals add up exactly."""
    return Figures(price, price.portion(buyer_premium_bp), price.portion(seller_commission_bp))
