"""Reads of sealed bids: what may be known of a lot's envelopes before its deadline, after it, and once they are open."""

from base64 import b64encode

from auctions import signing
from auctions.models import Bidder, Envelope, Event, Lot, OpeningKey
from auctions.rules import merkle, sealing
from auctions.rules.chain import Json
from market.kernel.errors import ensure


def key_of(lot: Lot) -> OpeningKey | None:
    """The lot's opening key, with who holds its shares."""
    return OpeningKey.objects.filter(lot=lot).prefetch_related("shares").first()


def as_ruled(row: Envelope) -> sealing.Envelope:
    """A stored envelope as the rules know it. Needs `row.bidder`."""
    ensure(row.bidder.paddle is not None, f"{row} of a bidder without a paddle")
    return sealing.Envelope(row.index, row.bidder.paddle or 0, row.kind, row.sha256, row.commitment, row.at)


def envelopes(lot: Lot) -> list[Envelope]:
    """Every envelope of a lot in the order of their numbers: for the engine, and for the public after the deadline."""
    return list(Envelope.objects.filter(lot=lot).select_related("bidder").order_by("index"))


def own_envelopes(bidder: Bidder | None) -> list[Envelope]:
    """A bidder's own envelopes, latest first, for nobody else's eyes."""
    if bidder is None:
        return []
    return list(Envelope.objects.filter(bidder=bidder).select_related("bidder", "lot").order_by("-index"))


def receipt_of(row: Envelope) -> Json:
    """The signed receipt of an envelope. Needs `row.lot` and `row.bidder`."""
    return signing.sign(sealing.receipt(row.lot.code, as_ruled(row), str(row.key)))


def sealed(lot: Lot) -> bool:
    """Whether the deadline has passed and the root of all receipts is in the lot's log."""
    return "root" in lot.public


def unsealed(lot: Lot) -> bool:
    """Whether the envelopes are open."""
    return "pricing" in lot.public


def may_be_opened(lot: Lot) -> bool:
    """Whether two officers may put the key together now: after the deadline, once, and only while the lot is under way."""
    return lot.state in Lot.BIDDING and sealed(lot) and not unsealed(lot)


def amounts(lot: Lot) -> dict[int, Json]:
    """What each envelope that counted held, by its number, once the envelopes are open; nothing before."""
    found = Event.objects.filter(lot=lot, kind="unsealed").first()
    return {one["index"]: one for one in found.payload["bids"]} if found else {}


def opening_file(lot: Lot) -> Json:
    """Everything a stranger needs to open a lot's envelopes again, signed; before the opening without key and amounts.

    Only for a lot that is `sealed`. Each envelope carries the path by which it hangs under the root.
    """
    key = key_of(lot)
    rows = envelopes(lot)
    entries = sealing.leaves(lot.code, [as_ruled(row) for row in rows])
    body: Json = {
        "format": "luochui.opening/1",
        "lot": lot.code,
        "public": key.public if key else "",
        "private": key.private if key else "",
        "holders": [
            {"number": one.number, "holder": one.holder, "role": one.role, "sha256": one.sha256}
            for one in (key.shares.all() if key else ())
        ],
        "root": lot.public["root"],
        "count": lot.public["count"],
        "envelopes": [
            {
                **as_ruled(row).entry(lot.code),
                "ciphertext": b64encode(bytes(row.ciphertext)).decode(),
                "path": [beside.hex() for beside in merkle.path(entries, place)],
            }
            for place, row in enumerate(rows)
        ],
    }
    return signing.sign(body)


def root(lot: Lot, rows: list[Envelope]) -> str:
    """The root over the receipts of `rows`, all envelopes of the lot."""
    return merkle.root(sealing.leaves(lot.code, [as_ruled(row) for row in rows])).hex()
