"""What an agency enters in the register of a right it looks after, with the paper each entry stands on."""

from datetime import date
from typing import Any

from django.db import transaction

from market.documents.models import Version
from market.listings import actions
from market.listings.models import Listing
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.models import Encumbrance, Right


@transaction.atomic
def burden(listing: Listing, *, agency: Party, by: User, paper: actions.Paper | None, **burden: Any) -> Encumbrance:
    """Enter a burden the office shows. Refused as `rights.actions.add_encumbrance` and `documents.store` are."""
    document = _kept(listing, paper, agency, by)
    return rights.add_encumbrance(listing.right, by=by, document=document, **burden)


@transaction.atomic
def release(
    listing: Listing, *, row: Encumbrance, on: date, agency: Party, by: User, paper: actions.Paper | None
) -> Encumbrance:
    """Enter that a burden ended. Refused as `rights.actions.release_encumbrance` and `documents.store` are."""
    document = _kept(listing, paper, agency, by)
    return rights.release_encumbrance(row, on=on, by=by, document=document)


@transaction.atomic
def state(listing: Listing, *, to: str, source: str, agency: Party, by: User, paper: actions.Paper | None) -> Right:
    """Enter another state of the right, as the office shows it. Refused as `documents.store` is."""
    document = _kept(listing, paper, agency, by)
    return rights.set_state(listing.right, to, source=source, actor=by.ref, document=document)


@transaction.atomic
def days(
    listing: Listing,
    *,
    expires_on: date | None,
    annuity_paid_to: date | None,
    source: str,
    agency: Party,
    by: User,
    paper: actions.Paper | None,
) -> Right:
    """Enter another last day in force or another day fees are paid to. Refused as `documents.store` is."""
    return rights.amend(
        listing.right,
        expires_on=expires_on,
        annuity_paid_to=annuity_paid_to,
        source=source,
        actor=by.ref,
        document=_kept(listing, paper, agency, by),
    )


def _kept(listing: Listing, paper: actions.Paper | None, agency: Party, by: User) -> Version | None:
    return actions.file_paper(listing, paper=paper, agency=agency, by=by) if paper else None
