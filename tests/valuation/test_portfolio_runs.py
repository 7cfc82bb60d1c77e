"""A portfolio valued in the background: resumed where it stopped, a price shared out to the fen, nothing guessed."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import User
from market.rights.models import Right
from market.rights.portfolios import actions as portfolios
from market.rights.portfolios.models import Portfolio
from market.trail.journal import facts_about
from tests import assets, people
from tests.effort import tries
from valuation.methods import plain
from valuation.portfolios import actions
from valuation.portfolios.models import Row, Run
from valuation.portfolios.rules import METHOD, shares
from valuation.rules import ROUNDING

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_rows")]
ClientOf = Callable[[User | None], Client]
COMMON = {"royalty_rate": "3%", "tax_rate": "25%", "discount_rate": "14%", "discounting": "mid_year"}
PRICE = Money(100_000_01, "CNY")


@pytest.fixture(scope="module")
def rights(kept_rows: None) -> list[Right]:
    """Three patents of 吉林大学."""
    return [assets.right(people.jilin_university(), draft=assets.patent_draft(place)) for place in (1, 2, 3)]


@pytest.fixture(scope="module")
def portfolio(rights: list[Right]) -> Portfolio:
    """They travel together."""
    owner = people.jilin_university()
    made = portfolios.create(owner=owner, name="固态电池", name_en="", by=people.owner_of(owner))
    portfolios.change(made, into=rights, out=[], name="固态电池", name_en="", by=people.owner_of(owner))
    return made


def own(revenue: str, years: str = "5") -> dict[str, Any]:
    return {"base_revenue": revenue, "growth": "2%", "years": years}


def begin(portfolio: Portfolio, rights: list[Right], **changed: Any) -> Run:
    said: dict[str, Any] = {
        "key": uuid4(),
        "valuation_date": clock.today(),
        "common": COMMON,
        "own": {rights[0].pk: own("1000000"), rights[1].pk: own("2500000"), rights[2].pk: own("5", years="50")},
        "price": PRICE,
        "by": people.owner_of(portfolio.owner),
    }
    return actions.begin(portfolio=portfolio, **(said | changed))


def test_every_member_has_its_value_or_a_reason_and_the_price_is_shared_out(
    portfolio: Portfolio, rights: list[Right]
) -> None:
    run = begin(portfolio, rights)
    assert begin(portfolio, rights, key=run.key) == run
    assert actions.run_due() == 1
    run.refresh_from_db()
    rows = list(run.rows.all())
    left = rows[0].right.expires_on
    assert left is not None
    assert [row.why for row in rows] == ["", "", "valuation.life_exceeds_legal_term"]
    assert rows[2].value is None
    assert rows[2].part is None
    for row in rows[:2]:
        found = plain.value(METHOD, {**COMMON, **row.inputs}, "CNY")
        assert row.value == found.money(ROUNDING)
    parts = [row.part for row in rows[:2]]
    assert parts == PRICE.split([row.value_minor or 0 for row in rows[:2]])
    (fact,) = facts_about(run.ref)
    assert (fact.name, fact.data["valued"], fact.data["members"]) == ("valuation_run.finished", 2, 3)
    assert actions.run_due() == 0


def test_what_was_cut_off_goes_on_where_it_stopped(
    portfolio: Portfolio, rights: list[Right], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(portfolio, rights)
    monkeypatch.setattr(actions, "BATCH", 1)
    worked, valued = actions._value, []

    def once(run: Run, row: Row) -> None:
        if len(valued) == 1:
            raise OSError("the machine stops")
        valued.append(row.pk)
        worked(run, row)

    with patch.object(actions, "_value", once), patch.object(actions, "TRIES", 1):
        actions.run_due()
    run.refresh_from_db()
    assert (run.state, run.rows.filter(done=True).count()) == ("failed", 1)
    kept = run.rows.filter(done=True).get()
    actions.again(run=run, by=people.owner_of(portfolio.owner))
    seen: list[int] = []

    def rest(run: Run, row: Row) -> None:
        seen.append(row.pk)
        worked(run, row)

    with patch.object(actions, "_value", rest):
        actions.run_due()
    run.refresh_from_db()
    assert run.state == "done"
    assert kept.pk not in seen
    assert len(seen) == 2


@pytest.mark.proof
@settings(max_examples=tries(200), deadline=None)
@given(
    price=st.integers(1, 10**12),
    values=st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**12)), min_size=1, max_size=30),
)
def test_the_parts_add_up_to_the_price_and_who_has_no_value_gets_none(price: int, values: list[int | None]) -> None:
    found = shares(Money(price, "CNY"), [None if one is None else Money(one, "CNY") for one in values])
    if any(one and one > 0 for one in values):
        assert sum(part.minor for part in found if part) == price
    else:
        assert found == [None] * len(values)
    assert all(part is None for part, one in zip(found, values, strict=True) if one is None)


def test_the_pages_take_lines_show_progress_and_then_values(
    portfolio: Portfolio, rights: list[Right], li_wei: User, mallory: User, client_of: ClientOf
) -> None:
    client, url = client_of(li_wei), f"/valuations/portfolios/{portfolio.code}/"
    first, second, third = (right.number for right in rights)
    said = {
        "key": str(uuid4()),
        "valuation_date": clock.today().isoformat(),
        "royalty_rate": "3",
        "tax_rate": "25",
        "discount_rate": "14",
        "discounting": "mid_year",
        "members": f"{first}, 1000000, 2, 5\n{second}，2500000，2，5\n{third}, , ,",
        "price": "100000.01",
    }
    for line in ("X-1, 1, 2, 3", f"{first}, much, 2, 5", f"{first}, 1"):
        refused = client.post(url, {**said, "members": line})
        assert list(refused.context["form"].errors) == ["members"]
        assert line in refused.content.decode()
    assert not Run.objects.exists()
    page = client.post(url, said).url
    assert "progress" in client.get(page).content.decode()
    assert client.get(f"{page}state/").json() == {"busy": True, "done": 0, "total": 3}
    actions.run_due()
    shown = client.get(page).content.decode()
    assert "2 of 3 rights have a value" in shown
    assert client_of(mallory).get(page).status_code == 404
    assert client_of(mallory).get(url).status_code == 404
