"""Appraisals: worked out as the functions do, kept for ever, version after version, seen by their party alone."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from market.kernel import clock
from market.kernel.calendar import months_later
from market.kernel.errors import Refused
from market.kernel.formats import money
from market.listings.models import Listing
from market.parties.models import Membership, Party, User
from market.trail.journal import facts_about
from tests import assets, people
from tests.market.listings import shelf
from valuation import actions
from valuation.methods import plain
from valuation.methods.amounts import Amount
from valuation.models import Appraisal
from valuation.rules import ROUNDING

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_rows")]
ClientOf = Callable[[User | None], Client]
INPUTS: dict[str, Any] = {
    "base_revenue": "10000000.00",
    "growth": "5%",
    "royalty_rate": "3%",
    "tax_rate": "25%",
    "discount_rate": "14%",
    "discounting": "mid_year",
    "years": 6,
    "tab": {"amortisation_years": 10},
}
RANGES = {"royalty_rate": (Decimal("0.02"), Decimal("0.05")), "discount_rate": (Decimal("0.12"), Decimal("0.18"))}
TYPED: dict[str, Any] = {
    "purpose": "transfer",
    "premise": "market",
    "base_revenue": "１０００万".replace("万", "0000"),
    "currency": "CNY",
    "base_revenue_source": "2025年审计报告",
    "years": "6",
    "growth": "5",
    "growth_source": "近三年增长",
    "royalty_rate": "3%",
    "royalty_rate_low": "2",
    "royalty_rate_high": "5",
    "royalty_rate_source": "三份同类许可合同",
    "discount_rate": "14",
    "discount_rate_low": "12",
    "discount_rate_high": "18",
    "discount_rate_source": "累加法",
    "tax_rate": "25",
    "tax_rate_source": "企业所得税法 4",
    "discounting": "mid_year",
    "tab": "10",
}


@pytest.fixture(scope="module")
def listing(kept_rows: None) -> Listing:
    """吉林大学's patent, on the market; it ends in 2039."""
    return shelf.offer(assets.right(people.jilin_university()))


def keep(listing: Listing, **changed: Any) -> Appraisal:
    party = changed.pop("party", listing.seller)
    said: dict[str, Any] = {
        "key": uuid4(),
        "purpose": Appraisal.Purpose.TRANSFER,
        "premise": Appraisal.Premise.MARKET,
        "valuation_date": clock.today(),
        "valid_until": months_later(clock.today(), 12),
        "method": "relief_from_royalty_grown",
        "inputs": INPUTS,
        "ranges": RANGES,
        "sources": {"base_revenue": "audit", "royalty_rate": "licences", "discount_rate": "build-up"},
        "currency": "CNY",
        "follows": None,
        "by": people.owner_of(party),
    }
    return actions.keep(listing=listing, party=party, **(said | changed))


def typed(**changed: Any) -> dict[str, Any]:
    days = {"valuation_date": clock.today().isoformat(), "valid_until": months_later(clock.today(), 12).isoformat()}
    return {**TYPED, "key": str(uuid4()), **days, **changed}


def test_a_kept_value_is_what_the_function_finds(listing: Listing) -> None:
    kept = keep(listing)
    found = plain.value("relief_from_royalty_grown", INPUTS, "CNY")
    ends = [
        plain.value("relief_from_royalty_grown", {**INPUTS, name: end}, "CNY").value
        for name, row in RANGES.items()
        for end in row
    ]
    assert (kept.value, kept.hash, kept.version) == (found.money(ROUNDING), found.hash, 1)
    assert (kept.low, kept.high) == tuple(Amount(end, "CNY").money(ROUNDING) for end in (min(ends), max(ends)))
    (fact,) = facts_about(kept.ref)
    assert (fact.name, fact.audience, fact.data["hash"]) == ("appraisal.kept", [kept.party.ref], kept.hash)


def test_the_same_key_keeps_one_appraisal(listing: Listing) -> None:
    key = UUID(int=7)
    assert keep(listing, key=key) == keep(listing, key=key, inputs={**INPUTS, "years": 5})
    assert Appraisal.objects.count() == 1


