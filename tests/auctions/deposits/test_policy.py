"""What a sale may take as its deposits, how much of each lot, and what that means after a default."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from auctions import actions
from auctions.deposits import rules
from auctions.models import Lot, Sale
from auctions.rules.presets import COMMERCIAL, EXCHANGE_DYNAMIC, JUDICIAL_ONLINE, RuleSet
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings.models import Listing
from market.parties.models import User
from tests.auctions.sales.conftest import add_lot, drafted, offered, published, yuan  # noqa: F401

ClientOf = Callable[[User | None], Client]
BOND, EARNEST, ADVANCE = rules.BID_BOND, rules.EARNEST_MONEY, rules.ADVANCE


def answer(act: Callable[[], object]) -> str:
    """The code of the refusal, "" for none."""
    try:
        act()
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("preset", "kind", "fixed", "code"),
    [
        (JUDICIAL_ONLINE, BOND, None, ""),
        (JUDICIAL_ONLINE, EARNEST, None, "sale.deposit_kind"),
        (JUDICIAL_ONLINE, BOND, 50_000, "sale.deposit_fixed"),
        (EXCHANGE_DYNAMIC, ADVANCE, None, ""),
        (EXCHANGE_DYNAMIC, EARNEST, None, "sale.deposit_kind"),
        (COMMERCIAL, EARNEST, None, ""),
        (COMMERCIAL, EARNEST, 50_000, ""),
        (COMMERCIAL, "gift", None, "sale.deposit_kind"),
    ],
)
def test_a_rule_set_says_what_a_deposit_may_be(preset: RuleSet, kind: str, fixed: int | None, code: str) -> None:
    sum_of_all = None if fixed is None else yuan(fixed)
    assert answer(lambda: rules.check_policy(preset, kind=kind, fixed=sum_of_all)) == code


@pytest.mark.parametrize(
    ("preset", "kind", "fixed", "deposit", "lowest", "code"),
    [
        (COMMERCIAL, BOND, None, 50_000, 1_000_000, ""),
        (COMMERCIAL, BOND, None, 200_000, 1_000_000, ""),
        (COMMERCIAL, BOND, None, 49_999, 1_000_000, "lot.deposit_range"),
        (COMMERCIAL, BOND, None, 200_001, 1_000_000, "lot.deposit_range"),
        (EXCHANGE_DYNAMIC, BOND, None, 300_000, 1_000_000, ""),
        (COMMERCIAL, BOND, 30_000, 30_000, 1_000_000, ""),
        (COMMERCIAL, BOND, 30_000, 50_000, 1_000_000, "lot.deposit_fixed"),
        (COMMERCIAL, EARNEST, None, 200_000, 1_000_000, ""),
        (COMMERCIAL, EARNEST, None, 100_001, 500_000, "lot.earnest_over"),  # the price may fall to half the start
        (COMMERCIAL, BOND, None, 100_001, 500_000, ""),
        (COMMERCIAL, EARNEST, 200_001, 200_001, 1_000_000, "lot.earnest_over"),
    ],
)
def test_a_lots_deposit_is_the_sales_sum_or_within_the_range_and_earnest_money_a_fifth(
    preset: RuleSet, kind: str, fixed: int | None, deposit: int, lowest: int, code: str
) -> None:
    told: dict[str, Any] = {"kind": kind, "fixed": None if fixed is None else yuan(fixed)}
    amounts = {"start": yuan(1_000_000), "lowest": yuan(lowest)}
    assert answer(lambda: rules.check_deposit(preset, yuan(deposit), **told, **amounts)) == code


@pytest.mark.parametrize(
    ("kind", "paid", "forfeited", "again"),
    [
        (BOND, 300, 300, 0),
        (EARNEST, 150, 150, 150),
        (EARNEST, 200, 200, 200),
        (EARNEST, 300, 200, 200),
        (ADVANCE, 300, 0, 0),
    ],
)
def test_what_either_side_loses_by_a_default_follows_from_what_the_deposit_is(
    kind: str, paid: int, forfeited: int, again: int
) -> None:
    assert rules.forfeitable(kind, yuan(paid), yuan(1000)) == yuan(forfeited)
    assert rules.owed_again(kind, yuan(paid), yuan(1000)) == yuan(again)


@pytest.mark.django_db
def test_the_sale_takes_earnest_money_and_the_lot_form_says_how_much(
    drafted: Callable[..., Sale],  # noqa: F811
    offered: Listing,  # noqa: F811
    zhou_min: User,
    client_of: ClientOf,
) -> None:
    sale, desk = drafted(deposit_kind=EARNEST), client_of(zhou_min)
    url = f"/desk/sales/{sale.code}/"
    assert "Between 5% and 20% of the starting price" in desk.get(url).content.decode()
    typed = {"listing": offered.code, "start": "1000000", "step": "20000", "hours": "24", "format": "english"}
    page = desk.post(url, typed | {"deposit": "200001"})
    assert [*page.context["form"].errors] == ["deposit"]
    assert "200,000" in page.content.decode()
    falls = {"format": "dutch", "falls_by": "10000", "every_s": "60", "floor": "400000"}
    page = desk.post(url, typed | falls | {"deposit": "100000"})
    assert [*page.context["form"].errors] == ["deposit"]
    assert "80,000" in page.content.decode(), "a fifth of the lowest price"
    assert not Lot.objects.exists()
    with pytest.raises(Refused, match=r"^sale\.deposit_kind"):
        actions.change_sale(sale=sale, ruleset="exchange_dynamic", by=zhou_min)


@pytest.mark.django_db
def test_one_sum_for_every_lot_goes_into_the_lots_there_are_and_come(
    drafted: Callable[..., Sale],  # noqa: F811
    offered: Listing,  # noqa: F811
    zhou_min: User,
    client_of: ClientOf,
) -> None:
    sale = drafted()
    lot = add_lot(sale, offered, zhou_min)
    actions.change_sale(sale=sale, deposit_fixed=yuan(30_000), by=zhou_min)
    lot.refresh_from_db()
    assert lot.deposit == yuan(30_000)
    actions.remove_lot(lot=lot, by=zhou_min)
    typed = {"listing": offered.code, "start": "1000000", "step": "20000", "hours": "24", "format": "english"}
    client_of(zhou_min).post(f"/desk/sales/{sale.code}/", typed | {"deposit": "1"})
    assert Lot.objects.get().deposit == Money(30_000_00, "CNY")
    with pytest.raises(Refused, match=r"^sale\.deposit_fixed"):
        actions.change_sale(sale=sale, ruleset="exchange_dynamic", by=zhou_min)
