"""Lots of a sale that end together: a late bid on one moves the end of all."""

from datetime import timedelta
from typing import Any

import pytest

from auctions import engine, live
from auctions.engine import groups
from auctions.models import Bidder, Lot
from auctions.rules.replay import verify
from market.kernel import clock
from market.parties.models import Party
from tests import people
from tests.auctions import factory
from tests.auctions.factory import bid
from tests.stage import race

WINDOW = timedelta(seconds=120)


@pytest.fixture
def group(jida: Party, agency: Party, monkeypatch: pytest.MonkeyPatch) -> list[Lot]:
    """Three lots of one sale that end together in a minute; a test's lots get the numbers of those before it."""
    monkeypatch.setattr(groups, "_known", {})
    sale = factory.sale(agency, group_soft_close=True)
    ends_at = clock.now() + timedelta(seconds=60)
    return [factory.lot(jida, agency, of_sale=sale, ends_at=ends_at) for _ in range(3)]


def again(lots: list[Lot]) -> list[Lot]:
    """The lots as they are, after proving that their logs tell the same."""
    rows = list(Lot.objects.select_related("sale", "leader").filter(pk__in=[lot.pk for lot in lots]).order_by("pk"))
    for lot in rows:
        assert verify(live.log(lot)) == live.state_of(lot)
    return rows


@pytest.mark.django_db
def test_a_late_bid_on_one_moves_the_end_of_all(group: list[Lot], anne_co: Party, jida: Party, agency: Party) -> None:
    alone = factory.lot(jida, agency, ends_in=timedelta(seconds=60))
    answer = bid(factory.bidder(group[1], anne_co, 8036), 1_000_000)
    lots = again(group)
    assert {lot.ends_at for lot in lots} == {answer.at + WINDOW}
    assert [lot.events.last().kind for lot in lots] == ["extended_with_group", "extended", "extended_with_group"]
    assert lots[0].events.last().payload["lot"] == group[1].code
    assert Lot.objects.get(pk=alone.pk).ends_at == alone.ends_at
    with clock.shifted_to(group[0].ends_at + timedelta(seconds=1)):
        assert engine.close_due() == 1, "the other sale's lot alone"
    with clock.shifted_to(answer.at + WINDOW):
        assert engine.close_due() == 3


@pytest.mark.django_db
def test_a_bid_that_moves_no_end_moves_none(group: list[Lot], anne_co: Party) -> None:
    anne = factory.bidder(group[0], anne_co, 8036)
    bid(anne, 1_000_000)
    before = [(lot.seq, lot.ends_at) for lot in again(group)]
    assert bid(anne, 1_100_000).code == "bid.self"
    assert [(lot.seq, lot.ends_at) for lot in again(group)] == before


@pytest.mark.django_db
def test_a_lot_that_is_over_stays_over(group: list[Lot], anne_co: Party) -> None:
    anne = factory.bidder(group[1], anne_co, 8036)
    Lot.objects.filter(pk=group[0].pk).update(ends_at=clock.now())
    bid(anne, 1_000_000)
    assert Lot.objects.get(pk=group[0].pk).extensions == 0
    assert Lot.objects.get(pk=group[2].pk).extensions == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_bids_on_all_members_at_once_wait_for_each_other_and_never_crosswise(group: list[Lot]) -> None:
    companies = [people.enterprise(f"g{n}", f"买家{n}", f"第{n}竞买有限公司", 100 + n) for n in range(6)]
    bidders: list[list[Bidder]] = [
        [factory.bidder(lot, company, 1000 + n) for lot in group] for n, company in enumerate(companies)
    ]

    def climb(number: int) -> list[Any]:
        order = group if number % 2 else group[::-1]
        mine = {row.lot_id: row for row in bidders[number]}
        return [bid(mine[lot.pk], 1_000_000 + 20_000 * (turn * 6 + number)) for turn in range(4) for lot in order]

    answers = race(6, climb)
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert {answer.code for each in answers for answer in each} <= {"", "bid.too_low", "bid.self"}
    lots = again(group)
    assert len({lot.ends_at for lot in lots}) == 1
    assert all(lot.bids_count for lot in lots)
