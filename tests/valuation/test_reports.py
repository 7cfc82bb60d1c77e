"""Appraisals side by side, weighed into one, and as files: the same figures everywhere, never passed for a statutory report."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from openpyxl import load_workbook

from market.kernel import clock
from market.kernel.calendar import months_later
from market.kernel.formats import money
from market.listings.models import Listing
from market.parties.models import User
from tests import assets, people
from tests.market.listings import shelf
from tests.valuation.test_workbook import recomputed
from tests.valuation.typed import PLAIN
from valuation import actions
from valuation.methods import replay
from valuation.models import Appraisal
from valuation.rules import work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_rows")]
ClientOf = Callable[[User | None], Client]


@pytest.fixture(scope="module")
def listing(kept_rows: None) -> Listing:
    """吉林大学's patent, on the market."""
    return shelf.offer(assets.right(people.jilin_university()))


@pytest.fixture(scope="module")
def two(listing: Listing) -> list[Appraisal]:
    """What the right is worth by relief from royalty and by capitalised royalty."""
    return [keep(listing, "relief_from_royalty_grown"), keep(listing, "royalty_capitalisation")]


def keep(listing: Listing, method: str, **changed: Any) -> Appraisal:
    said: dict[str, Any] = {
        "key": uuid4(),
        "listing": listing,
        "party": listing.seller,
        "purpose": Appraisal.Purpose.TRANSFER,
        "premise": Appraisal.Premise.MARKET,
        "valuation_date": clock.today(),
        "valid_until": months_later(clock.today(), 12),
        "method": method,
        "inputs": PLAIN[method],
        "ranges": {"royalty_rate": (Decimal("0.02"), Decimal("0.05"))},
        "sources": {"royalty_rate": "三份同类许可合同"},
        "currency": "CNY",
        "follows": None,
        "by": people.owner_of(listing.seller),
    }
    return actions.keep(**(said | changed))


def weighed(two: list[Appraisal], *weights: str) -> dict[str, str]:
    said = {"key": str(uuid4())}
    for one, weight in zip(two, weights, strict=True):
        said |= {f"weight_{one.code}": weight, f"reason_{one.code}": f"理由 {one.method}"}
    return said


def test_two_methods_are_weighed_with_their_spread_and_kept(
    two: list[Appraisal], li_wei: User, mallory: User, client_of: ClientOf
) -> None:
    url = "/valuations/compare/?" + "&".join(f"of={one.code}" for one in two)
    client = client_of(li_wei)
    page = client.get(url).content.decode()
    assert all(money(one.value) in page for one in two)
    assert "▲" in page
    assert "not a statutory appraisal report" in page
    refused = client.post(url, {**weighed(two, "60", "50"), "work": ""})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [f"weight_{two[1].code}"])
    nameless = client.post(url, {**weighed(two, "60", "40"), f"reason_{two[0].code}": "", "work": ""})
    assert list(nameless.context["form"].errors) == [f"reason_{two[0].code}"]
    said = {**weighed(two, "60", "40"), "keep": ""}
    kept = [client.post(url, said).url for _twice in range(2)]
    found = Appraisal.objects.get(method="reconcile")
    assert kept == [f"/valuations/{found.code}/"] * 2
    parts = [work(**one.plain).result.value for one in two]
    worked = work(**found.plain)
    assert worked.result.value == parts[0] * Decimal("0.6") + parts[1] * Decimal("0.4")
    assert (found.hash, found.value) == (worked.result.hash, worked.value)
    assert replay(worked.result) == worked.result.value
    assert worked.result["spread"] == abs(parts[0] - parts[1])
    report = client.get(kept[0]).content.decode()
    assert "The same figures" in report
    assert "/next/" not in report
    assert client.get(f"{kept[0]}next/").status_code == 404
    assert client_of(mallory).get(url).status_code == 404
    assert client.get("/valuations/compare/").url == "/valuations/"


def test_the_files_tell_the_same_value_and_are_the_partys_own(
    two: list[Appraisal], li_wei: User, mallory: User, client_of: ClientOf
) -> None:
    (first, *_rest), client = two, client_of(li_wei)
    sheet = client.get(f"/valuations/{first.code}/report.xlsx")
    worked = work(**first.plain)
    assert recomputed(sheet.content)["value"] == pytest.approx(float(worked.result.value), rel=1e-9)
    about = [str(cell.value) for row in load_workbook(io.BytesIO(sheet.content)).worksheets[0] for cell in row]
    assert "Valuation by a model, not a statutory report" in about
    assert money(first.value) in about
    papers = [client.get(f"/valuations/{first.code}/report.pdf").content for _twice in range(2)]
    assert papers[0].startswith(b"%PDF")
    assert papers[0] == papers[1]
    for ending in ("pdf", "xlsx"):
        assert client_of(mallory).get(f"/valuations/{first.code}/report.{ending}").status_code == 404
