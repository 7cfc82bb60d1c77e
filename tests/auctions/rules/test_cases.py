"""Every worked example of the shared collection that one lot can show, through the functions for plain numbers."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from auctions.rules.cases import (
    dutch_outcome,
    english_history,
    judicial_terms,
    ladder,
    next_minimum,
    sealed_outcome,
    uniform_price,
)

FOLDERS = [parent / "shared" / "cases" for parent in Path(__file__).resolve().parents]
CASES = next((folder for folder in FOLDERS if folder.is_dir()), None)
OTHERS = ("vcg_package", "winner_determination", "core_nearest_vcg", "core_nearest_bids")  # the package rules' own

EBAY = ladder(
    [
        {"up_to": Decimal(up_to) if up_to else None, "increment": Decimal(step)}
        for up_to, step in zip(
            "0.99 4.99 24.99 99.99 249.99 499.99 999.99 2499.99 4999.99 ".split(" "),
            "0.05 0.25 0.5 1 2.5 5 10 25 50 100".split(),
            strict=True,
        )
    ]
)


def read(name: str) -> list[dict[str, Any]]:
    if CASES is None:
        return []
    return json.loads((CASES / name).read_text(), parse_float=Decimal)["cases"]  # type: ignore[no-any-return]


def sealed(case: dict[str, Any]) -> dict[str, Any]:
    bids = [(bid["bidder"], bid["amount"]) for bid in case["bids"]]
    winner, price = sealed_outcome(bids, case["pricing"], case.get("reserve", 0))
    return {"winner": winner, "price": price}


def maxima(case: dict[str, Any], bids: list[dict[str, Any]], **given: Any) -> Any:
    steps = EBAY if case.get("increments") == "eBay table" else ((0, case["increment"]),)
    return english_history(case["start"], steps, [(bid["bidder"], bid["max"]) for bid in bids], **given)


def proxy(case: dict[str, Any]) -> dict[str, Any]:
    if "examples" not in case:
        history = maxima(case, case["bids"])
        return {"history": history.steps, "next_minimum_bid": history.next_minimum}
    first, second = ({**case, **example} for example in case["examples"])
    stood = (first["state"]["leader"], first["state"]["current"], first["state"]["leader_max"])
    return {
        "example1": maxima(first, first["bids"], leader=stood).steps[-1],
        "example2": maxima(second, second["bids"]).steps,
    }


def uniform(case: dict[str, Any]) -> dict[str, Any]:
    bids = [(bid["bidder"], bid["qty"], Decimal(bid["price"])) for bid in case["bids"]]
    price, allocation = uniform_price(case["supply"], bids)
    without, left = uniform_price(case["supply"], [bid for bid in bids if bid[0] != "D"])
    return {
        "price": price,
        "allocation": allocation,
        "price_if_D_absent": without,
        "allocation_if_D_absent": left,
    }


def dutch(case: dict[str, Any]) -> dict[str, Any]:
    accepts = [(one["bidder"], one["at"]) for one in case["acceptances"]]
    return dutch_outcome(case["start"], case["step"], case["floor"], accepts, case["quantity"])


METHODS = {
    "sealed_second_price": lambda case: sealed({**case, "pricing": "second"}),
    "sealed_first_price": lambda case: sealed({**case, "pricing": "first"}),
    "english_increment": lambda case: {"next_bid": [next_minimum(at, ladder(case["table"])) for at in case["current"]]},
    "english_proxy": proxy,
    "english_proxy_tie": proxy,
    "uniform_price_multi_unit": uniform,
    "dutch": dutch,
    "cn_judicial_online": lambda case: judicial_terms(case["appraisal"], case["first_start"], case["hammer"]),
}


def close_enough(got: Any, expected: Any, tolerance: dict[str, Any]) -> bool:
    if isinstance(expected, dict):
        return all(close_enough(got[key], value, tolerance) for key, value in expected.items())
    if isinstance(expected, list):
        return len(got) == len(expected) and all(map(close_enough, got, expected, [tolerance] * len(expected)))
    if isinstance(expected, int | Decimal):
        off = Decimal(tolerance.get("abs", 0)) + Decimal(tolerance.get("rel", 0)) * abs(Decimal(expected))
        return abs(Decimal(got) - expected) <= off
    return bool(got == expected)


@pytest.mark.skipif(CASES is None, reason="the shared cases are not here")
@pytest.mark.parametrize("case", [c for c in read("auctions.json") if c["method"] not in OTHERS], ids=lambda c: c["id"])
def test_a_worked_example_comes_out_as_printed(case: dict[str, Any]) -> None:
    got = METHODS[case["method"]](case["inputs"])
    assert close_enough(got, case["expected"], case["tolerance"]), (got, case["expected"])


@pytest.mark.skipif(CASES is None, reason="the shared cases are not here")
def test_no_worked_example_of_a_lot_is_left_out_or_known_to_be_wrong() -> None:
    methods = {case["method"] for case in read("auctions.json")}
    assert methods <= {*METHODS, *OTHERS}
    assert not {case["method"] for case in read("non_reproducing.json")} & {*METHODS}


@pytest.mark.parametrize(
    ("bids", "pricing", "reserve", "outcome"),
    [
        ([("a", 7), ("b", 10)], "first", 11, (None, 0)),
        ([("a", 7), ("b", 10)], "second", 9, ("b", 9)),
        ([("a", 10), ("b", 10)], "first", 10, ("a", 10)),
        ([("a", 12), ("b", 10), ("c", 11)], "second", 0, ("a", 11)),
        ([("a", 12)], "second", 5, ("a", 5)),
    ],
)
def test_sealed_bids_by_hand(bids: Any, pricing: str, reserve: int, outcome: Any) -> None:
    assert sealed_outcome(bids, pricing, reserve) == outcome


@pytest.mark.parametrize(
    ("supply", "bids", "price", "allotted"),
    [
        (3, [], None, {}),
        (3, [("a", 1, 5), ("b", 1, 9)], 5, {"b": 1, "a": 1}),
        (3, [("a", 2, 5), ("b", 2, 5)], 5, {"a": 2, "b": 1}),
        (3, [("a", 2, 5), ("b", 1, 9), ("a", 5, 4)], 5, {"b": 1, "a": 2}),
        (4, [("a", 2, 5), ("b", 1, 9), ("a", 5, 4)], 4, {"b": 1, "a": 3}),
        (2, [("a", 2, 5), ("b", 3, 5)], 5, {"a": 2}),
    ],
)
def test_units_by_hand(supply: int, bids: Any, price: int | None, allotted: Any) -> None:
    assert uniform_price(supply, bids) == (price, allotted)


@pytest.mark.parametrize(
    ("accepts", "winner", "price"),
    [([], None, None), ([("a", 97)], "a", 95), ([("a", 90), ("b", 97)], "b", 95), ([("a", 4)], None, None)],
)
def test_the_clock_by_hand(accepts: Any, winner: str | None, price: int | None) -> None:
    got = dutch_outcome(100, 5, 10, accepts)
    assert (got["winner"], got["price"]) == (winner, price)


def test_the_reserve_lifts_a_history() -> None:
    history = english_history(10, [(0, 1)], [("a", 12), ("b", 20)], reserve=15)
    assert history.steps == (("a", 10), ("b", 15))
