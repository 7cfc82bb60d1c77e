"""The statements of a batch of bids, for PostgreSQL and for SQLite: two to read under the lock, three to write.

Rows travel as one JSON parameter a statement, so that two hundred bids cost no more statements than one. A statement
reads other rooms' tables only where the ORM would ask once a bid; what it reads there is what their `queries` say.
"""

import contextlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import F, QuerySet

from auctions.engine.offers import Answer, Name
from auctions.models import Lot
from auctions.rules.receipts import Place
from market.kernel import clock
from market.kernel.money import Money

Row = dict[str, Any]

# The columns of a lot that bidding moves, with their types in a JSON row.
MOVED = {
    "seq": "bigint",
    "head": "text",
    "price_minor": "bigint",
    "leader_id": "bigint",
    "bids_count": "integer",
    "ends_at": "timestamptz",
    "extensions": "integer",
    "reserve_met": "boolean",
    "state": "text",
    "public": "jsonb",
    "secret": "jsonb",
}
EVENT = {"lot_id": "bigint", "seq": "bigint", "kind": "text", "payload": "jsonb", "prev": "text", "hash": "text"}
BID = {
    "lot_id": "bigint",
    "bidder_id": "bigint",
    "key": "uuid",
    "currency": "text",
    "amount_minor": "bigint",
    "kind": "text",
    "units": "integer",
    "seq": "bigint",
    "code": "text",
    "facts": "jsonb",
    "received_at": "timestamptz",
}


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
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Around:
    """What a batch needs to know beside its lots, read after their locks, at the database's moment `now`.

    `ties` maps a seller or an agency to the parties it may not deal with at arm's length (拍卖法 22, 30).
    """

    now: datetime
    entrants: dict[int, Entrant]
    kept: dict[Name, Answer] = field(default_factory=dict)
    ties: dict[int, set[int]] = field(default_factory=dict)
    reserves: dict[int, Money] = field(default_factory=dict)


def be_quick() -> None:
    """Wait for locks and statements on this connection no longer than a bidder does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'; SET statement_timeout = '3s'")


def take_your_time() -> None:
    """Undo `be_quick`, for whoever gets the connection next; a broken one has nothing to undo."""
    if connection.vendor == "postgresql" and connection.connection is not None:
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout; RESET statement_timeout")


def lots(ids: Collection[int]) -> "QuerySet[Lot]":
    """The lots, locked in ascending order of their ids, each with its sale, its seller and the title of what it offers.

    The leader is read later: a row joined in the statement that waits for the lock is as old as the wait.
    """
    rows = Lot.objects.filter(pk__in=ids).order_by("pk").select_related("sale")
    named = rows.annotate(seller_id=F("listing__seller_id"), title=F("listing__right__title"))
    return named.select_for_update(no_key=True, of=("self",))


def around(lots: Sequence[Lot], names: Iterable[Name]) -> Around:
    """Everything else, in the statement that follows the lock, so that its clock is never older than the wait."""
    wanted = [{"lot": lot, "bidder": bidder, "key": _key(key)} for lot, bidder, key in names]
    asked = {
        "lots": json.dumps([lot.pk for lot in lots]),
        "bidders": json.dumps(sorted({one["bidder"] for one in wanted})),
        "keys": json.dumps(wanted),
    }
    with connection.cursor() as cursor:
        cursor.execute(_AROUND[connection.vendor], asked)
        at, *found = cursor.fetchone()
    entrants, kept, ties, reserves = (json.loads(text or "[]") for text in found)
    by_id = {lot.pk: lot for lot in lots}
    hosts: dict[int, set[int]] = {}
    for host, party in ties:
        hosts.setdefault(host, set()).add(party)
    return Around(
        now=clock.told(at) if at is not None else clock.now(),
        entrants={row[0]: _entrant(row) for row in entrants},
        kept=dict(_kept(by_id[row[0]], row) for row in kept if row[0] in by_id),
        ties=hosts,
        reserves={lot: Money(minor, currency) for lot, currency, minor in reserves},
    )


def move_lots(rows: Sequence[Row]) -> set[int]:
    """Move each lot that still stands at its row's `was` to the columns of `MOVED`; the ids of those that did."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE[connection.vendor], [_json(rows)])
        return {pk for (pk,) in cursor.fetchall()}


def append_events(rows: Sequence[Row], at: datetime) -> None:
    """Append events, in order, all of the moment `at`."""
    with connection.cursor() as cursor:
        cursor.execute(_APPEND[connection.vendor], [_at(at), _json(rows)])


def keep_bids(rows: Sequence[Row], at: datetime) -> None:
    """Keep answered bids, accepted and refused, all of the moment `at`."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP[connection.vendor], [_at(at), _json(rows)])


def _json(rows: Sequence[Row]) -> str:
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return str(_at(value))
    if isinstance(value, UUID):
        return _key(value)
    raise TypeError(f"no row holds a {type(value).__name__}")


def _key(key: UUID) -> str:
    return str(key) if connection.vendor == "postgresql" else key.hex


def _at(moment: datetime) -> str:
    return str(moment if connection.vendor == "postgresql" else moment.astimezone(UTC).replace(tzinfo=None))


def _kept(lot: Lot, row: list[Any]) -> tuple[Name, Answer]:
    """A stored answer as it was given, with the bid's place below the head of now."""
    _, bidder, key, currency, minor, at, seq, code, facts, link = row
    place = Place(lot.code, seq, link, lot.seq, lot.head) if seq is not None else None
    answer = Answer(UUID(key), Money(minor, currency), _utc(at), seq, code, facts, place)
    return (lot.pk, bidder, answer.key), answer


