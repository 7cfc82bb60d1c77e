"""What each side of a deal pays and gets: premium, commission and their sums, to the minor unit."""

from dataclasses import dataclass

from market.kernel.money import Money
from market.listings.fees.rules import Fee, Schedule, fee


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


@dataclass(frozen=True, slots=True)
class Quote:
    """Both sides of a sale at a price: the sums, and how each fee comes about."""

    figures: Figures
    premium: Fee
    commission: Fee


def quote(price: Money, *, seller: Schedule, buyer: Schedule) -> Quote:
    """Commission, premium and what each side pays and gets at `price`; the totals add up exactly. Refused `fees.currency`."""
    premium, commission = fee(price, buyer), fee(price, seller)
    return Quote(Figures(price, premium.amount, commission.amount), premium, commission)
