"""Scoring a right: the register speaks first, a score needs evidence, too little known gives no score."""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from market.kernel import clock
from market.listings.models import Listing
from market.parties.models import User
from tests import assets, people
from tests.market.listings import shelf
from valuation.indicators import Judged, score
from valuation.indicators.scoring import Listing as Seen
from valuation.quality import radar
from valuation.quality.models import Scoring
from valuation.quality.queries import facts_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_rows")]
ClientOf = Callable[[User | None], Client]


@pytest.fixture(scope="module")
def listing(kept_rows: None) -> Listing:
    """吉林大学's patent, on the market."""
    return shelf.offer(assets.right(people.jilin_university()))


def test_the_registers_facts_are_told_and_what_it_does_not_know_is_left_out(listing: Listing) -> None:
    facts = facts_of(listing, clock.today())
    right = listing.right
    assert facts["grant_status"] == right.state
    assert (facts["licences"], facts["pledges"]) == (0, 0)
    assert right.expires_on is not None
    assert facts["legal_years_left"] == Decimal((right.expires_on - clock.today()).days / 365.25).quantize(
        Decimal("0.01"), "ROUND_FLOOR"
    )
    assert not {"forward_citations", "independent_claims", "family_countries"} & facts.keys()


def test_answers_with_evidence_are_kept_with_the_registers_facts_and_scored_again_alike(
    listing: Listing, li_wei: User, mallory: User, client_of: ClientOf
) -> None:
    client, url = client_of(li_wei), f"/valuations/score/{listing.code}/?scheme=cn-2012"
    asked = client.get(url).context["form"].asked
    empty = client.post(url, {"key": str(uuid4())})
    assert (empty.status_code, Scoring.objects.count()) == (422, 0)
    assert "%" in str(empty.context["form"].non_field_errors())
    said = {node.code: "80" for node in asked} | {f"{node.code}_evidence": "专家评审记录" for node in asked}
    bare = client.post(url, {**said, f"{asked[0].code}_evidence": "", "key": str(uuid4())})
    assert list(bare.context["form"].errors) == [f"{asked[0].code}_evidence"]
    told = {**said, "key": str(uuid4())}
    pages = [client.post(url, told).url for _twice in range(2)]
    kept = Scoring.objects.get()
    assert pages == [f"/valuations/scorings/{kept.code}/"] * 2
    page = client.get(pages[0]).content.decode()
    assert "专家评审记录" in page
    assert "A score is no price" in page
    facts = facts_of(listing, kept.on)

    again = score(Seen(facts, {node.code: Judged(Decimal(80), "x") for node in asked}), "cn-2012", "1", kept.scenario)
    assert kept.score == again.score.quantize(Decimal("0.0001"))
    assert kept.coverage == again.coverage.quantize(Decimal("0.0001"))
    assert client_of(mallory).get(pages[0]).status_code == 404


def test_a_radar_leaves_out_what_is_not_known() -> None:
    rays = radar.spokes([Decimal(100), None, Decimal(50), Decimal(0)])
    assert [ray.point for ray in rays] == [(180.0, 50.0), None, (180.0, 200.0), (180.0, 150.0)]
    assert radar.outline(rays) == "M180 50L180 200L180 150Z"
    assert radar.outline(radar.spokes([None, Decimal(5)])) == ""
