"""The published file: it verifies offline, holds no reserve, and nothing in it can be changed unnoticed."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from auctions.rules.packages import RULES, Bid, Instance, Item, price, solve
from auctions.rules.packages.file import Unfounded, sealed, verify, written
from tests.auctions.packages import cats, oracle
from tests.effort import some

ITEMS = (Item("L-A", 1, 41), Item("L-B", 1, 37))
# Nobody else wants B, so that its price is the reserve; A's is what the loser would have paid.
BIDS = (Bid("8036", {"L-A": 1}, 90, 1), Bid("2417", {"L-B": 1}, 80, 2), Bid("5512", {"L-A": 1}, 60, 3))
LOW = Bid("7001", {"L-A": 1}, 40, 4)
AUCTION = Instance(ITEMS, (*BIDS, LOW))


def file_of(instance: Instance, rule: str = "vcg") -> dict[str, Any]:
    found = solve(instance)
    made = written(instance, found, rule, price(instance, found, rule), sale="S-1", currency="CNY")
    return json.loads(json.dumps(made))


def test_the_file_says_which_bids_met_the_reserve_and_never_the_reserve() -> None:
    file = file_of(AUCTION)
    assert [bid["competes"] for bid in file["bids"]] == [True, True, True, False]
    assert file["prices"]["paid"] == [
        {"bidder": "8036", "amount": "0.60", "is_reserve": False},
        {"bidder": "2417", "amount": "0.37", "is_reserve": True},
    ]
    # The price of B is its reserve and says so; the reserve of A stands nowhere.
    assert "0.41" not in json.dumps(file)


@pytest.mark.proof
@pytest.mark.parametrize("rule", RULES)
def test_every_honest_file_verifies(rule: str) -> None:
    for seed in some(range(120)):
        instance = oracle.instance(random.Random(seed))
        verdict = verify(file_of(instance, rule))
        assert verdict.optimal
        assert verdict.proven_again


def at(file: dict[str, Any], *path: Any, to: Any) -> None:
    *way, last = path
    place: Any = file
    for step in way:
        place = place[step]
    place[last] = to


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: at(f, "schema", to="luochui.packages/2"), "schema"),
        (lambda f: at(f, "rule", to="pay_as_bid"), "price of"),
        (lambda f: at(f, "rule", to="cheapest"), "no such auction"),
        (lambda f: at(f, "bids", 2, "value", to="0.95"), "better allocation|bound"),
        (lambda f: at(f, "bids", 0, "value", to="0.91"), "total"),
        (lambda f: at(f, "bids", 2, "competes", to=False), "price of"),
        (lambda f: at(f, "bids", 0, "competes", to=False), "does not compete"),
        (lambda f: at(f, "bids", 1, "bundle", to={"L-A": 1}), "fit together"),
        (lambda f: at(f, "bids", 1, "order", to=1), "no such auction"),
        (lambda f: at(f, "items", 0, "quantity", to=2), "better allocation|bound"),
        (lambda f: at(f, "groups", to=[{"name": "g", "items": ["L-A", "L-B"]}]), "no such auction"),
        (lambda f: at(f, "allocation", "winners", to=[2, 3]), "total"),
        (lambda f: at(f, "allocation", "value", to="1.71"), "total"),
        (lambda f: at(f, "allocation", "bound", to="1.69"), "bound"),
        (lambda f: at(f, "allocation", "bound", to="1.75"), "bound is not the total"),
        (lambda f: at(f, "prices", "paid", 0, "amount", to="0.61"), "price of 8036"),
        (lambda f: at(f, "prices", "paid", 1, "is_reserve", to=False), "price of 2417"),
        (lambda f: at(f, "prices", "paid", to=f["prices"]["paid"][:1]), "price of 2417"),
        (lambda f: at(f, "prices", "total", to="0.96"), "add up"),
        (lambda f: f.pop("bids"), "not a file"),
        (lambda f: at(f, "bids", 0, "value", to=90), "no such auction|not a file"),
    ],
)
def test_whatever_is_changed_is_found_even_with_a_new_hash(change: Callable[[Any], Any], said: str) -> None:
    file = file_of(AUCTION)
    change(file)
    if file["schema"] == "luochui.packages/1":
        with pytest.raises(Unfounded, match=r"hash|not a file"):
            verify(file)
    with pytest.raises(Unfounded, match=said):
        verify(sealed(file))


def test_of_equal_allocations_only_the_earliest_verifies() -> None:
    tie = Instance((Item("L-A"),), (Bid("1001", {"L-A": 1}, 50, 1), Bid("1002", {"L-A": 1}, 50, 2)))
    file = file_of(tie, "pay_as_bid")
    assert file["allocation"]["winners"] == [1]
    at(file, "allocation", "winners", to=[2])
    at(file, "prices", "paid", 0, "bidder", to="1002")
    with pytest.raises(Unfounded, match="earlier bids"):
        verify(sealed(file))


def test_an_unproven_file_says_so_and_is_held_to_its_bound() -> None:
    instance = cats.three_of_all(100, 1_000, random.Random(1))
    found = solve(instance, limit_s=0.3)
    file = written(instance, found, "core_nearest_vcg", None, sale="S-1", currency="CNY")
    assert file["allocation"]["optimal"] is False
    assert file["allocation"]["gap_ppm"] > 0
    verdict = verify(file, limit_s=0.3)
    assert (verdict.optimal, verdict.priced) == (False, False)
    claimed = written(instance, replace(found, optimal=True), "core_nearest_vcg", None, sale="S-1", currency="CNY")
    with pytest.raises(Unfounded, match="bound is not the total"):
        verify(claimed, limit_s=0.3)


def said_by(*arguments: str) -> str:
    out = StringIO()
    call_command("solve_packages", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_needs_the_file_only(tmp_path: Path) -> None:
    path = tmp_path / "packages.json"
    path.write_text(json.dumps(file_of(AUCTION)))
    assert "verified: 1.70 CNY, the best possible; prices follow from the rule" in said_by(str(path))
    file = file_of(AUCTION)
    at(file, "prices", "total", to="0.96")
    path.write_text(json.dumps(sealed(file)))
    with pytest.raises(CommandError, match="NOT VERIFIED: the prices do not add up"):
        said_by(str(path))
    for wrong in ("[]", "{}", "no"):
        path.write_text(wrong)
        with pytest.raises(CommandError, match="NOT VERIFIED"):
            said_by(str(path))
    with pytest.raises(CommandError, match="NOT VERIFIED"):
        said_by(str(tmp_path / "nowhere.json"))
