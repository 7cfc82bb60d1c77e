"""What a batch of bids is decided on: its lots under their locks, and everything around them, in two statements.

Other rooms' tables are read here only where their `queries` would be asked once a bid; what is read is what these say.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Field, Model

from auctions.engine import sql
from auctions.engine.offers import Answer, Name
from auctions.models import Lot, Sale
from auctions.rules.receipts import Place
from market.kernel import clock
from market.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Entrant:
    """A bidder as a decision sees it; `told_at` is when it last heard that it was outbid."""

    pk: int
    lot_id: int
    code: str
    party_id: int
    party: str
    paddle: int | None
    priority: int | None
    state: str
    deposit: str
    eligible_until: datetime | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Around:
    """The lots of a batch, locked in ascending order, and what stood around them at the database's moment `now`.

    A lot comes with its sale, its `seller_id` and what the right it offers is `named`. `ties` maps a seller or an agency to the
    parties it may not deal with at arm's length (拍卖法 22, 30).
    """

    now: datetime
    lots: list[Lot]
    entrants: dict[int, Entrant]
    kept: dict[Name, Answer] = field(default_factory=dict)
    ties: dict[int, set[int]] = field(default_factory=dict)
    reserves: dict[int, Money] = field(default_factory=dict)


def read(lot_ids: Collection[int], names: Iterable[Name]) -> Around:
    """Lock, then look around in a second statement, whose clock is therefore never older than the wait for the locks."""
    wanted = [{"lot": lot, "bidder": bidder, "key": key} for lot, bidder, key in names]
    ids = sql.as_json(sorted(lot_ids))
    held = sql.run(_LOCK, {"lots": ids})
    bidders = sql.as_json(sorted({one["bidder"] for one in wanted}))
    looked = sql.run(_AROUND, {"lots": ids, "bidders": bidders, "keys": sql.as_json(wanted)})
    lots = _lots(sql.fetched(held))
    [[at, *found]] = sql.fetched(looked)
    entrants, kept, ties, reserves = (json.loads(text or "[]") for text in found)
    by_id = {lot.pk: lot for lot in lots}
    hosts: dict[int, set[int]] = {}
    for host, party in ties:
        hosts.setdefault(host, set()).add(party)
    return Around(
        now=clock.told(at) if at is not None else clock.now(),
        lots=lots,
        entrants={row[0]: _entrant(row) for row in entrants},
        kept=dict(_kept(by_id[row[0]], row) for row in kept if row[0] in by_id),
        ties=hosts,
        reserves={lot: Money(minor, currency) for lot, currency, minor in reserves},
    )


def _lots(rows: Sequence[Sequence[Any]]) -> list[Lot]:
    """The lots of `_LOCK`'s rows; those of one sale share it."""
    sales: dict[int, Sale] = {}
    lots = []
    width = len(_fields(Lot))
    for row in rows:
        lot: Any = _made(Lot, row[:width])
        if lot.sale_id not in sales:
            sales[lot.sale_id] = _made(Sale, row[width:-3])
        lot.sale = sales[lot.sale_id]
        lot.seller_id, title, title_en = row[-3:]
        lot.named = {"title": title, "title_en": title_en}
        lots.append(lot)
    return lots


def _made(model: type[Model], values: Sequence[Any]) -> Any:
    """A row of `model` from its columns as the database gave them."""
    said = list(values)
    for place, converters, column in _converters(model, connection.vendor):
        for convert in converters:
            said[place] = convert(said[place], column, connection)
    return model.from_db(connection.alias, [one.attname for one in _fields(model)], said)


def _fields(model: type[Model]) -> "Sequence[Field[Any, Any]]":
    return model._meta.concrete_fields


@lru_cache
def _converters(model: type[Model], vendor: str) -> list[tuple[int, list[Callable[..., Any]], Any]]:
    """What turns a column's value into its field's, by place, as the ORM does for this vendor."""
    columns = [one.get_col(model._meta.db_table) for one in _fields(model)]
    both = [connection.ops.get_db_converters(column) + column.get_db_converters(connection) for column in columns]
    return [(place, found, columns[place]) for place, found in enumerate(both) if found]


def _kept(lot: Lot, row: list[Any]) -> tuple[Name, Answer]:
    """A stored answer as it was given, with the bid's place below the head of now."""
    _, bidder, key, currency, minor, at, seq, code, facts, link, kind, units = row
    place = Place(lot.code, seq, link, lot.seq, lot.head) if seq is not None else None
    answer = Answer(UUID(key), Money(minor, currency), _utc(at), seq, code, facts, place, kind=kind, units=units)
    return (lot.pk, bidder, answer.key), answer


def _entrant(row: list[Any]) -> Entrant:
    pk, lot_id, code, party_id, party, paddle, priority, state, deposit, *moments = row
    until, told_at = (moment and _utc(moment) for moment in moments)
    return Entrant(pk, lot_id, code, party_id, party, paddle, priority, state, deposit, until, told_at)


