"""Writes about money in and out, each one transaction: charges, deposits, settlements, royalties, payouts."""

from market.payments.actions.charges import cancel, cancel_for, confirm, enter, not_found, report, request
from market.payments.actions.claims import claim_fee, claim_parts, claim_payoff, claim_reward, claim_tax, drop_claim
from market.payments.actions.deposits import (
    apply_deposit,
    apply_deposits,
    hold_deposit,
    lapsed,
    release_deposit,
    release_deposits,
    renew_deposit,
)
from market.payments.actions.outcomes import Part, applied, forfeit, release_advance, share_out, stop_asking
from market.payments.actions.payouts import approve_payout, leave, pay_out, send_payout
from market.payments.actions.settlements import post_settlement, prepare_return, prepare_settlement
from market.payments.actions.sharing import pass_on

__all__ = [
    "Part",
    "applied",
    "apply_deposit",
    "apply_deposits",
    "approve_payout",
    "cancel",
    "cancel_for",
    "claim_fee",
    "claim_parts",
    "claim_payoff",
    "claim_reward",
    "claim_tax",
    "confirm",
    "drop_claim",
    "enter",
    "forfeit",
    "hold_deposit",
    "lapsed",
    "leave",
    "not_found",
    "pass_on",
    "pay_out",
    "post_settlement",
    "prepare_return",
    "prepare_settlement",
    "release_advance",
    "release_deposit",
    "release_deposits",
    "renew_deposit",
    "report",
    "request",
    "send_payout",
    "share_out",
    "stop_asking",
]
