"""The rows for the bids bench, and the proof afterwards that they are whole: python -m tests.bench.bids_stage make|check.

`make LOTS` prints JSON: for the hot lot and for each of LOTS more the sockets that may bid on it, as [path, cookie].
`check` reads {"key": seq} of acknowledged bids for each lot's code on its standard input and prints what it found wrong.
"""

import json
import secrets
import sys
from datetime import timedelta
from itertools import islice
from typing import Any

CROWD = 256  # bidders of the hot lot
TOWN = 64  # bidders of all the others, two on each lot
FINE = {"start_minor": 100, "increments": [[0, 100]]}  # a step of one yuan: a million bids fit under any limit


def make(lots: int) -> dict[str, Any]:
    """One lot with a crowd, and `lots` more."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from auctions import engine
    from auctions.models import Bidder, Lot
    from market.kernel import clock
    from market.listings.models import Listing
    from market.rights.models import Right
    from tests import people
    from tests.auctions import factory

    seller, agency = people.jilin_university(), people.changchun_agency()
    sale = factory.sale(agency, leader_may_raise=True)
    later = timedelta(hours=4)
    hot = factory.lot(seller, agency, of_sale=sale, ends_in=later, opened=False, **FINE)
    number = hot.number
    rights = Right.objects.bulk_create(
        Right(**_copy(hot.listing.right, key=f"bench {n}", number=f"bench {n}")) for n in range(lots)
    )
    listings = Listing.objects.bulk_create(Listing(**_copy(hot.listing, right_id=right.pk)) for right in rights)
    others = Lot.objects.bulk_create(
        Lot(**_copy(hot, listing_id=listing.pk, number=number + n)) for n, listing in enumerate(listings, 1)
    )
    parties = [people.enterprise(f"b{n}", "竞买", f"竞买{n}有限公司", 1000 + n) for n in range(CROWD)]
    cookies = [f"sessionid={_session(party)}" for party in parties]

    def registered(lot: Any, who: int) -> Bidder:
        paddle, user = 1000 + who, parties[who].memberships.all()[0].user
        held = {"state": "active", "deposit": "held", "terms_sha256": "0" * 64}
        return Bidder(lot=lot, party=parties[who], user=user, paddle=paddle, **held)

    pairs = [(lot, who) for n, lot in enumerate(others) for who in (n % TOWN, (n + 1 + n // TOWN) % TOWN)]
    Bidder.objects.bulk_create(
        [registered(hot, who) for who in range(CROWD)] + [registered(lot, who) for lot, who in dict.fromkeys(pairs)]
    )
    while engine.open_due():
        pass
    assert clock.now() < hot.ends_at
    return {
        "hot": [[_path(hot), cookie] for cookie in cookies],
        "many": [[_path(lot), cookies[who]] for lot, who in dict.fromkeys(pairs)],
    }


def _copy(row: Any, **changed: Any) -> dict[str, Any]:
    """The columns of a row for another like it."""
    columns = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.attname != "id"
    }
    code = f"{row.code[:2]}{secrets.token_hex(5).upper()}"
    return {**columns, "code": code, **changed}


def _path(lot: Any) -> str:
    return f"/ws/v1/lots/{lot.code}/"


def _session(party: Any) -> str:
    """A session of the party's owner."""
    from django.test import Client

    client = Client()
    client.force_login(party.memberships.all()[0].user)
    return str(client.cookies["sessionid"].value)


def check(acknowledged: dict[str, dict[str, int]]) -> dict[str, Any]:
    """Every lot that was bid on: no gap, every link right, the bids kept are the log's, and all that was acknowledged is."""
    from auctions.models import Bid, Event, Lot
    from auctions.rules.chain import linked
    from market.kernel.errors import ensure

    wrong, rows = [], 0
    for lot in Lot.objects.filter(bids_count__gt=0):
        seq, head, logged = 0, "", set()
        events = Event.objects.filter(lot=lot).order_by("seq").values_list("seq", "kind", "at", "payload", "hash")
        walk = events.iterator(chunk_size=5_000)
        while chunk := list(islice(walk, 5_000)):
            for number, kind, at, payload, link in chunk:
                again = linked(lot.code, seq=seq + 1, kind=kind, at=at, payload=payload, prev=head)
                if (number, link) != (again.seq, again.hash):
                    wrong.append(f"{lot.code}: event {number} is not what follows {seq}")
                seq, head = number, link
                if kind == "bid":
                    logged.add(number)
        rows += seq
        kept = dict(Bid.objects.filter(lot=lot, seq__isnull=False).values_list("seq", "key"))
        ensure(head, lot.code)
        if (lot.seq, lot.head) != (seq, head):
            wrong.append(f"{lot.code}: the row stands at {lot.seq}, the log at {seq}")
        if kept.keys() != logged:
            wrong.append(f"{lot.code}: {len(kept)} bids kept, {len(logged)} in the log")
        lost = [key for key, number in acknowledged.get(lot.code, {}).items() if str(kept.get(number)) != key]
        if lost:
            wrong.append(f"{lot.code}: {len(lost)} acknowledged bids are not there")
    return {"events": rows, "acknowledged": sum(map(len, acknowledged.values())), "wrong": wrong[:20]}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(make(int(sys.argv[2])) if sys.argv[1] == "make" else check(json.load(sys.stdin))))
