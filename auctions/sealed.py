"""Sealed bids: the key ceremony, handing envelopes in, the deadline, the opening. Each one transaction under the lot's lock."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from django.db import transaction

from auctions import opening
from auctions.deposits.rules import covers
from auctions.engine.gate import remedies
from auctions.engine.rows import ACTOR, locked, write
from auctions.live import state_of
from auctions.models import Bidder, Envelope, KeyShare, Lot, OpeningKey
from auctions.rules import sealing
from market.kernel import clock
from market.kernel.errors import Refused, ensure
from market.listings.queries import reserve_of
from market.parties.models import User
from market.parties.queries import is_related
from market.trail import journal

logger = logging.getLogger(__name__)

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
NEEDED, SHARES = 2, 3


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is to keep a share of the opening key, for whose interest, and the SHA-256 the share is known by."""

    name: str
    role: str
    sha256: str


def keep_key(*, lot: Lot, public: str, holders: Sequence[Holder], pricing: str, withdraw: str, by: User) -> OpeningKey:
    """Make a draft lot one of sealed bids under the opening key `public` (hex), whose shares `holders` keep elsewhere.

    `pricing` "first" or "second", `withdraw` "yes" or "no". A draft may do it again with a new key. Refused
    `ceremony.announced`, `ceremony.key`, `ceremony.holders`.
    """
    with transaction.atomic():
        lot = locked().get(pk=lot.pk)
        if lot.state != Lot.State.DRAFT:
            raise Refused("ceremony.announced")
        _check_key(public)
        roles, hashes = {holder.role for holder in holders}, {holder.sha256 for holder in holders}
        known = all(holder.name.strip() and holder.role in KeyShare.Role.values for holder in holders)
        if not (len(holders) == len(roles) == len(hashes) == SHARES and known and all(map(_is_hash, hashes))):
            raise Refused("ceremony.holders", count=SHARES)
        ensure(pricing in (sealing.FIRST, sealing.SECOND), f"pricing {pricing}")
        KeyShare.objects.filter(key__lot=lot).delete()
        OpeningKey.objects.filter(lot=lot).delete()
        key = OpeningKey.objects.create(lot=lot, public=public, made_by=by)
        KeyShare.objects.bulk_create(
            KeyShare(key=key, number=number, holder=holder.name.strip(), role=holder.role, sha256=holder.sha256)
            for number, holder in enumerate(holders, 1)
        )
        params = {**lot.params, "pricing": pricing, "withdraw": withdraw == "yes", "opening_key": public}
        Lot.objects.filter(pk=lot.pk).update(format=Lot.Format.ENVELOPE, params=params)
        said = {"lot": lot.code, "public": public, "holders": [holder.name for holder in holders]}
        journal.record("lot.key_made", subject=lot.ref, actor=by.ref, audience=[lot.sale.agency.ref], **said)
    return key


def hand_in(
    *, lot_id: int, bidder_id: int, key: UUID, kind: str, ciphertext: bytes, commitment: str, received_at: datetime
) -> Envelope:
    """Take one envelope, or a withdrawal; durable when it returns. The same `key` again returns the first envelope.

    Refused as `sealing.refusal` says, and `bid.key_reused` for a key that came with something else, `envelope.copied`
    for a ciphertext that the lot has already.
    """
    sha256 = hashlib.sha256(ciphertext).hexdigest() if kind == sealing.BID else ""
    with transaction.atomic(durable=True):
        lot = locked().get(pk=lot_id)
        known = Envelope.objects.filter(lot=lot, bidder=bidder_id, key=key).select_related("bidder", "lot").first()
        if known is not None:
            if (known.kind, known.sha256, known.commitment) != (kind, sha256, commitment if sha256 else ""):
                raise Refused("bid.key_reused")
            return known
        now = clock.database_now()  # after the lock: never older than the wait for it
        rows = opening.envelopes(lot)
        bidder = Bidder.objects.select_related("party").get(pk=bidder_id, lot=lot)
        mine = [opening.as_ruled(row) for row in rows if row.bidder_id == bidder_id]
        refused = sealing.refusal(
            state_of(lot),
            before=mine,
            kind=kind,
            ciphertext=ciphertext,
            commitment=commitment,
            bar="bid.sealed_only" if lot.format != Lot.Format.ENVELOPE else _bar(bidder, lot),
            now=now,
        )
        if refused is not None:
            raise Refused(refused[0], **refused[1])
        if sha256 and any(row.sha256 == sha256 for row in rows):
            raise Refused("envelope.copied")
        return Envelope.objects.create(
            lot=lot,
            bidder=bidder,
            index=len(rows) + 1,
            kind=kind,
            key=key,
            ciphertext=ciphertext if sha256 else b"",
            sha256=sha256,
            commitment=commitment if sha256 else "",
            at=now,
            received_at=received_at,
        )


def seal_due() -> int:
    """Put the root of all receipts of every lot whose deadline has passed into its log; returns how many lots."""
    due = Lot.objects.filter(
        format=Lot.Format.ENVELOPE, state__in=Lot.BIDDING, ends_at__lte=clock.database_now(), public__root__isnull=True
    )
    return sum(_seal(pk) for pk in due.order_by("ends_at", "pk").values_list("pk", flat=True)[:50])


