"""How a right is sold by bidding: R01 to R15, before the session and after it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from market.kernel.calendar import earliest_after_notice, months_later
from market.kernel.clock import BEIJING
from market.rights.rules.facts import Commission, Facts, Found, found
from market.rights.rules.intents import Intent

ARCHIVE_MONTHS = 60
CAP_BP = 500  # each side's commission where nothing was agreed


def host_lacks(mode: str, day: date, *, licensed_to: date | None, auctioneer_to: date | None) -> tuple[str, ...]:
    """What 拍卖 lacks on the day of the session, a "no_licence" of the house or a "no_auctioneer" (拍卖法 10-16); online
    bidding needs neither."""
    ends = (("no_licence", licensed_to), ("no_auctioneer", auctioneer_to))
    return tuple(code for code, until in ends if mode == "auction" and (until is None or until < day))


def latest_viewing(opens_at: datetime, days: int) -> datetime:
    """The moment by which viewing must have begun that is to last so many days (拍卖法 48)."""
    return opens_at - timedelta(days=days)


def host(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R01: 拍卖 needs a licensed house and a named, licensed auctioneer on the day; online bidding neither."""
    sale = facts.sale
    if sale is None:
        return
    day = sale.opens_at.astimezone(BEIJING).date()
    for code in host_lacks(sale.mode, day, licensed_to=sale.licensed_to, auctioneer_to=sale.auctioneer_to):
        yield found(code, day=day)


def notice(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R02: the full days between notice and session, counted as 民法典 201 does."""
    if facts.sale is None:
        return
    earliest = earliest_after_notice(facts.sale.notice_on, facts.sale.notice_days)
    if facts.sale.opens_at.astimezone(BEIJING).date() < earliest:
        yield found("notice_short", variant=facts.sale.regime, days=facts.sale.notice_days, earliest=earliest)


def display(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R03: viewing before the session, with the documents open."""
    sale = facts.sale
    if sale is None:
        return
    latest = latest_viewing(sale.opens_at, sale.display_days)
    if sale.display_from > latest:
        yield found("display_short", days=sale.display_days, latest=latest.astimezone(BEIJING).date())
    if not sale.documents_open:
        yield found("documents_shut")


def reserve(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R04: a bid below the reserve has no effect, and the reserve stays secret."""
    result = facts.result
    if result is None or result.reserve_minor is None:
        return
    if result.price_minor < result.reserve_minor:
        yield found("below_reserve")
    if result.reserve_shown:
        yield found("reserve_shown")


def arm_length(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R05: consignor, house, staff and those who bid for them do not buy."""
    for name in facts.ties:
        yield found("related_buyer", name=name)


def bids(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R06: an accepted bid stands until a higher one; so nothing is retracted and the highest wins."""
    result = facts.result
    if result is not None and (result.retracted or result.price_minor != result.highest_minor):
        yield found("bid_retracted", count=result.retracted)


def withdrawal(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R07: the consignor withdraws before the session starts, or not at all."""
    if facts.sale and facts.sale.withdrawn_at and facts.sale.withdrawn_at >= facts.sale.opens_at:
        yield found("withdrawn_late")


def papers(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R08: the sale confirmation and the auction record are signed."""
    if facts.result is not None and not facts.result.confirmed:
        yield found("no_confirmation")
    if facts.result is not None and not facts.result.minuted:
        yield found("no_minutes")


def archive(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R09: the records are kept five years from the end of the consignment contract."""
    if facts.archive is None:
        return
    least = months_later(facts.archive.ended_on, ARCHIVE_MONTHS)
    if facts.archive.kept_until < least:
        yield found("kept_short", day=facts.archive.kept_until, least=least)


def commission(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R10: at most 5 % a side where nothing was agreed, and never a higher rate on a higher price."""
    for side in facts.commissions:
        if not side.agreed and any(rate > CAP_BP for _from, rate in side.tiers):
            yield found("commission_cap", side=side.side)
        if _rising(side):
            yield found("commission_tiers", side=side.side)


def _rising(side: Commission) -> bool:
    rates = [rate for _from, rate in sorted(side.tiers)]
    return any(later > earlier for earlier, later in pairwise(rates))


def default_owed(commissions_minor: int, first_minor: int, second_minor: int) -> int:
    """What a defaulting buyer owes: both sides' commission of the first sale and any shortfall (拍卖法 39)."""
    return commissions_minor + max(0, first_minor - second_minor)


def default(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R11: the claim after a second sale is exactly that sum."""
    claim = facts.default
    if claim is None:
        return
    owed = default_owed(claim.commissions_minor, claim.first_minor, claim.second_minor)
    if claim.claimed_minor != owed:
        yield found("default_sum", owed_minor=owed, claimed_minor=claim.claimed_minor)


def priority(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R12: whoever holds the best pre-emptive right and says yes to the price wins; among equals, the first to say so."""
    result = facts.result
    if result is None or not result.claims:
        return
    first = min(result.claims, key=lambda claim: (claim.rank, claim.at))
    if first.name != result.winner:
        yield found("priority_passed_over", name=first.name)


def extension(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R13: the bidding goes on for the window after the last bid, by the server's clock."""
    result = facts.result
    if result is None or result.last_bid_at is None:
        return
    least = result.last_bid_at + timedelta(seconds=result.window_s)
    if result.ended_at < least:
        yield found("ended_early", seconds=int((least - result.ended_at).total_seconds()))


def refunds(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R14: who did not win has the deposit back within the hours of the rule set."""
    result = facts.result
    if result is None:
        return
    due = result.ended_at + timedelta(hours=result.refund_within_h)
    waiting = due.astimezone(BEIJING).date() < on
    late = [at for at in result.refunds if (waiting if at is None else at > due)]
    if late:
        yield found("deposit_late", count=len(late), due=due.astimezone(BEIJING).date())


def least_start(previous_minor: int, cut_bp: int) -> int:
    """The lowest price a sale may start at after one that began at `previous_minor` (法释〔2016〕18号 26)."""
    return -(-previous_minor * (10_000 - cut_bp) // 10_000)


def second_sale(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R15: a second sale starts no lower than the rule set's cut below the first."""
    sale = facts.sale
    if sale is None or sale.previous_start_minor is None:
        return
    least = least_start(sale.previous_start_minor, sale.cut_bp)
    if sale.start_minor < least:
        yield found("cut_too_deep", least_minor=least)
