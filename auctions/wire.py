"""What both JSON doors of the room, the socket and its HTTP twin, do alike: who bids, what is answered, in which words."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.utils import translation

from auctions import access, engine, live, protocol, signing
from auctions.models import Lot
from auctions.passes import Pass
from auctions.rules.chain import Json, stamp
from auctions.rules.receipts import Place, receipt
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence

logger = logging.getLogger(__name__)

UNSAID = ("seq", "seen_seq")  # facts for programs, which no sentence names


def bid(user: Any, lot_id: int, frame: protocol.BidFrame, received_at: datetime) -> Json:
    """Place the bid for `user`, among all that wait in this process; the message that answers it, in the active language.

    A database that cannot answer in time gives an error with `retry`: the same key will tell what became of the bid.
    """
    language = translation.get_language()
    try:
        bidder = access.bidder_for(user, lot_id)
        engine.admit(bidder.pk)
        answer = engine.bid(_offer(lot_id, bidder.pk, frame, received_at))
    except Refused as refused:
        return _refused(frame, refused, language)
    except (DatabaseError, TimeoutError):
        logger.exception("bid %s could not be decided", frame.key)
        return _busy(frame, language)
    return _answered(frame, answer, language)


async def bid_on_socket(mine: Pass, frame: protocol.BidFrame, received_at: datetime, language: str) -> Json:
    """`bid` for the holder of a pass, together with all who bid in this process at the same moment."""
    try:
        bidder_id = await mine.bidder_id()
        engine.admit(bidder_id)
        answer = await engine.submit(_offer(mine.lot_id, bidder_id, frame, received_at))
    except Refused as refused:
        return _refused(frame, refused, language)
    except Exception:  # whatever it was, the same key will tell what became of the bid
        logger.exception("bid %s could not be decided", frame.key)
        return _busy(frame, language)
    return _answered(frame, answer, language)


def _offer(lot_id: int, bidder_id: int, frame: protocol.BidFrame, received_at: datetime) -> engine.Offer:
    return engine.Offer(
        lot_id, bidder_id, frame.key, frame.amount, received_at, frame.seen_seq, frame.kind, frame.units
    )


def _refused(frame: protocol.BidFrame, refused: Refused, language: str) -> Json:
    """The refusal of a bid that was not decided; a full queue asks for the same bid again."""
    if refused.code == "bid.busy":
        return _busy(frame, language)
    return protocol.reject(key=frame.key, code=refused.code, facts={}, detail=words(refused, language))


def _busy(frame: protocol.BidFrame, language: str) -> Json:
    busy = Refused("bid.busy")
    return protocol.error(code=busy.code, detail=words(busy, language), key=str(frame.key), retry=True)


def _answered(frame: protocol.BidFrame, answer: engine.Answer, language: str) -> Json:
    if not answer.accepted:
        detail = words(Refused(answer.code, **answer.facts), language)
        return protocol.reject(key=frame.key, code=answer.code, facts=answer.facts, detail=detail)
    return _accepted(frame.key, answer.place, answer.binding, answer.at)


def _accepted(key: UUID, place: Place | None, amount: Money, at: datetime) -> Json:
    """The signed receipt of a bid that stands in the log; of a maximum raised by its own bidder, that it is kept."""
    if place is None:
        return protocol.kept(key=key, amount=amount, at=stamp(at))
    paper = signing.sign(receipt(place, key=key, amount=amount, at=at))
    return protocol.ack(key=key, seq=place.seq, amount=amount, at=stamp(at), receipt=paper)


def answer_of(user: Any, lot: Lot, key: UUID) -> Json:
    """The message that answered the bid of `user` under `key`, in the active language; Http404 for any other key."""
    row = access.bid_under_key(user, lot, key)
    if row.code:
        detail = sentence(Refused(row.code, **row.facts))
        return protocol.reject(key=row.key, code=row.code, facts=row.facts, detail=detail)
    return _accepted(row.key, live.place_of(row, lot), engine.binding(row.amount, row.facts), row.at)


def words(refused: Refused, language: str) -> str:
    """The refusal's sentence in the socket's language; what many are told alike is put into words once."""
    facts = {name: fact for name, fact in refused.facts.items() if name not in UNSAID}
    return _worded(refused.code, json.dumps(facts, default=str), language)


@lru_cache(maxsize=1024)
def _worded(code: str, facts: str, language: str) -> str:
    with translation.override(language):
        return sentence(Refused(code, **json.loads(facts)))


def language_of(scope: Mapping[str, Any]) -> str:
    """The language of a socket: as for a page, from the cookie, the browser's wishes, the site's default."""
    headers = {name: value.decode("latin-1") for name, value in scope.get("headers", ())}
    wishes = headers.get(b"accept-language", "")
    asked = SimpleNamespace(COOKIES=scope.get("cookies", {}), META={"HTTP_ACCEPT_LANGUAGE": wishes})
    return translation.get_language_from_request(asked)  # type: ignore[arg-type]
