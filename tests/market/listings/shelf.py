"""Listings put straight on the shelf: rows as the actions leave them, for tests that only look."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from market.kernel import clock
from market.listings import search
from market.listings.models import Entry, Listing
from market.parties.models import Party, User
from market.rights.models import Patent, Right
from tests.people import owner_of


def offer(right: Right, *, state: str = Listing.State.PUBLISHED, days_ago: int = 0, **columns: Any) -> Listing:
    """A listing of `right` by its registrar, on offer since so many days, found in the catalogue."""
    seller = columns.pop("seller", right.registered_by)
    columns = {"summary": "高安全性", "created_by": owner_of(seller)} | columns
    since = clock.now() - timedelta(days=days_ago)
    made = Listing.objects.create(right=right, seller=seller, state=state, published_at=since, **columns)
    search.index(made)
    return made


def texts(seller: Party, by: User, words: Sequence[str]) -> dict[int, str]:
    """A published listing for each text, found by that text alone: the text by the listing's key."""
    rights = [
        Right(
            kind="patent",
            key=f"T{number}",
            number=f"T{number}",
            title=text[:600] or "—",
            state=Right.State.GRANTED,
            registered_by=seller,
        )
        for number, text in enumerate(words)
    ]
    Right.objects.bulk_create(rights)
    Patent.objects.bulk_create([Patent(right=right, type="invention") for right in rights])
    state, now = Listing.State.PUBLISHED, clock.now()
    made = [Listing(right=right, seller=seller, state=state, published_at=now, created_by=by) for right in rights]
    Listing.objects.bulk_create(made)
    Entry.objects.bulk_create(
        [
            Entry(
                listing=listing,
                kind="patent",
                detail="invention",
                mode=listing.mode,
                pricing=listing.pricing,
                industry="",
                region="",
                in_sale=False,
                lowest_minor=0,
                highest_minor=0,
                published_at=now,
                words=" ".join(search.tokens(text)),
            )
            for listing, text in zip(made, words, strict=True)
        ]
    )
    return {listing.pk: text for listing, text in zip(made, words, strict=True)}
