"""What the room and its desks say: one table for the page the server draws and for the script that changes it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from auctions import live, queries
from auctions.models import Lot
from auctions.rules.chain import Json, unstamp
from market.kernel.errors import Refused
from market.kernel.formats import clock, money
from market.kernel.money import Money
from market.kernel.words import sentence


def standings() -> dict[str, list[str]]:
    """Standing -> mark and words of the band; {time} is filled by whoever shows it."""
    return {
        "connecting": ["○", _("Connecting to the bidding room…")],
        "offline": ["⚠", _("Connection lost. This may not be the latest price; the buttons are off.")],
        "sending": ["○", _("Your bid is being recorded…")],
        "asking": ["○", _("No answer yet. Asking what became of your bid…")],
        "waiting": ["○", _("Bidding opens at {time}")],
        "ready": ["●", _("You have not bid yet")],
        "window": ["◆", _("The bidding is over. Priority rights may be used now.")],
        "leading": ["▲", _("You are leading")],
        "outbid": ["▼", _("You have been outbid")],
        "sealed": ["✓", _("Your bid is in. It stays sealed until the end.")],
        "closing": ["○", _("Time is up. The system is confirming the result…")],
        "hold": ["‖", _("Bidding is on hold. The agency will announce how it goes on.")],
        "won": ["✓", _("The lot is yours")],
        "lost": ["—", _("The lot went to another bidder")],
        "over": ["—", _("The lot is sold")],
        "passed": ["—", _("The lot was passed in")],
        "withdrawn": ["—", _("The lot was withdrawn")],
        "annulled": ["✕", _("The sale of this lot was annulled")],
        "register": ["○", _("Register to bid on this lot")],
        "qualifying": ["○", _("The agency is checking your registration")],
        "rejected": ["✕", _("Your registration was turned down")],
        "deposit": ["▼", _("Pay the deposit to get your paddle")],
        "observer": ["○", _("You are watching")],
        "elsewhere": ["○", _("You have opened this lot in another tab. Here you only watch.")],
    }


def phrases() -> dict[str, str]:
    """Everything else the script writes or says aloud, by name."""
    return {
        "disarmed": _("The price has moved. Choose your bid again."),
        "unable": _("You cannot bid now: {why}"),
        "recorded": _("Your bid of {amount} is recorded and leads."),
        "overtaken": _("Your bid of {amount} was recorded, and somebody has bid more since."),
        "outbid": _("You have been outbid. The price is {amount}, paddle {paddle} leads."),
        "nobody": _("No bid yet"),
        "paddle": _("No. {paddle}"),
        "you": _("No. {paddle} (you)"),
        "extended": _("Extended {count} times, until {time}"),
        "minutes_left": _("{n} minutes left"),
        "seconds_left": _("{n} seconds left"),
        "days": _("{n} d"),
        "back": _("Connected again."),
        "missed": _("Connected again. {n} bids were made meanwhile."),
        "as_of": _("As of {time}"),
        "met": _("Yes, met"),
        "starting_price": _("Starting price"),
        "current_price": _("Current price"),
        "hammer_price": _("Hammer price"),
        "price_now": _("Price now"),
        "falls": _("Falls to {price} in {time}"),
        "at_floor": _("The price falls no further."),
        "free_period": _("Free period"),
        "timed_round": _("Timed round"),
        "free_ends": _("Free period ends in"),
        "round_ends": _("This round ends in"),
        "at_least": _("At least {least}."),
        "own_max": _("Your maximum is {amount}. Only you see it."),
        "paused": _("Paused"),
        "doubt": _("± {n} seconds: your connection is slow"),
        "title_outbid": _("▼ Outbid"),
        "title_leading": _("▲ Leading"),
    }


def kinds() -> dict[str, dict[str, str]]:
    """Kind of bid -> what its amount is called and what it binds to; its button (`ask` before an amount is typed, `press`,
    `again` after the first press), what is said aloud then (`armed`), and once it is recorded (`done`).

    The places {amount} and {units} are filled by whoever shows it.
    """
    again = _("{amount}: press the same button again to confirm. A bid cannot be withdrawn.")
    final = _("A bid cannot be withdrawn; it lapses only when somebody bids higher (Auction Law, article 36).")
    closed = _("Your bid stays sealed until the end and cannot be withdrawn (Auction Law, article 36).")
    said = {
        "exact": {
            "label": _("Your bid"),
            "ask": _("Bid this amount"),
            "press": _("Bid {amount}"),
            "again": _("Press again to bid {amount}"),
            "done": _("Your bid of {amount} is recorded."),
            "binds": final,
        },
        "proxy": {
            "label": _("Your maximum"),
            "ask": _("Bid up to this maximum"),
            "press": _("Bid up to {amount}"),
            "again": _("Press again to bid up to {amount}"),
            "done": _("Your maximum of {amount} is recorded. Nobody else sees it."),
            "binds": _(
                "The system bids for you, just as much as it takes to lead and never above your maximum; nobody else sees "
                "it. You may raise it, but not lower it or take it back (Auction Law, article 36)."
            ),
        },
        "sealed": {
            "label": _("Your sealed bid"),
            "ask": _("Hand in the sealed bid"),
            "press": _("Hand in {amount}"),
            "again": _("Press again to hand in {amount}"),
            "done": _("Your sealed bid of {amount} is handed in."),
            "binds": closed,
        },
        "accept": {
            "label": _("The price you take"),
            "ask": _("Take the price"),
            "press": _("Take it at {amount}"),
            "again": _("Press again to take it at {amount}"),
            "armed": _("Press the same button again to take the price. That cannot be taken back."),
            "done": _("You took the price of {amount}."),
            "binds": _(
                "You pay the price of the moment your answer arrives, never more than the one you see. Whoever is first "
                "takes it, and it cannot be taken back (Auction Law, article 36)."
            ),
        },
        "best": {
            "label": _("Your last offer"),
            "ask": _("Make the last offer"),
            "press": _("Offer {amount}"),
            "again": _("Press again to offer {amount}"),
            "done": _("Your last offer of {amount} is recorded."),
            "binds": _(
                "You took the falling price, so the last offer is yours: above the best sealed bid the lot is yours."
            ),
        },
        "units": {
            "label": _("Your price for each licence"),
            "ask": _("Hand in the bid"),
            "press": _("Bid {amount} each for {units}"),
            "again": _("Press again to bid {amount} each for {units}"),
            "done": _("Your bid of {amount} each for {units} is handed in."),
            "binds": closed,
        },
    }
    return {kind: {"armed": again, **of_it} for kind, of_it in said.items()}


def of_kind(kind: str, name: str, amount: Money, units: int = 1) -> str:
    """One of a kind's words, filled."""
    return kinds()[kind][name].replace("{amount}", money(amount)).replace("{units}", str(units))