def _seal(pk: int) -> bool:
    """Seal one lot, if it is still due; a fault is logged and keeps no other lot waiting."""
    try:
        with transaction.atomic(durable=True):
            lot = locked(skip_locked=True).filter(pk=pk).first()
            if lot is None:
                return False
            now, rows = clock.database_now(), opening.envelopes(lot)
            if remedies([lot], now):  # it was not provably open to its end: the closing extends or holds it
                return False
            live = sealing.counting([opening.as_ruled(row) for row in rows])
            seal = sealing.Deadline(count=len(rows), live=len(live), root=opening.root(lot, rows))
            decision = sealing.decided(state_of(lot), seal, now)
            if not decision.events:
                return False
            write(lot, decision, leader_id=None, at=now)
            if live:
                said = {"lot": lot.code, **lot.listing.right.named, "count": len(live)}
                journal.record("lot.envelopes_in", subject=lot.ref, actor=ACTOR, audience=[lot.sale.agency.ref], **said)
            return True
    except Exception:  # one lot's fault must not keep the others waiting
        logger.exception("lot %s: the envelopes could not be sealed", pk)
        return False


def unseal(*, lot: Lot, private: str, by: User) -> Lot:
    """Open the envelopes with the private key that two officers put together in a browser, and publish what they hold.

    The closing, which the worker does next, makes the result of it. Refused `opening.not_due` before the deadline, for
    the second time or once the lot is over, `opening.wrong_key` for a key that is not the lot's.
    """
    with transaction.atomic(durable=True):
        lot = locked().get(pk=lot.pk)
        key = OpeningKey.objects.select_for_update().get(lot=lot)
        now = clock.database_now()
        if lot.format != Lot.Format.ENVELOPE or not opening.may_be_opened(lot):
            raise Refused("opening.not_due", ends_at=lot.ends_at)
        secret = _secret(private)
        if secret is None or secret.public_key().public_bytes_raw().hex() != key.public:
            raise Refused("opening.wrong_key")
        rows = {row.index: row for row in opening.envelopes(lot)}
        state = state_of(lot)
        opened = [
            sealing.opened(
                envelope,
                unlock(secret, bytes(rows[envelope.index].ciphertext), sealing.context(lot.code, envelope.paddle)),
                state=state,
                terms=rows[envelope.index].bidder.terms_sha256,
            )
            for envelope in sealing.counting([opening.as_ruled(row) for row in rows.values()])
        ]
        reserve = reserve_of(lot.listing)
        command = sealing.Opening(opened, private, None if reserve is None else reserve.minor)
        decision = sealing.decided(state, command, now)
        if not decision.events:
            raise Refused(decision.answers[0].code, ends_at=lot.ends_at)
        leader = next((row.bidder_id for row in rows.values() if row.bidder.paddle == decision.state.leader), None)
        write(lot, decision, leader_id=leader, at=now)
        OpeningKey.objects.filter(pk=key.pk).update(private=private, opened_by=by, opened_at=now)
        said = {"lot": lot.code, **lot.listing.right.named, "count": len(opened)}
        journal.record("lot.unsealed", subject=lot.ref, actor=by.ref, audience=_audience(lot), **said)
    lot.refresh_from_db()
    return lot


def unlock(secret: X25519PrivateKey, ciphertext: bytes, context: bytes) -> bytes | None:
    """The plaintext, or None where the ciphertext was altered, copied from elsewhere or made for another key."""
    try:
        return SUITE.decrypt(ciphertext, secret, info=context)
    except (InvalidTag, ValueError):
        return None


def _audience(lot: Lot) -> set[str]:
    rows = Bidder.objects.filter(lot=lot, envelopes__isnull=False).select_related("party")
    return {lot.listing.seller.ref, lot.sale.agency.ref, *(row.party.ref for row in rows)}


def _check_key(public: str) -> None:
    """That `public` is a key one can encrypt to: 32 bytes that are no point of small order. Refused `ceremony.key`."""
    if not _is_hash(public):
        raise Refused("ceremony.key")
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(public)))
    except ValueError as error:
        raise Refused("ceremony.key") from error


def _secret(private: str) -> X25519PrivateKey | None:
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(private)) if _is_hash(private) else None


def _is_hash(text: str) -> bool:
    """Whether a text is 32 bytes in lower-case hex."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _bar(bidder: Bidder, lot: Lot) -> str:
    """What keeps the bidder from bidding, read under the lot's lock (拍卖法 22, 30, 33): a code, or empty."""
    hosts = [lot.listing.seller_id, lot.sale.agency_id]
    related = (
        Bidder.objects.filter(pk=bidder.pk).annotate(tied=is_related("party", hosts)).values_list("tied", flat=True)[0]
    )
    if related or bidder.party_id in hosts:
        return "bid.related_party"
    if bidder.state != Bidder.State.ACTIVE or bidder.paddle is None:
        return "bid.not_registered"
    if lot.deposit_minor and bidder.deposit != Bidder.Deposit.HELD:
        return "bid.deposit_missing"
    return "" if covers(bidder.eligible_until, lot.ends_at) else "bid.deposit_ends"