def _entrant(row: list[Any]) -> Entrant:
    pk, lot_id, code, party_id, party, paddle, priority, state, deposit, told_at = row
    return Entrant(pk, lot_id, code, party_id, party, paddle, priority, state, deposit, told_at and _utc(told_at))


def _utc(text: str) -> datetime:
    """A moment as either database spells it in JSON; without a zone it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


_READ = """
SELECT {clock}, (
    SELECT {list}({row}(b.id, b.lot_id, b.code, b.party_id, p.code, b.paddle, b.priority, b.state, b.deposit, (
        SELECT max(f.at) FROM trail_fact f WHERE f.subject = 'bidder:' || b.code AND f.name = 'bidder.outbid')))
    FROM auctions_bidder b JOIN parties_party p ON p.id = b.party_id WHERE b.id IN (
        SELECT {bidders} UNION SELECT leader_id FROM auctions_lot WHERE id IN (SELECT {lots}))
){text}, (
    SELECT {list}({row}(k.lot_id, k.bidder_id, k.key, k.currency, k.amount_minor, k.at, k.seq, k.code, {facts}, e.hash))
    FROM {keys} JOIN auctions_bid k ON k.lot_id = {lot} AND k.bidder_id = {bidder} AND k.key = {key}
    LEFT JOIN auctions_event e ON e.lot_id = k.lot_id AND e.seq = k.seq
){text}, (
    WITH host AS (
        SELECT g.seller_id AS id FROM auctions_lot l JOIN listings_listing g ON g.id = l.listing_id
        WHERE l.id IN (SELECT {lots})
        UNION SELECT s.agency_id FROM auctions_lot l JOIN auctions_sale s ON s.id = l.sale_id
        WHERE l.id IN (SELECT {lots})
    ), tied AS (
        SELECT id AS host, id AS party FROM host
        UNION SELECT host.id, a.other_id FROM host JOIN parties_affiliation a ON a.party_id = host.id
        UNION SELECT host.id, a.party_id FROM host JOIN parties_affiliation a ON a.other_id = host.id
        UNION SELECT host.id, theirs.party_id FROM host JOIN parties_membership ours ON ours.party_id = host.id
        JOIN parties_membership theirs ON theirs.user_id = ours.user_id
    )
    SELECT {list}({row}(host, party)) FROM tied
){text}, (
    SELECT {list}({row}(l.id, r.currency, r.amount_minor))
    FROM auctions_lot l JOIN listings_reserve r ON r.listing_id = l.listing_id
    WHERE l.id IN (SELECT {lots}) AND l.has_reserve AND NOT l.reserve_met
){text}
"""
_AROUND = {
    "postgresql": _READ.format(
        clock="clock_timestamp()",
        list="json_agg",
        row="json_build_array",
        bidders="value::bigint FROM json_array_elements_text(%(bidders)s)",
        lots="value::bigint FROM json_array_elements_text(%(lots)s)",
        keys="json_to_recordset(%(keys)s) AS asked(lot bigint, bidder bigint, key uuid)",
        lot="asked.lot",
        bidder="asked.bidder",
        key="asked.key",
        facts="k.facts",
        text="::text",
    ),
    "sqlite": _READ.format(
        clock="NULL",
        list="json_group_array",
        row="json_array",
        bidders="value FROM json_each(%(bidders)s)",
        lots="value FROM json_each(%(lots)s)",
        keys="json_each(%(keys)s) AS asked",
        lot="json_extract(asked.value, '$.lot')",
        bidder="json_extract(asked.value, '$.bidder')",
        key="json_extract(asked.value, '$.key')",
        facts="json(k.facts)",
        text="",
    ),
}

_RECORDS = "jsonb_to_recordset(%s) AS d({})"


def _types(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def _parts(columns: Iterable[str]) -> str:
    return ", ".join(f"json_extract(d.value, '$.{name}')" for name in columns)


def _insert(table: str, columns: Mapping[str, str]) -> dict[str, str]:
    """INSERT of JSON rows, with the moment `at` before them. Tables and columns are written here, not given."""
    names = ", ".join(columns)
    return {
        "postgresql": f"INSERT INTO {table} (at, {names}) SELECT %s, {names} FROM {_RECORDS.format(_types(columns))}",  # noqa: S608
        "sqlite": f"INSERT INTO {table} (at, {names}) SELECT %s, {_parts(columns)} FROM json_each(%s) AS d",  # noqa: S608
    }


_APPEND = _insert("auctions_event", EVENT)
_KEEP = _insert("auctions_bid", BID)
_MOVE = {
    "postgresql": f"""UPDATE auctions_lot AS l SET {", ".join(f"{name} = d.{name}" for name in MOVED)}
        FROM {_RECORDS.format(_types({"id": "bigint", "was": "bigint", **MOVED}))}
        WHERE l.id = d.id AND l.seq = d.was RETURNING l.id""",  # noqa: S608
    "sqlite": f"""UPDATE auctions_lot SET {", ".join(f"{name} = json_extract(d.value, '$.{name}')" for name in MOVED)}
        FROM json_each(%s) AS d
        WHERE auctions_lot.id = json_extract(d.value, '$.id') AND auctions_lot.seq = json_extract(d.value, '$.was')
        RETURNING auctions_lot.id""",  # noqa: S608
}
