"""A stranger verifies a lot, from the database or from a file; a forged row is found."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from auctions import live
from auctions.models import Bid, Bidder, Event, Lot
from tests.auctions.factory import bid
from tests.guards import guards_down


def verified(*arguments: str) -> str:
    said = StringIO()
    call_command("verify_lot", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def bid_on(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> Lot:
    """Two bids in the log."""
    bid(anne_bids, 1_000_000)
    bid(bob_bids, 1_020_000)
    return Lot.objects.get(pk=lot.pk)


@pytest.mark.django_db(transaction=True)
def test_an_honest_lot_verifies_from_the_database_and_from_a_file(bid_on: Lot, tmp_path: Path) -> None:
    assert f"verified: {bid_on.code}, 3 events, live, 1020000.00 CNY" in verified(bid_on.code)
    file = tmp_path / "events.json"
    file.write_text(json.dumps(live.log(bid_on)))
    assert bid_on.head in verified("--file", str(file))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("forge", "event"),
    [
        (lambda lot: Event.objects.filter(lot=lot, seq=2).update(hash="0" * 64), 2),
        (lambda lot: Event.objects.filter(lot=lot, seq=3).delete(), 2),
        (lambda lot: Bid.objects.filter(lot=lot, seq=2).update(amount_minor=1), 2),
        (lambda lot: Bid.objects.filter(lot=lot, seq=3).delete(), 3),
        (lambda lot: Lot.objects.filter(pk=lot.pk).update(price_minor=1), 3),
    ],
)
def test_a_row_forged_by_the_databases_owner_is_found(bid_on: Lot, forge: object, event: int) -> None:
    with guards_down():
        forge(bid_on)  # type: ignore[operator]
    with pytest.raises(CommandError, match=f"event {event}:"):
        verified(bid_on.code)


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [[], ["L-NOWHERE"], ["--file", "/nowhere.json"], ["L-1", "--file", "x"]])
def test_what_is_not_there_is_said(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        verified(*arguments)
