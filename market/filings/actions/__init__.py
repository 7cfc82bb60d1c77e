"""Writes about filings: packs prepared, and each thing that happened at the office entered as it happened."""

from market.documents.uploads import Upload
from market.filings.actions.about_deals import prepare, prepare_return
from market.filings.actions.about_open_licences import prepare_declaration, prepare_withdrawal
from market.filings.actions.walk import accept, refuse, request_correction, resubmit, submit, withdraw

__all__ = [
    "Upload",
    "accept",
    "prepare",
    "prepare_declaration",
    "prepare_return",
    "prepare_withdrawal",
    "refuse",
    "request_correction",
    "resubmit",
    "submit",
    "withdraw",
]