def way(said: Json) -> str:
    """How one bids for a lot, in a sentence or two, from the `format` of its public state; "" for plain ascending bids."""
    facts: dict[str, Any] = {name: money(Money.from_wire(said[name])) for name in ("step", "floor") if name in said}
    facts |= {name: span(said[name]) for name in ("every_s", "sealed_s", "best_s", "cycle_s") if name in said}
    facts |= {"until": clock(said["free_until"]) if "free_until" in said else "", "supply": said.get("supply")}
    lines = {
        "free_then_timed": _(
            "Bids in the free period do not move the end. From %(until)s on each bid starts a round of %(cycle_s)s; a round "
            "without a bid ends the bidding."
        ),
        "auctioneer": _("The auctioneer calls the bids; the hammer falls after two warnings."),
        "sealed_first": _("Sealed bids: the highest wins and pays what it bid."),
        "sealed_second": _("Sealed bids: the highest wins and pays the second-highest."),
        "dutch": _(
            "The price falls by %(step)s every %(every_s)s, never below %(floor)s. Whoever takes it first gets the lot."
        ),
        "hybrid": _(
            "The price falls by %(step)s every %(every_s)s, never below %(floor)s. Once somebody took it, the others have "
            "%(sealed_s)s for sealed bids above it, and then whoever took it has %(best_s)s for a last offer."
        ),
        "uniform": _("There are %(supply)s licences: whoever is served pays the lowest price that is served."),
    }
    if said.get("stage") == "priority":
        return _(
            "Nobody bids higher any more. Of several who take it the best rank has the lot, of equal ranks the first; if "
            "nobody does, it goes to the highest bidder."
        )
    return lines.get(said["name"], "") % facts


