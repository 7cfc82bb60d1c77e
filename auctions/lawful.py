"""What of a sale and a lot follows from the rule set: the premium, when a lot opens and ends, how one bids for it."""

from datetime import timedelta
from typing import Any

from auctions.deposits.rules import check_deposit
from auctions.models import Lot, Sale
from auctions.rules.chain import Json
from auctions.rules.formats import FALLING, Proposal, check_format, placed
from auctions.rules.presets import RuleSet
from auctions.rules.sales import check_again, check_lot
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings.fees.actions import agreed
from market.listings.fees.rules import Schedule, check_cap
from market.listings.models import FeeSchedule, Listing
from market.listings.queries import reserve_of
from market.parties.models import Party


def _times(sale: Sale, rules: RuleSet, number: int, duration: timedelta) -> dict[str, Any]:
    """When lot `number` opens, ends, and ends at the latest: each a little after the one before."""
    ends_at = sale.opens_at + duration + timedelta(seconds=rules.stagger_s * (number - 1))
    hard_ends_at = None if rules.hard_end_s is None else ends_at + timedelta(seconds=rules.hard_end_s)
    return {"opens_at": sale.opens_at, "ends_at": ends_at, "hard_ends_at": hard_ends_at}


def lawful_terms(
    sale: Sale,
    rules: RuleSet,
    listing: Listing,
    number: int,
    format: str,
    params: Json,
    duration: timedelta,
    *,
    start: Money,
    deposit: Money,
    step: Money,
) -> dict[str, Any]:
    """The columns that say when lot `number` opens and ends and how one bids for it, if that is lawful under `rules`.

    Refused: `lot.format`, `lot.params`, and what `rules.sales.check_lot`, `check_again` and `check_deposit` refuse.
    """
    previous = previous_of(listing)
    if previous is not None and previous.currency == start.currency:
        check_again(rules, start=start, previous=previous.start)
    times, reserve = _times(sale, rules, number, duration), reserve_of(listing)
    above = None if format in FALLING else reserve
    check_lot(rules, start=start, step=step, reserve=above, duration_s=int(duration.total_seconds()))
    params = placed(format, params, times["ends_at"])
    if format == Lot.Format.AUCTIONEER and sale.mode != Sale.Mode.AUCTION:
        raise Refused("lot.format", format=format)
    if format != Lot.Format.ENVELOPE:  # which no rule set forbids, and whose terms its ceremony makes
        opens_at, minor = times["opens_at"], None if reserve is None else reserve.minor
        check_format(rules, Proposal(format, params, start.minor, minor, opens_at, times["ends_at"]))
    lowest = Money(params["floor"], start.currency) if format in FALLING else start
    check_deposit(rules, deposit, kind=sale.deposit_kind, fixed=sale.deposit_fixed, start=start, lowest=lowest)
    return {**times, "params": params, "previous": previous}


def lawful_premium(
    rules: RuleSet, agency: Party, chosen: FeeSchedule | None, before: Schedule | None = None
) -> Schedule | None:
    """What every buyer of a sale pays by the schedule that was `chosen`, kept by value; None where none was.

    The one that was agreed `before` stays as it was. Refused as `fees.agreed`, and `fees.cap` beyond the rule set (拍卖法 56).
    """
    if chosen is None:
        return None
    if before is not None and before.code == chosen.code:
        check_cap(before, rules.commission_cap_bp)
        return before
    return agreed(chosen, agency=agency, side=chosen.Side.BUYER, currency="CNY", cap_bp=rules.commission_cap_bp)


def previous_of(listing: Listing) -> Lot | None:
    """The last sale of the right for this seller, if it came to nothing: passed in, or sold to a buyer in default."""
    lots = Lot.objects.filter(listing__right=listing.right_id, listing__seller=listing.seller_id)
    last = lots.filter(state__in=[Lot.State.SOLD, Lot.State.PASSED_IN]).order_by("-closed_at", "-pk").first()
    kept = last is not None and last.state == Lot.State.SOLD and not last.defaults.exists()
    return None if kept else last