def test_a_change_is_a_new_version_and_the_old_one_stays(listing: Listing) -> None:
    first = keep(listing)
    second = keep(listing, follows=first, inputs={**INPUTS, "years": 5})
    assert (second.series, second.version, second.follows) == (first.code, 2, first)
    assert second.value < first.value
    with pytest.raises(Refused, match=r"appraisal\.followed"):
        keep(listing, follows=first)
    for change in (
        lambda: Appraisal.objects.filter(pk=first.pk).update(value_minor=1),
        lambda: Appraisal.objects.filter(pk=second.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert Appraisal.objects.get(pk=first.pk).value == first.value


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"valid_until": date(2099, 1, 1)}, "appraisal.validity"),
        ({"valid_until": date(2000, 1, 1)}, "appraisal.validity"),
        ({"inputs": {**INPUTS, "years": 50, "growth": "100%"}}, "valuation.too_large"),
        ({"inputs": {**INPUTS, "years": 15, "legal_years_left": "13.2"}}, "valuation.life_exceeds_legal_term"),
    ],
)
def test_what_cannot_be_kept_leaves_nothing(listing: Listing, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        keep(listing, **changed)
    assert refused.value.code == code
    assert not Appraisal.objects.exists()
    assert not facts_about("appraisal").exists()


def test_the_workbench_shows_the_functions_figures_and_keeps_them_when_asked(
    listing: Listing, li_wei: User, client_of: ClientOf
) -> None:
    client, url = client_of(li_wei), f"/valuations/of/{listing.code}/"
    assert client.get(url).status_code == 200
    said = typed()
    shown = client.post(url, {**said, "work": ""}).content.decode()
    found = plain.value("relief_from_royalty_grown", INPUTS, "CNY")
    assert money(found.money(ROUNDING)) in shown
    present = found["present_value"]
    assert isinstance(present, tuple)
    assert all(money(Amount(one, "CNY").money(ROUNDING)) in shown for one in present)
    assert not Appraisal.objects.exists()
    for _twice in range(2):
        answer = client.post(url, {**said, "keep": ""})
    kept = Appraisal.objects.get()
    assert (answer.url, kept.value) == (f"/valuations/{kept.code}/", found.money(ROUNDING))
    report = client.get(answer.url).content.decode()
    assert kept.hash in report
    assert "not a statutory appraisal report" in report
    assert "The same figures" in report
    again = client.get(f"/valuations/{kept.code}/next/").content.decode()
    assert 'value="3"' in again
    assert "三份同类许可合同" in again
    client.post(f"/valuations/{kept.code}/next/", typed(years="5", keep=""))
    assert Appraisal.objects.get(follows=kept).version == 2
    assert "/next/" not in client.get(f"/valuations/{kept.code}/").content.decode()
    assert client.get("/valuations/").content.decode().count(f">{kept.series}<") == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"tax_rate": "125"}, "tax_rate"),
        ({"royalty_rate": "x"}, "royalty_rate"),
        ({"royalty_rate_low": ""}, "royalty_rate_low"),
        ({"royalty_rate_low": "4"}, "royalty_rate_low"),
        ({"years": "30"}, "years"),
        ({"discounting": ""}, "discounting"),
        ({"discount_rate": "-100", "discount_rate_low": "", "discount_rate_high": ""}, "discount_rate"),
        ({"growth": "100", "years": "12", "base_revenue": "9000000000000"}, "base_revenue"),
    ],
)
def test_a_bad_input_is_told_on_its_field_and_nothing_is_lost(
    listing: Listing, li_wei: User, client_of: ClientOf, changed: dict[str, str], field: str
) -> None:
    answer = client_of(li_wei).post(f"/valuations/of/{listing.code}/", typed(keep="", **changed))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "三份同类许可合同" in answer.content.decode()
    assert not Appraisal.objects.exists()


def test_an_appraisal_is_its_partys_own(
    listing: Listing, jida: Party, li_wei: User, mallory: User, regulator: User, client_of: ClientOf
) -> None:
    kept, clerk = keep(listing), people.person("clerk", "韩会计")
    people.join(clerk, jida, Membership.Role.FINANCE)
    for user, report, follow in ((li_wei, 200, 200), (clerk, 200, 422), (mallory, 404, 404), (regulator, 404, 404)):
        client = client_of(user)
        assert client.get(f"/valuations/{kept.code}/").status_code == report
        assert client.get(f"/valuations/{kept.code}/next/").status_code == follow
    assert client_of(None).get(f"/valuations/{kept.code}/").status_code == 302
    assert kept.series not in client_of(mallory).get("/valuations/").content.decode()


def test_the_list_asks_the_same_however_many_there_are(
    listing: Listing, li_wei: User, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    for _each in range(3):
        keep(listing)
    client = client_of(li_wei)
    with django_assert_max_num_queries(10):
        assert client.get("/valuations/").content.decode().count("/valuations/V-") == 3
