"""What an offer to take over a right may say besides its price: the days for contract and payment, and conditions."""

from collections.abc import Mapping
from typing import Any

VERSION = "assignment/1"
DAYS_CHOICES = (5, 10, 20, 30)  # working days
USUAL_DAYS = 10
# Which of the deal's steps each period is agreed for (`deals.rules.moves.DAYS`): the state it begins in.
STEPS = {"sign_days": "confirmed", "pay_days": "signed"}


def assignment(*, sign_days: int, pay_days: int, conditions: str) -> dict[str, Any]:
    """The document of an assignment: working days from the sale confirmation to the contract, from there to the payment."""
    return {"version": VERSION, "sign_days": sign_days, "pay_days": pay_days, "conditions": conditions.strip()}


def agreed_days(document: Mapping[str, Any]) -> dict[str, int]:
    """The working days the deal's steps have by it."""
    return {state: document[name] for name, state in STEPS.items() if name in document}
