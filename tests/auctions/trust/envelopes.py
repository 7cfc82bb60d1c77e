"""A bidder's browser and the officers', in Python: what the pages do, for tests that need no browser."""

import hashlib
import json
import secrets
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from auctions import sealed
from auctions.models import Bidder, Envelope, Lot
from auctions.rules import sealing, shares
from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import Party
from tests.auctions import factory

HOLDERS = (("陈代理", "agency"), ("平台登记员", "platform"), ("公证员郑某", "notary"))


def ceremony(lot: Lot, *, pricing: str = "first", withdraw: str = "yes") -> dict[int, bytes]:
    """Make the lot's opening key and return the three shares, which nobody else has."""
    secret = X25519PrivateKey.generate()
    made = shares.split(secret.private_bytes_raw(), needed=2, shares=3, noise=secrets.token_bytes(32))
    sealed.keep_key(
        lot=lot,
        public=secret.public_key().public_bytes_raw().hex(),
        holders=[
            sealed.Holder(name, role, hashlib.sha256(made[number]).hexdigest())
            for number, (name, role) in enumerate(HOLDERS, 1)
        ],
        pricing=pricing,
        withdraw=withdraw,
        by=lot.sale.created_by,
    )
    return made


def sealed_lot(seller: Party, agency: Party, **given: Any) -> tuple[Lot, dict[int, bytes]]:
    """A lot of sealed bids that is open for half an hour, and its shares."""
    terms = {name: given.pop(name) for name in ("pricing", "withdraw") if name in given}
    lot = factory.lot(seller, agency, opened=False, state=Lot.State.DRAFT, **given)
    made = ceremony(lot, **terms)
    Lot.objects.filter(pk=lot.pk).update(state=Lot.State.NOTICED)
    factory.engine.open_due()
    lot.refresh_from_db()
    return lot, made


def plain(lot: Lot, paddle: int, amount: Money, terms: str, /, **changed: Any) -> bytes:
    """The padded text a bidder's browser encrypts."""
    said = {
        "format": "luochui.bid/1",
        "lot": lot.code,
        "paddle": paddle,
        "amount": amount.wire(),
        "terms": terms,
        "nonce": secrets.token_hex(32),
        **changed,
    }
    return json.dumps(said).encode().ljust(sealing.PLAIN)


def encrypted(lot: Lot, paddle: int, text: bytes) -> bytes:
    """The text, to the lot's opening key, bound to lot and paddle."""
    public = X25519PublicKey.from_public_bytes(bytes.fromhex(lot.opening_key.public))
    return sealed.SUITE.encrypt(text, public, info=sealing.context(lot.code, paddle))


def hand_in(bidder: Bidder, yuan: int, *, key: UUID | None = None, **changed: Any) -> Envelope:
    """`bidder` seals a bid of so many yuan and hands it in."""
    lot = Lot.objects.get(pk=bidder.lot_id)
    text = plain(lot, bidder.paddle or 0, factory.yuan(yuan), bidder.terms_sha256, **changed)
    return give(bidder, encrypted(lot, bidder.paddle or 0, text), hashlib.sha256(text).hexdigest(), key=key)


def give(bidder: Bidder, ciphertext: bytes, commitment: str, *, key: UUID | None = None) -> Envelope:
    """Hand in whatever it is."""
    return sealed.hand_in(
        lot_id=bidder.lot_id,
        bidder_id=bidder.pk,
        key=key or uuid4(),
        kind=sealing.BID,
        ciphertext=ciphertext,
        commitment=commitment,
        received_at=clock.now(),
    )


def withdraw(bidder: Bidder) -> Envelope:
    """`bidder` takes its bid back."""
    return sealed.hand_in(
        lot_id=bidder.lot_id,
        bidder_id=bidder.pk,
        key=uuid4(),
        kind=sealing.WITHDRAWAL,
        ciphertext=b"",
        commitment="",
        received_at=clock.now(),
    )


def opened(lot: Lot, made: dict[int, bytes], *numbers: int) -> Lot:
    """Officers `numbers` put their shares together after the deadline; the worker does the rest."""
    lot.refresh_from_db()
    with clock.shifted_to(after(lot)):
        sealed.seal_due()
        private = shares.join({number: made[number] for number in numbers or (1, 3)})
        sealed.unseal(lot=lot, private=private.hex(), by=lot.sale.created_by)
        factory.engine.close_due()
    lot.refresh_from_db()
    return lot


def after(lot: Lot) -> datetime:
    """A moment after the deadline."""
    return lot.ends_at + timedelta(seconds=1)


def frame(lot: Lot, paddle: int, text: bytes) -> dict[str, str]:
    """What the bidder's page posts."""
    cipher = b64encode(encrypted(lot, paddle, text)).decode()
    return {"key": str(uuid4()), "kind": "bid", "ciphertext": cipher, "commitment": hashlib.sha256(text).hexdigest()}


def joined(made: dict[int, bytes], *numbers: int) -> str:
    """The private key that these officers' shares make."""
    return shares.join({number: made[number] for number in numbers}).hex()
