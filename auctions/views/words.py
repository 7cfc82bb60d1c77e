"""What the room says: one table for the page the server draws and for the script that changes it."""

from django.utils.translation import gettext as _


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
