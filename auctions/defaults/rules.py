"""What a buyer in default owes and what covers it: values in, decisions out (拍卖法 39; 民法典 586-588)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from market.kernel.errors import Refused
from market.kernel.formats import money
from market.kernel.money import Money
from market.rights.rules.bidding import default_owed

AGENCY, SELLER, BUYER = "agency", "seller", "buyer"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a deal stands when its buyer is to be reminded or declared in default.

    `waits_for` are the roles the next step waits for; `grace_until` the last day of grace the buyer was given by a reminder.
    """

    waits_for: tuple[str, ...]
    due_on: date | None
    barred: bool
    grace_days: int
    grace_until: date | None


def check_overdue(deal: Standing, today: date) -> None:
    """Refused `default.not_buyer` unless it waits for the buyer alone, `default.barred` while the law bars the deal, and
    `default.not_overdue` until the day after the last one."""
    if deal.waits_for != (BUYER,):
        raise Refused("default.not_buyer")
    if deal.barred:
        raise Refused("default.barred")
    if deal.due_on is None or today <= deal.due_on:
        raise Refused("default.not_overdue", until=deal.due_on)


def check_default(deal: Standing, reason: str, today: date) -> None:
    """As `check_overdue`; and where the rule set grants days of grace, Refused `default.no_notice` before the reminder,
    `default.grace` until they are over. Refused `default.reason_missing`."""
    check_overdue(deal, today)
    if deal.grace_days and deal.grace_until is None:
        raise Refused("default.no_notice", days=deal.grace_days)
    if deal.grace_until is not None and today <= deal.grace_until:
        raise Refused("default.grace", until=deal.grace_until)
    if not reason.strip():
        raise Refused("default.reason_missing")


def share(amount: Money, commissions: Money, to: Sequence[str]) -> dict[str, Money]:
    """Whom a forfeited deposit goes to by the sale's rules `to`: the agency up to the first commissions where they name it,
    the seller the rest. The parts add up; nobody gets nothing."""
    first = min(amount, commissions) if AGENCY in to else Money.zero(amount.currency)
    return {who: part for who, part in ((AGENCY, first), (SELLER, amount - first)) if part}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the claim: `kind`, the amount (None while nobody can know it), how it comes about, the article."""

    kind: str
    amount: Money | None
    formula: str
    article: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What the buyer in default owes, and what its money covers of that, first things first.

    `outstanding` is what it still has to pay, `excess` what of the forfeited deposit no line claims (it stays forfeited),
    `back` what of an advance goes back to it.
    """

    lines: tuple[Line, ...]
    owed: Money
    covered: tuple[Line, ...]
    outstanding: Money
    excess: Money
    back: Money


@dataclass(frozen=True, slots=True)
class First:
    """The first sale: its price, both commissions and how they came about, what was forfeited of the deposit, what is an
    advance."""

    price: Money
    seller_commission: Money
    buyer_commission: Money
    forfeited: Money
    advance: Money
    seller_formula: str = ""
    buyer_formula: str = ""

    @property
    def commissions(self) -> Money:
        """Both commissions of the first sale."""
        return self.seller_commission + self.buyer_commission

    @property
    def uncovered(self) -> Money:
        """What of the commissions the forfeited deposit does not cover."""
        return self.left_after(Money.zero(self.price.currency))

    def left_after(self, taken: Money) -> Money:
        """What of the commissions neither the forfeited deposit nor `taken` of the advance covers."""
        return max(Money.zero(self.price.currency), self.commissions - self.forfeited - taken)


def claim(first: First, *, second: Money | None, waits: bool) -> Claim:
    """The claim against the buyer in default (拍卖法 39): both commissions of the first sale, and what the `second` price
    fell below the first. `waits`: there will be a second price, so the shortfall is not known yet.

    The second sale's commissions are its own buyer's and seller's, so no commission is claimed twice; when the second buyer
    defaults too, it owes what the third price falls below the second: the shortfalls of a chain add up to the whole fall.
    """
    none = Money.zero(first.price.currency)
    lines = [
        Line("seller_commission", first.seller_commission, first.seller_formula, "拍卖法 39"),
        Line("buyer_commission", first.buyer_commission, first.buyer_formula, "拍卖法 39"),
    ]
    if second is not None:
        fall = max(none, first.price - second)
        lines.append(Line("shortfall", fall, f"{money(first.price, '2')} − {money(second, '2')}", "拍卖法 39"))
    elif waits:
        lines.append(Line("shortfall", None, "", "拍卖法 39"))
    owed = Money(default_owed(first.commissions.minor, first.price.minor, (second or first.price).minor), none.currency)
    by_deposit = min(first.forfeited, owed)
    by_advance = min(first.advance, owed - by_deposit)
    covered = [
        Line("deposit", by_deposit, "", "民法典 588"),
        Line("advance", by_advance, "", "民法典 586"),
    ]
    return Claim(
        lines=tuple(lines),
        owed=owed,
        covered=tuple(line for line in covered if line.amount),
        outstanding=owed - by_deposit - by_advance,
        excess=first.forfeited - by_deposit,
        back=first.advance - by_advance,
    )