def period(said: Json, now: datetime) -> str:
    """Which period of a timed lot `now` is in; "" for every other lot."""
    if "free_until" not in said:
        return ""
    return _("Free period") if now < unstamp(said["free_until"]) else _("Timed round")


def stage(said: Json) -> str:
    """What the stage of a lot is called whose way of bidding has stages; "" for every other."""
    return {
        "falling": _("First stage: the falling price"),
        "sealed": _("Second stage: sealed bids of the others"),
        "best": _("Third stage: the last offer"),
        "priority": _("The bidding is over; whoever has a better priority right may take the lot at this price"),
    }.get(said.get("stage", ""), "")


def span(seconds: int) -> str:
    """A span as people say it: in hours or minutes where it is whole ones."""
    if seconds % 3600 == 0:
        return _("%(n)s h") % {"n": seconds // 3600}
    return _("%(n)s min") % {"n": seconds // 60} if seconds % 60 == 0 else _("%(n)s s") % {"n": seconds}


def from_host() -> dict[str, str]:
    """What the room says of the host's words, by kind; the places are filled by the script."""
    return {
        "warning1": _("First warning: {price}"),
        "warning2": _("Second warning: {price}"),
        "held": _("On hold: {reason}"),
        "resumed": _("The bidding goes on, until {until}"),
        "notice": _("Notice: {text}"),
        "handover": _("The host has changed: {operator}"),
        "hammer": _("The hammer has fallen at {price}"),
    }


def finding(one: Json) -> dict[str, Any]:
    """A sign of a fair-play review in words: its sentence, how strong it is, and the tint that shows it."""
    facts = one["facts"]
    paddles = ", ".join(_("No. {paddle}").replace("{paddle}", str(paddle)) for paddle in facts["paddles"])
    sides = {"seller": _("the seller"), "agency": _("the agency")}
    who = ", ".join([paddles, *(sides[side] for side in facts["sides"])])
    bands = {"low": ("", _("Weak sign")), "medium": ("out", _("Sign")), "high": ("err", _("Strong sign"))}
    tint, word = bands[one["band"]]
    return {"tint": tint, "band": word, "sentence": signs()[one["name"]] % {**facts, "who": who}, "name": one["name"]}


def signs() -> dict[str, str]:
    """Sign -> the sentence that explains it; %(who)s are paddles and sides, the other places its own facts."""
    return {
        "one_person": _("%(who)s: the same person may act for them."),
        "one_account": _("%(who)s: the same bank account is entered for them."),
        "one_device": _("%(who)s: they came from the same browser."),
        "one_phone": _("%(who)s: the same telephone number is entered for them."),
        "one_address": _("%(who)s: the same address is entered for them."),
        "one_network": _("%(who)s: they came from the same network."),
        "late_cluster": _("%(who)s: they registered from one network on the last day of registration."),
        "never_wins": _(
            "%(who)s: bid at %(lots)s earlier lots of this seller, was the second highest at %(second)s, and won none."
        ),
        "jump_default": _(
            "%(who)s: made %(jumps)s bids far above the increment, and left %(defaults)s purchases unpaid."
        ),
        "pair_ladder": _(
            "%(who)s: took turns by the least step for %(bids)s bids in a row, some %(seconds)s seconds apart, with nobody else."
        ),
    }


def done() -> dict[str, str]:
    """What the console answers to each command that took effect."""
    return {
        "take": _("You host this sale now."),
        "warn1": _("First warning given."),
        "warn2": _("Second warning given."),
        "hammer": _("The hammer has fallen."),
        "pass_in": _("The lot is passed in."),
        "hold": _("The bidding is on hold; the clock stands still."),
        "resume": _("The bidding goes on."),
        "notice": _("The room has been told."),
        "floor": _("The bid from the floor is recorded."),
        "withdraw": _("The lot is withdrawn; deposits go back."),
    }


def stock() -> list[str]:
    """What is said to a room again and again."""
    return [
        _("The reserve price has been met."),
        _("The reserve price has not been met yet."),
        _("Please check your connection; the bidding goes on in a moment."),
        _("Any more bids?"),
    ]


def reasons() -> dict[str, str]:
    """Why a lot was held or passed in, where the system itself says so."""
    return {
        "opened_too_late": _("it could not be opened in its time"),
        "timeout": _("its time ran out without a hammer"),
        "right_taken": _("another deal has the right"),
        "no_bids": _("nobody bid"),
        "below_reserve": _("the reserve price was not reached"),
        "one_bidder": _("too few bidders took part"),
    }


def saying(kind: str, said: Json) -> str:
    """An event of the log as a line of words; a kind without a line of its own is named as it is."""
    price = said.get("amount") or said.get("price")
    facts = {
        "paddle": said.get("paddle"),
        "price": money(Money.from_wire(price)) if isinstance(price, dict) else "",
        "count": said.get("count"),
        "until": clock(said["ends_at"]) if said.get("ends_at") else "",
        "text": said.get("text", ""),
        "operator": said.get("operator", ""),
        "reason": reasons().get(str(said.get("reason")), str(said.get("reason", ""))),
    }
    lines = {
        "opened": _("Bidding opened, until %(until)s"),
        "bid": _("No. %(paddle)s: %(price)s"),
        "sealed": _("No. %(paddle)s: a sealed bid"),
        "stage": _("Next stage, until %(until)s"),
        "unsealed": _("Envelopes opened"),
        "reserve_met": _("The reserve price is met"),
        "extended": _("Extended until %(until)s"),
        "extended_for_outage": _("Extended after an outage, until %(until)s"),
        "extended_with_group": _("Extended with its group, until %(until)s"),
        "envelopes": _("Envelopes closed"),
        "held": _("On hold: %(reason)s"),
        "resumed": _("Goes on, until %(until)s"),
        "notice": _("Notice: %(text)s"),
        "handover": _("The host has changed: %(operator)s"),
        "hammer": _("Hammer: %(price)s, No. %(paddle)s"),
        "stopped": _("The host stopped the bidding"),
        "closed": _("Bidding closed"),
        "sold": _("Sold: %(price)s, No. %(paddle)s"),
        "passed_in": _("Passed in: %(reason)s"),
        "annulled": _("Annulled: %(reason)s"),
    }
    warnings = {1: _("First warning"), 2: _("Second warning")}
    return warnings.get(said.get("count", 0), kind) if kind == "warning" else lines.get(kind, kind) % facts


def annulment(lot: Lot) -> str:
    """That the lot was annulled, and why; empty for every other."""
    found = queries.annulled(lot)
    return saying(found.kind, found.payload) if found else ""


def told(lot: Lot, most: int) -> list[Json]:
    """The console's log of a lot, latest first: its events, and the bids refused since, with why."""
    events, refused, floor = live.proceedings(lot, limit=most)
    rows: list[Json] = [
        {"at": event.at, "line": saying(event.kind, event.payload), "floor": event.seq in floor, "void": False}
        for event in events
    ]
    for bid in refused:
        why = sentence(Refused(bid.code, **bid.facts))
        line = _("No. %(paddle)s, refused: %(why)s") % {"paddle": bid.bidder.paddle or "-", "why": why}
        rows.append({"at": bid.at, "line": line, "floor": False, "void": True})
    return sorted(rows, key=lambda row: row["at"], reverse=True)[:most]


def last_said(lot: Lot) -> str:
    """What the host said last, unless a bid came after it."""
    said = live.last_said(lot)
    return saying(said.kind, said.payload) if said else ""
