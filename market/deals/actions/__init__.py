"""Writes about deals: formed, their papers drafted and signed, and each further step on the walk to the closing."""

from market.deals.actions.holds import RULEBOOK, heed_rulebook, hold, release_hold
from market.deals.actions.opening import Concluded, open, open_many
from market.deals.actions.papers import draft_confirmation, draft_contract, note_incomplete, record_signatures, sign
from market.deals.actions.steps import (
    close,
    mark_defaulted,
    mark_filed,
    mark_paid,
    mark_recorded,
    mark_refused,
    mark_settled,
    mark_title_passed,
)

__all__ = [
    "DRAFTER",
    "RULEBOOK",
    "Concluded",
    "close",
    "draft_confirmation",
    "draft_contract",
    "heed_rulebook",
    "hold",
    "mark_defaulted",
    "mark_filed",
    "mark_paid",
    "mark_recorded",
    "mark_refused",
    "mark_settled",
    "mark_title_passed",
    "note_incomplete",
    "open",
    "open_many",
    "record_signatures",
    "release_hold",
    "sign",
]

DRAFTER = "system:deals"