def _utc(text: str) -> datetime:
    """A moment as either database spells it in JSON; without a zone it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


_COLUMNS = ", ".join(
    [
        *(f"l.{one.column}" for one in _fields(Lot)),
        *(f"s.{one.column}" for one in _fields(Sale)),
        "g.seller_id",
        "r.title",
        "r.title_en",
    ]
)
# What is joined here never changes while a lot is bid on. The leader does, and a row joined in the statement that waits
# for the lock is as old as the wait: it is read by the next one.
_HELD = f"""SELECT {_COLUMNS} FROM auctions_lot l JOIN auctions_sale s ON s.id = l.sale_id
    JOIN listings_listing g ON g.id = l.listing_id JOIN rights_right r ON r.id = g.right_id
    WHERE l.id {{chosen}} ORDER BY l.id {{lock}}"""  # noqa: S608
_LOCK = {
    "postgresql": _HELD.format(
        chosen="= ANY(ARRAY(SELECT value::bigint FROM json_array_elements_text(%(lots)s)))",
        lock="FOR NO KEY UPDATE OF l",
    ),
    "sqlite": _HELD.format(chosen="IN (SELECT value FROM json_each(%(lots)s))", lock=""),
}

# Each question begins with what was asked and goes on by key. A fact's name is spelled so that the index on subjects is
# used: of one name there are as many as there were bids. So is a bid's lot, for the index on bidders' keys: of one lot there
# are as many too, and a plan made while the table was empty finds every index as good as the other.
_LOOK = """
SELECT {clock}, (
    SELECT {list}({row}(b.id, b.lot_id, b.code, b.party_id, p.code, b.paddle, b.priority, b.state, b.deposit,
        b.eligible_until, (
        SELECT max(f.at) FROM trail_fact f
        WHERE f.subject = 'bidder:' || b.code AND f.name || '' = 'bidder.outbid')))
    FROM ({bidders} UNION SELECT l.leader_id FROM ({lots}) x JOIN auctions_lot l ON l.id = x.id
        WHERE l.leader_id IS NOT NULL) asked
    JOIN auctions_bidder b ON b.id = asked.id JOIN parties_party p ON p.id = b.party_id
){text}, (
    SELECT {list}({row}(k.lot_id, k.bidder_id, k.key, k.currency, k.amount_minor, k.at, k.seq, k.code, {facts}, e.hash,
        k.kind, k.units))
    FROM {keys} JOIN auctions_bid k ON k.bidder_id = {bidder} AND k.key = {key} AND k.lot_id + 0 = {lot}
    LEFT JOIN auctions_event e ON e.lot_id = k.lot_id AND e.seq = k.seq
){text}, (
    WITH host AS (
        SELECT g.seller_id AS id FROM ({lots}) x JOIN auctions_lot l ON l.id = x.id
        JOIN listings_listing g ON g.id = l.listing_id
        UNION SELECT s.agency_id FROM ({lots}) x JOIN auctions_lot l ON l.id = x.id JOIN auctions_sale s ON s.id = l.sale_id
    ), tied AS (
        SELECT id AS host, id AS party FROM host
        UNION SELECT host.id, a.other_id FROM host JOIN parties_affiliation a ON a.party_id = host.id
        UNION SELECT host.id, a.party_id FROM host JOIN parties_affiliation a ON a.other_id = host.id
        UNION SELECT host.id, theirs.party_id FROM host JOIN parties_membership ours ON ours.party_id = host.id
        JOIN parties_membership theirs ON theirs.user_id = ours.user_id
        UNION SELECT host.id, m.party_id FROM host JOIN parties_auctioneer h ON h.agency_id = host.id
        JOIN parties_membership m ON m.user_id = h.user_id
        UNION SELECT host.id, h.agency_id FROM host JOIN parties_membership m ON m.party_id = host.id
        JOIN parties_auctioneer h ON h.user_id = m.user_id
    )
    SELECT {list}({row}(host, party)) FROM tied
){text}, (
    SELECT {list}({row}(l.id, r.currency, r.amount_minor))
    FROM ({lots}) x JOIN auctions_lot l ON l.id = x.id JOIN listings_reserve r ON r.listing_id = l.listing_id
    WHERE l.has_reserve AND NOT l.reserve_met
){text}
"""
_AROUND = {
    "postgresql": _LOOK.format(
        clock="clock_timestamp()",
        list="json_agg",
        row="json_build_array",
        bidders="SELECT value::bigint AS id FROM json_array_elements_text(%(bidders)s)",
        lots="SELECT value::bigint AS id FROM json_array_elements_text(%(lots)s)",
        keys="json_to_recordset(%(keys)s) AS asked(lot bigint, bidder bigint, key uuid)",
        lot="asked.lot",
        bidder="asked.bidder",
        key="asked.key",
        facts="k.facts",
        text="::text",
    ),
    "sqlite": _LOOK.format(
        clock="NULL",
        list="json_group_array",
        row="json_array",
        bidders="SELECT value AS id FROM json_each(%(bidders)s)",
        lots="SELECT value AS id FROM json_each(%(lots)s)",
        keys="json_each(%(keys)s) AS asked",
        lot="json_extract(asked.value, '$.lot')",
        bidder="json_extract(asked.value, '$.bidder')",
        key="replace(json_extract(asked.value, '$.key'), '-', '')",
        facts="json(k.facts)",
        text="",
    ),
}
