"""What a wanted post may say, for how long it stands, and how many answers one may give."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from market.kernel.errors import Refused
from market.kernel.money import Money

LONGEST = timedelta(days=365)
MOST_OPEN = 10  # posts of one buyer that stand or wait
MOST_REPLIES = 5  # of one holder to one post
FULL = 100  # replies to one post, after which it takes no more


@dataclass(frozen=True, slots=True)
class Wish:
    """What a buyer looks for: kind and industry "" for any, the budget's ends None where it names none."""

    title: str
    text: str
    kind: str
    industry: str
    lowest: Money | None
    highest: Money | None
    until: date


def check_wish(wish: Wish, today: date) -> None:
    """Refused `wanted.until` for a day that is over or more than a year ahead, `wanted.budget` for ends that cross."""
    if not today < wish.until <= today + LONGEST:
        raise Refused("wanted.until", days=LONGEST.days)
    if wish.lowest is not None and wish.highest is not None and wish.highest < wish.lowest:
        raise Refused("wanted.budget")


def check_reply(*, listed: bool, message: str, before: Collection[int | None], in_all: int) -> None:
    """Refused `wanted.empty` for an answer that says nothing, `wanted.enough` for a holder that has answered often enough
    (`before`: the listings it named), `wanted.full`."""
    if not listed and not message:
        raise Refused("wanted.empty")
    if len(before) >= MOST_REPLIES:
        raise Refused("wanted.enough", most=MOST_REPLIES)
    if in_all >= FULL:
        raise Refused("wanted.full")
