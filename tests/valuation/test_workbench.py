"""The workbench: every method on its page, the page's figures the functions', and no bad input losing what was typed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.test import Client

from market.kernel import clock
from market.kernel.calendar import months_later
from market.listings.models import Listing
from market.parties.models import User
from tests import assets, people
from tests.effort import some
from tests.market.listings import shelf
from tests.valuation.typed import PLAIN, typed
from valuation.forms import WorkbenchForm
from valuation.labels import METHODS
from valuation.methods import METHODS as FUNCTIONS
from valuation.methods import plain
from valuation.methods.asked import inputs, plain_of, text_of
from valuation.methods.simulation import Distribution, Shape, simulated
from valuation.methods.working import Unit
from valuation.models import Appraisal
from valuation.rules import spread, work
from valuation.shown import figure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_rows")]
ClientOf = Callable[[User | None], Client]
ALMOST = Decimal("0.0000001")


@pytest.fixture(scope="module")
def listing(kept_rows: None) -> Listing:
    """吉林大学's patent, on the market; it ends in 2039."""
    return shelf.offer(assets.right(people.jilin_university()))


def about() -> dict[str, str]:
    today = clock.today()
    days = {"valuation_date": today.isoformat(), "valid_until": months_later(today, 12).isoformat()}
    return {"key": str(uuid4()), "purpose": "transfer", "premise": "market", "currency": "CNY", **days}


def known(method: str) -> dict[str, Any]:
    """What the page itself adds to what is typed."""
    day = {"valuation_date": clock.today().isoformat()} if method == "holding_cost" else {}
    return {**PLAIN[method], **day}


def test_every_method_but_the_one_that_takes_a_formula_is_offered_and_named() -> None:
    assert METHODS.keys() == FUNCTIONS.keys() - {"monte_carlo"} == PLAIN.keys()


@pytest.mark.parametrize("method", PLAIN)
def test_what_is_typed_reaches_the_function_as_it_was_meant(method: str) -> None:
    said = QueryDict(mutable=True)
    said.update(about() | typed(method))
    form = WorkbenchForm(method, said)
    assert form.is_valid(), form.errors
    terms = form.terms(None)
    expected = plain.value(method, known(method), "CNY")
    assert work(**terms).result.hash == expected.hash
    for one in inputs(method):
        if one.name in PLAIN[method] and one.name not in ("tab", "american"):
            assert plain_of(one, text_of(one, terms["inputs"][one.name])) == terms["inputs"][one.name]


@pytest.mark.proof
@pytest.mark.parametrize("method", some(PLAIN))
def test_the_page_shows_the_functions_figures(method: str, listing: Listing, li_wei: User, client_of: ClientOf) -> None:
    url = f"/valuations/of/{listing.code}/?method={method}"
    page = client_of(li_wei).post(url, {**about(), **typed(method), "work": ""}).content.decode()
    found = plain.value(method, known(method), "CNY")
    assert "not a statutory appraisal report" in page
    for step in found.steps:
        for one in step.value if isinstance(step.value, tuple) else (step.value,):
            told = (
                figure(one, Unit.MONEY, found.currency) if step.unit is Unit.MONEY and found.currency else f"{one:.6f}"
            )
            assert told in page, step.name
    assert figure(found.value, found.unit, found.currency) in page


@pytest.mark.parametrize("method", PLAIN)
def test_figures_that_hardly_move_leave_the_simulated_value_where_it_is(method: str) -> None:
    """The steps over arrays are the steps over decimals."""
    if method == "simulated_royalty":
        pytest.skip("is a simulation itself")
    found = plain.value(method, known(method), "CNY")
    moved = {
        one.name: Distribution(Shape.TRIANGULAR, low=at * (1 - ALMOST), mode=at, high=at * (1 + ALMOST))
        for one in inputs(method)
        if one.ranged and isinstance(at := found.given.get(one.name), Decimal) and at > 0
    }
    again = simulated(found, moved, draws=1000, seed=1) if moved else found
    assert again.value == pytest.approx(found.value, rel=Decimal("1e-5"), abs=Decimal("1e-5"))


def test_a_range_is_drawn_from_a_seed_of_its_inputs_and_its_mean_is_the_triangles() -> None:
    said = PLAIN["royalty_capitalisation"]
    ranges = {"royalty_rate": (Decimal("0.02"), Decimal("0.09"))}
    found = plain.value("royalty_capitalisation", said, "CNY")
    drawn, again = spread(found, ranges), spread(found, ranges)
    assert drawn is not None
    assert again is not None
    assert drawn.hash == again.hash
    mean = found.value / Decimal("0.04") * Decimal("0.05")
    assert drawn.value == pytest.approx(mean, rel=Decimal("0.01"))
    assert spread(found, {}) is None


BAD = [
    ("relief_from_royalty_grown", {"tax_rate": "2500"}, "tax_rate"),
    ("relief_from_royalty", {"revenue": "1000000\n1100000 USD"}, "revenue"),
    ("capitalise", {"growth": "12"}, "growth"),
    ("relief_from_royalty", {"revenue": "\n".join(["100"] * 30)}, "revenue"),
    ("market_multiple", {"comparables": "300, 100\n400, 100"}, "comparables"),
    ("market_multiple", {"comparables": ""}, "comparables"),
    ("market_multiple", {"comparables": "300\n400"}, "comparables"),
    ("wacc", {"debt_weight": "50"}, "debt_weight"),
    ("option_black_scholes", {"variance": "9", "variance_source": "同上"}, "volatility"),
    ("cost_replacement", {"combine": ""}, "combine"),
    ("rnpv", {"stages": "trial, much, 1, 60"}, "stages"),
    ("present_value", {"future_value": ""}, "future_value"),
    ("present_value", {"future_value_low": "1"}, "future_value_high"),
    ("simulated_royalty", {"revenue": "normal 1"}, "revenue"),
]


@pytest.mark.parametrize(("method", "changed", "field"), BAD)
def test_a_bad_input_is_told_on_its_field_and_nothing_is_lost(
    method: str, changed: dict[str, str], field: str, listing: Listing, li_wei: User, client_of: ClientOf
) -> None:
    said = typed(method, **changed)
    answer = client_of(li_wei).post(f"/valuations/of/{listing.code}/?method={method}", {**about(), **said, "keep": ""})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert {name: form[name].value() for name in said if name not in changed} == {
        name: value for name, value in said.items() if name not in changed
    }
    assert not Appraisal.objects.exists()


def test_a_figure_without_a_source_can_be_worked_out_but_not_kept(
    listing: Listing, li_wei: User, client_of: ClientOf
) -> None:
    client, url = client_of(li_wei), f"/valuations/of/{listing.code}/?method=capitalise"
    said = {**about(), **typed("capitalise", growth_source="")}
    assert client.post(url, {**said, "work": ""}).status_code == 200
    refused = client.post(url, {**said, "keep": ""})
    assert list(refused.context["form"].errors) == ["growth_source"]
    assert not Appraisal.objects.exists()


def test_a_rate_is_no_value_to_keep_and_an_unknown_method_no_page(
    listing: Listing, li_wei: User, client_of: ClientOf
) -> None:
    client, url = client_of(li_wei), f"/valuations/of/{listing.code}/"
    assert client.post(f"{url}?method=capm", {**about(), **typed("capm"), "keep": ""}).status_code == 422
    assert client.get(f"{url}?method=monte_carlo").status_code == 404
    assert not Appraisal.objects.exists()
