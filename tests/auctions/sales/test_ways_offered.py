"""The agency offers a way of bidding that its rule set allows, with that way's own terms, by a plain form."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from auctions import actions
from auctions.models import Lot, Sale
from auctions.queries import lot_terms
from auctions.rules.chain import stamp
from market.kernel.errors import Refused
from market.listings.models import Listing, Reserve
from market.parties.models import User
from tests.auctions.sales.conftest import add_lot

FALLING = {"falls_by": "10000", "every_s": "60", "floor": "500000"}
CLOCK = {"step": 10_000_00, "every_s": 60, "floor": 500_000_00}
COMMERCIAL, EXCHANGE = "commercial", "exchange_dynamic"
LED = {"english", "auctioneer", "sealed_first", "sealed_second", "dutch", "hybrid"}

Drafted = Callable[..., Sale]
ClientOf = Callable[[User | None], Client]


def typed(listing: Listing, format: str, **more: str) -> dict[str, str]:
    frame = {"listing": listing.code, "start": "1000000", "step": "20000", "deposit": "100000", "hours": "24"}
    return {**frame, "format": format, **more}


def under(drafted: Drafted, ruleset: str, **told: Any) -> Sale:
    return drafted(ruleset=ruleset, **told)


@pytest.mark.parametrize(
    ("ruleset", "mode", "offered_ways"),
    [
        (COMMERCIAL, Sale.Mode.AUCTION, LED),
        (COMMERCIAL, Sale.Mode.ONLINE_BIDDING, LED - {"auctioneer"}),
        (EXCHANGE, Sale.Mode.ONLINE_BIDDING, {"free_then_timed", "english", "sealed_first", "hybrid"}),
    ],
)
def test_the_form_offers_what_the_rule_set_allows_and_no_more(
    client_of: ClientOf,
    drafted: Drafted,
    offered: Listing,
    zhou_min: User,
    ruleset: str,
    mode: str,
    offered_ways: set[str],
) -> None:
    sale = under(drafted, ruleset, mode=mode)
    form = client_of(zhou_min).get(f"/desk/sales/{sale.code}/").context["form"]
    assert {name for name, _ in form.fields["format"].choices} == offered_ways
    assert ("cycle_s" in form.fields, "falls_by" in form.fields) == (
        "free_then_timed" in offered_ways,
        bool({"dutch", "hybrid"} & offered_ways),
    )


@pytest.mark.parametrize(
    ("ruleset", "format", "more", "params"),
    [
        (COMMERCIAL, "", {}, {}),
        (COMMERCIAL, "english", FALLING, {}),  # the terms of another way are nobody's
        (COMMERCIAL, "auctioneer", {}, {}),
        (COMMERCIAL, "sealed_first", {}, {}),
        (COMMERCIAL, "sealed_second", {}, {}),
        (COMMERCIAL, "dutch", FALLING, CLOCK),
        (
            COMMERCIAL,
            "hybrid",
            {**FALLING, "sealed_s": "600", "best_s": "300"},
            {**CLOCK, "sealed_s": 600, "best_s": 300},
        ),
        (EXCHANGE, "free_then_timed", {"cycle_s": "180"}, {"cycle_s": 180}),
    ],
)
def test_a_lot_is_added_with_its_way_of_bidding_and_its_terms(
    client_of: ClientOf,
    drafted: Drafted,
    offered: Listing,
    zhou_min: User,
    ruleset: str,
    format: str,
    more: dict[str, str],
    params: dict[str, Any],
) -> None:
    sale = under(drafted, ruleset)
    answer = client_of(zhou_min).post(f"/desk/sales/{sale.code}/", typed(offered, format, **more))
    assert answer.status_code == 302, answer.context["form"].errors
    lot = Lot.objects.get()
    free = {"free_until": stamp(lot.ends_at - timedelta(seconds=180))} if format == "free_then_timed" else {}
    assert (lot.format, lot.params) == (format or "english", {**params, **free})
    assert ("format" in lot_terms(lot)) == (format not in ("", "english")), "what a bidder acknowledges"


@pytest.mark.parametrize(
    ("ruleset", "format", "more", "field"),
    [
        (COMMERCIAL, "free_then_timed", {"cycle_s": "180"}, "format"),
        (COMMERCIAL, "package", {}, "format"),
        (COMMERCIAL, "uniform", {"supply": "5"}, "format"),
        (COMMERCIAL, "raffle", {}, "format"),
        (EXCHANGE, "free_then_timed", {"cycle_s": "90"}, "cycle_s"),
        (EXCHANGE, "free_then_timed", {}, "cycle_s"),
        (COMMERCIAL, "dutch", {**FALLING, "floor": "1000000"}, "floor"),
        (COMMERCIAL, "dutch", {**FALLING, "every_s": "3600"}, "floor"),
        (COMMERCIAL, "dutch", {"every_s": "60", "floor": "500000"}, "falls_by"),
        (COMMERCIAL, "dutch", {**FALLING, "every_s": "-1"}, "every_s"),
        (COMMERCIAL, "dutch", {**FALLING, "every_s": "soon"}, "every_s"),
        (COMMERCIAL, "hybrid", FALLING, "best_s"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_everything_typed_is_kept(
    client_of: ClientOf,
    drafted: Drafted,
    offered: Listing,
    zhou_min: User,
    ruleset: str,
    format: str,
    more: dict[str, str],
    field: str,
) -> None:
    sale, said = under(drafted, ruleset), typed(offered, format, **more)
    answer = client_of(zhou_min).post(f"/desk/sales/{sale.code}/", said)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert [*form.errors] == [field]
    assert {name: form[name].value() for name in said if name in form.fields} == {
        name: value for name, value in said.items() if name in form.fields
    }
    assert form.errors[field][0] in answer.content.decode()
    assert not Lot.objects.exists()


def test_a_reserve_of_a_falling_lot_lies_below_its_start(drafted: Drafted, offered: Listing, zhou_min: User) -> None:
    Reserve.objects.update_or_create(listing=offered, defaults={"currency": "CNY", "amount_minor": 600_000_00})
    with pytest.raises(Refused, match=r"^lot\.params"):
        add_lot(drafted(), offered, zhou_min, format="dutch", params=CLOCK)
    with pytest.raises(Refused, match=r"^lot\.reserve_below_start"):
        add_lot(drafted(), offered, zhou_min)
    assert add_lot(drafted(), offered, zhou_min, format="dutch", params={**CLOCK, "floor": 600_000_00}).has_reserve


def test_a_sale_that_moves_takes_the_free_period_along_and_keeps_to_its_rule_set(
    drafted: Drafted, offered: Listing, zhou_min: User
) -> None:
    sale = under(drafted, EXCHANGE)
    lot = add_lot(sale, offered, zhou_min, format="free_then_timed", params={"cycle_s": 180})
    later = sale.opens_at + timedelta(days=3)
    actions.change_sale(sale=sale, by=zhou_min, opens_at=later)
    lot.refresh_from_db()
    assert (lot.ends_at, lot.params["free_until"]) == (
        later + timedelta(hours=24),
        stamp(later + timedelta(hours=24, seconds=-180)),
    )
    with pytest.raises(Refused, match=r"^lot\.format"):
        actions.change_sale(sale=sale, by=zhou_min, ruleset=COMMERCIAL)
    sale.refresh_from_db()
    assert sale.ruleset == EXCHANGE


def test_no_auctioneer_leads_an_online_bidding(drafted: Drafted, offered: Listing, zhou_min: User) -> None:
    with pytest.raises(Refused, match=r"^lot\.format"):
        add_lot(drafted(mode=Sale.Mode.ONLINE_BIDDING), offered, zhou_min, format="auctioneer")
    assert not Lot.objects.exists()
