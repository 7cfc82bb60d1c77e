"""What an offer says besides its sum: to take over a right the days and conditions, for a licence its terms (`terms`)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from market.deals.terms.documents import VERSION as LICENCE
from market.deals.terms.words import LICENSEE, LICENSOR, plain_words
from market.listings.offers.rules import BUYER

VERSION = "assignment/1"
DAYS_CHOICES = (5, 10, 20, 30)  # working days
USUAL_DAYS = 10
# Which of the deal's steps each period is agreed for (`deals.rules.moves.DAYS`): the state it begins in.
STEPS = {"sign_days": "confirmed", "pay_days": "signed"}


def assignment(*, sign_days: int, pay_days: int, conditions: str) -> dict[str, Any]:
    """The document of an assignment: working days from the sale confirmation to the contract, from there to the payment."""
    return {"version": VERSION, "sign_days": sign_days, "pay_days": pay_days, "conditions": conditions.strip()}


def is_licence(document: Mapping[str, Any]) -> bool:
    """Whether it is the terms of a licence."""
    return document.get("version") == LICENCE


LABELS: Mapping[str, Any] = {
    "amount": _("Amount"),
    "sign_days": _("Contract signed within (working days)"),
    "pay_days": _("Price paid within (working days of the contract)"),
    "conditions": _("Conditions"),
}


def rows(document: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """What an assignment's document says, as label and value."""
    return [] if is_licence(document) else [(LABELS[name], document[name]) for name in LABELS if document.get(name)]


def sentences(document: Mapping[str, Any], side: str) -> list[str]:
    """What a licence's document means for a side, in the reader's language."""
    if not is_licence(document):
        return []
    language = 0 if (get_language() or "").startswith("zh") else 1
    return [text[language] for text in plain_words(document, LICENSEE if side == BUYER else LICENSOR)]


def agreed_days(document: Mapping[str, Any]) -> dict[str, int]:
    """The working days the deal's steps have by it."""
    return {state: document[name] for name, state in STEPS.items() if name in document}
