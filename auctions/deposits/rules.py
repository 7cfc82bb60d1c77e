"""What a deposit may be, how much, how long it lets its bidder bid, and what a default makes of it (民法典 586-588).

`bid_bond` (保证金): forfeited whole by a buyer in default. `earnest_money` (定金): up to a fifth of the price; a buyer in
default loses it, a seller in default returns it double. `advance` (预付款): part of the price paid early, only set off.
"""

from datetime import datetime, timedelta

from auctions.rules.presets import RuleSet
from market.kernel.errors import Refused
from market.kernel.money import Money

BID_BOND, EARNEST_MONEY, ADVANCE = "bid_bond", "earnest_money", "advance"
EARNEST_CAP_BP = 2000  # 民法典 586: 定金 is at most twenty percent of the price; what is above is none
WITHDRAWN_BEFORE = timedelta(
    days=1
)  # before its hold expires a deposit lets nobody bid: a bid leaves the hammer its time
WARNED_BEFORE = timedelta(days=3)  # and its bidder hears of it this long before that


def check_policy(rules: RuleSet, *, kind: str, fixed: Money | None) -> None:
    """What a sale takes as its deposits, and whether one sum for every lot. Refused `sale.deposit_kind`,
    `sale.deposit_fixed`."""
    if kind not in rules.deposit_kinds:
        raise Refused("sale.deposit_kind", kinds=rules.deposit_kinds)
    if fixed is not None and not rules.deposit_fixed:
        raise Refused("sale.deposit_fixed", least_bp=rules.deposit_min_bp, most_bp=rules.deposit_max_bp)


def check_deposit(
    rules: RuleSet, deposit: Money, *, kind: str, fixed: Money | None, start: Money, lowest: Money
) -> None:
    """The deposit of a lot that starts at `start` and may be sold for as little as `lowest`: the sale's `fixed` sum, or
    within the rule set's range of the start; and whatever the sale says, earnest money within its cap.

    Refused `lot.earnest_over`, `lot.deposit_fixed`, `lot.deposit_range`.
    """
    most_earnest = lowest.portion(EARNEST_CAP_BP)
    if kind == EARNEST_MONEY and deposit > most_earnest:
        raise Refused("lot.earnest_over", most=most_earnest, lowest=lowest)
    least, most = start.portion(rules.deposit_min_bp), start.portion(rules.deposit_max_bp)
    if fixed is None and not least <= deposit <= most:
        raise Refused("lot.deposit_range", least=least, most=most)
    if fixed is not None and deposit != fixed:
        raise Refused("lot.deposit_fixed", fixed=fixed)


def forfeitable(kind: str, paid: Money, price: Money) -> Money:
    """How much of a deposit a buyer in default loses: a bid bond whole, earnest money up to a fifth of the price (民法典
    586, 587), an advance not at all."""
    if kind == ADVANCE:
        return Money.zero(paid.currency)
    return min(paid, price.portion(EARNEST_CAP_BP)) if kind == EARNEST_MONEY else paid


def owed_again(kind: str, paid: Money, price: Money) -> Money:
    """What a seller in default owes beside the deposit itself: the same again, of what is earnest money (民法典 587); of
    every other kind nothing."""
    return forfeitable(kind, paid, price) if kind == EARNEST_MONEY else Money.zero(paid.currency)


def held_until(rules: RuleSet, *, ends_at: datetime, now: datetime) -> datetime | None:
    """Until when a deposit that arrives, or is renewed, now may be held for a lot that ends at `ends_at`; None: to its end."""
    return max(ends_at, now) + timedelta(days=rules.deposit_days) if rules.deposit_days else None


def eligible_until(expires_at: datetime | None) -> datetime | None:
    """Until when a deposit lets its bidder bid: before its hold expires, never after; None: as long as it is held."""
    return None if expires_at is None else expires_at - WITHDRAWN_BEFORE


def covers(until: datetime | None, ends_at: datetime) -> bool:
    """Whether a deposit that lets one bid `until` then outlasts a lot that ends at `ends_at`: else no bid of its bidder is
    taken, since the hammer would find no deposit."""
    return until is None or until > ends_at


def may_be_renewed(until: datetime | None, *, ends_at: datetime, now: datetime) -> bool:
    """Whether it is time: from the warning on, or as soon as the lot ends too late for it."""
    return until is not None and (now >= until - WARNED_BEFORE or not covers(until, ends_at))
