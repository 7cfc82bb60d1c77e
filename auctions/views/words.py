"""What the room and its desks say: one table for the page the server draws and for the script that changes it."""

from typing import Any

from django.utils.translation import gettext as _

from auctions.rules.chain import Json


def standings() -> dict[str, list[str]]:
    """Standing -> mark and words of the band; {time} is filled by whoever shows it."""
    return {
        "connecting": ["○", _("Connecting to the bidding room…")],
        "offline": ["⚠", _("Connection lost. This may not be the latest price; the buttons are off.")],
        "sending": ["○", _("Your bid is being recorded…")],
        "asking": ["○", _("No answer yet. Asking what became of your bid…")],
        "waiting": ["○", _("Bidding opens at {time}")],
        "ready": ["●", _("You have not bid yet")],
        "leading": ["▲", _("You are leading")],
        "outbid": ["▼", _("You have been outbid")],
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
    }


def phrases() -> dict[str, str]:
    """Everything else the script writes or says aloud, by name."""
    return {
        "bid": _("Bid {amount}"),
        "confirm": _("Press again to bid {amount}"),
        "armed": _("{amount}: press the same button again to confirm. A bid cannot be withdrawn."),
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
        "title_outbid": _("▼ Outbid"),
        "title_leading": _("▲ Leading"),
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
