"""What the platform signs for a stranger to keep: a bid's receipt, a lot's audit file. The signature is put on outside."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auctions.rules.chain import Json, stamp
from auctions.rules.presets import JUDICIAL_ONLINE
from market.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bid stands in its lot's log: its number and link, and the head of the chain when the receipt was written."""

    lot: str
    seq: int
    link: str
    head_seq: int
    head: str


def receipt(place: Place, *, key: UUID, amount: Money, at: datetime) -> Json:
    """The body of an inclusion receipt: whoever holds it signed can show that a log without this bid is a forged one.

    `key` is the bidder's own, so that nobody else can pass the receipt off as theirs.
    """
    return {
        "format": "luochui.receipt/1",
        "lot": place.lot,
        "seq": place.seq,
        "key": str(key),
        "amount": amount.wire(),
        "at": stamp(at),
        "hash": place.link,
        "head": {"seq": place.head_seq, "hash": place.head},
    }


def retention(ruleset: str) -> Json:
    """How long the records of a lot are kept: 法释〔2016〕18号 29 for judicial online sales, else 拍卖法 54."""
    if ruleset == JUDICIAL_ONLINE.name:
        return {"years": 10, "from": "the end of the bidding", "article": "法释〔2016〕18号 29"}
    return {"years": 5, "from": "the end of the consignment contract", "article": "拍卖法 54"}


def audit(log: Json, *, closed_at: datetime, ruleset: str, package: Json | None = None) -> Json:
    """The body of a closed lot's audit file: its whole public log, and how long the platform must be able to show it.

    `package`: what decided a lot that was bid for in packages, which its log only names (see `packages.audited`).
    """
    body: Json = {
        "format": "luochui.audit/1",
        "log": log,
        "closed_at": stamp(closed_at),
        "retention": retention(ruleset),
    }
    return body if package is None else {**body, "package": package}


def signed(body: Json, *, key: str, public: str, signature: str) -> Json:
    """The paper around a body: `signature` (Ed25519, hex) is over the body's canonical JSON, `key` names the public key."""
    return {"format": "luochui.signed/1", "body": body, "key": key, "public": public, "signature": signature}
