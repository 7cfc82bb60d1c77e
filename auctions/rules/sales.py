"""What must hold before a sale may be announced and a party may register: pure checks with their articles."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from auctions.rules.presets import RuleSet
from market.kernel.calendar import earliest_after_notice, require_notice
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.rights.rules.bidding import host_lacks, latest_viewing, least_start

DISPLAY_ARTICLE = "拍卖法 48"


@dataclass(frozen=True, slots=True)
class Statutory:
    """What the law makes of a sale whose notice is published on a day: when its bidding may open at the earliest.

    `notice_days` full days lie between the two (neither counts), and viewing lasts `display_days` before the opening.
    """

    notice_on: date
    opens_from: date
    notice_days: int
    notice_article: str
    display_days: int
    display_article: str = DISPLAY_ARTICLE


def statutory(rules: RuleSet, *, notice_on: date) -> Statutory:
    """The earliest legal dates under a rule set (拍卖法 45, 48; 法释〔2016〕18号 12), as `check_dates` counts them."""
    opens_from = max(
        earliest_after_notice(notice_on, rules.notice_days),
        notice_on + timedelta(days=rules.display_days + 1),
    )
    return Statutory(notice_on, opens_from, rules.notice_days, rules.notice_article, rules.display_days)


def check_dates(
    rules: RuleSet, *, notice_on: date, display_from: datetime, register_until: datetime, opens_at: datetime
) -> None:
    """Notice and viewing times (拍卖法 45, 48). Refused `calendar.too_early`, `sale.display_too_short`, `sale.dates_order`."""
    if register_until > opens_at or display_from > opens_at:
        raise Refused("sale.dates_order")
    require_notice(notice_on, opens_at.astimezone(BEIJING).date(), rules.notice_days, rules.notice_article)
    latest = latest_viewing(opens_at, rules.display_days)
    if display_from > latest:
        raise Refused("sale.display_too_short", days=rules.display_days, latest=latest)


def check_lot(rules: RuleSet, *, start: Money, step: Money, reserve: Money | None, duration_s: int) -> None:
    """Amounts and duration of one lot, but for its deposit (`deposits.rules`). Refused `lot.start_price`, `lot.step`,
    `lot.reserve_below_start`, `lot.too_short`."""
    if not start.minor > 0:
        raise Refused("lot.start_price")
    if step.minor <= 0 or step > start:
        raise Refused("lot.step", start=start)
    if reserve is not None and reserve < start:
        raise Refused("lot.reserve_below_start")
    if duration_s < rules.min_duration_s:
        raise Refused("lot.too_short", minutes=rules.min_duration_s // 60)


def check_again(rules: RuleSet, *, start: Money, previous: Money) -> None:
    """R15: a right that was not sold, or not paid for, starts again no lower than the rule set's cut below the start before
    (法释〔2016〕18号 26). Refused `lot.start_too_low`."""
    least = Money(least_start(previous.minor, rules.second_cut_bp), previous.currency)
    if start < least:
        raise Refused("lot.start_too_low", least=least, previous=previous)


def check_host(*, mode: str, licensed: bool, auctioneer_valid_to: date | None, opens_on: date) -> None:
    """拍卖 needs a licensed house and a named auctioneer on the day (拍卖法 10-16).

    Refused `sale.no_licence`, `sale.no_auctioneer`.
    """
    lacking = host_lacks(mode, opens_on, licensed_to=opens_on if licensed else None, auctioneer_to=auctioneer_valid_to)
    if "no_licence" in lacking:
        raise Refused("sale.no_licence")
    if "no_auctioneer" in lacking:
        raise Refused("sale.no_auctioneer")


def check_arm_length(*, bidder_circle: frozenset[int], barred: frozenset[int]) -> None:
    """The consignor, the house, their staff and affiliates may not bid (拍卖法 22, 30). Refused `bid.related_party`."""
    if bidder_circle & barred:
        raise Refused("bid.related_party")


def terms_sha256(facts: dict[str, Any]) -> str:
    """The hash of the conditions a bidder acknowledged, over their canonical JSON."""

    def plain(value: object) -> str:
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat()
        return str(value)

    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=plain)
    return hashlib.sha256(text.encode()).hexdigest()
