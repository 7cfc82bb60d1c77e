"""The stand-alone verifier: honest papers pass, and whatever the rules' own replay refuses, it refuses."""

import ast
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctions import signing
from auctions.rules import receipts
from auctions.rules.chain import Json, unstamp
from auctions.views.verify import PROGRAMS, SERVED
from market.kernel.money import Money
from tests.auctions.trust.conftest import verdict
from tests.auctions.trust.logs import chained_again, changed, held, leaves, lies, log
from tests.effort import some, tries

BIDS = [(1, 12, 1_000_000), (2, 30, 1_020_000), (5, 12, 1_060_000), (29, 30, 1_100_000), (30.5, 12, 1_150_000)]
KEY = "0b9c5a52-8a4f-4a4b-9d0e-0d3f5f7e9a11"

HONEST = {
    "sold after extensions": log(BIDS),
    "still open": log(BIDS, closed=False),
    "nobody bid": log([], has_reserve=False),
    "nobody bid under a reserve": log([]),
    "below the reserve": log(BIDS[:1]),
    "a secret reserve met": log(BIDS, show_reserve_met=False),
    "a secret reserve not met": log(BIDS[:1], show_reserve_met=False),
    "one bidder does not suffice": log(BIDS[:1], has_reserve=False, one_bidder_suffices=False),
    "the leader raises": log([*BIDS, (30.6, 12, 1_200_000)], leader_may_raise=True, has_reserve=False),
    "up to the hard end": log([*BIDS, (32, 30, 1_200_000), (33.9, 12, 1_250_000), (34.9, 30, 1_300_000)]),
    "in yen": log(BIDS, currency="JPY", has_reserve=False),
}


def receipt_of(honest: Json, at: int) -> Json:
    """A signed receipt for the bid that is event `at` of a log."""
    event = honest["events"][at - 1]
    place = receipts.Place(honest["lot"], at, event["hash"], at, event["hash"])
    amount = Money.from_wire(event["payload"]["amount"])
    return signing.sign(receipts.receipt(place, key=KEY, amount=amount, at=unstamp(event["at"])))  # type: ignore[arg-type]


def audit_of(honest: Json) -> Json:
    closed_at = unstamp(honest["events"][-1]["at"])
    return signing.sign(receipts.audit(honest, closed_at=closed_at, ruleset="commercial"))


@pytest.mark.parametrize("name", sorted(SERVED - {"luochui_open"}))
def test_each_is_one_short_file_that_needs_the_standard_library_only(name: str) -> None:
    text = (PROGRAMS / f"{name}.py").read_text()
    imported = [
        alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names
    ]
    assert len(text.splitlines()) < 100
    assert set(imported) <= set(sys.stdlib_module_names)
    assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_log_passes(name: str, tmp_path: Path) -> None:
    assert held(HONEST[name])
    said = verdict(tmp_path, HONEST[name])
    assert said.startswith(f"verified: L-TEST, {len(HONEST[name]['events'])} events, ")
    assert HONEST[name]["head"] in said


@pytest.mark.proof
@pytest.mark.parametrize("name", HONEST)
def test_it_refuses_every_lie_the_rules_refuse_however_well_chained(name: str, tmp_path: Path) -> None:
    """The chain is made again after the lie, so that only the rules can tell; and it accepts what they accept."""
    checked = refused = 0
    for what, lie in some(lies(HONEST[name])):
        try:
            forged = chained_again(lie)
        except (ValueError, TypeError, AttributeError):
            continue  # not even a log
        checked, fine = checked + 1, held(forged)
        refused += not fine
        said = verdict(tmp_path, forged)
        untold = any(record["kind"] == "reserve_met" for record in HONEST[name]["events"]) or "reserve" in what
        assert said.startswith("verified") == fine or (fine and untold), f"{what}: replay says {fine}, verifier {said}"
    assert refused > checked // 2 > 1


@pytest.mark.proof
def test_without_the_chain_made_again_no_changed_value_passes(tmp_path: Path) -> None:
    honest = HONEST["sold after extensions"]
    passed = [path for path in some(leaves(honest)) if path[0] != "format"]
    passed = [path for path in passed if verdict(tmp_path, changed(honest, path)).startswith("verified")]
    assert passed == []


def test_a_stranger_runs_it_on_a_signed_audit_file_a_receipt_and_the_keys(stranger: Callable[..., Any]) -> None:
    honest = HONEST["sold after extensions"]
    audit, receipt, keys = audit_of(honest), receipt_of(honest, 3), signing.published()
    done = stranger(keys, receipt, audit)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"signed by {audit['key']}" in done.stdout
    lie = stranger(keys, receipt, audit | {"body": changed(audit["body"], ("closed_at",))})
    assert lie.returncode == 1
    assert "the signature does not hold" in lie.stderr
    assert stranger().returncode == 1


@pytest.mark.proof
def test_no_changed_value_of_a_signed_paper_passes(tmp_path: Path) -> None:
    honest = HONEST["below the reserve"]
    audit, receipt = audit_of(honest), receipt_of(honest, 2)
    assert verdict(tmp_path, audit, receipt).startswith("verified")
    through = [
        path for path in some(leaves(audit)) if verdict(tmp_path, changed(audit, path), receipt).startswith("verified")
    ]
    through += [
        path
        for path in some(leaves(receipt))
        if verdict(tmp_path, audit, changed(receipt, path)).startswith("verified")
    ]
    assert through == []


@pytest.mark.proof
def test_no_flipped_byte_of_an_audit_file_passes(tmp_path: Path) -> None:
    """Each class of byte: digits, letters, hex, quotes, brackets, blanks; one bit of it turned."""
    text = json.dumps(audit_of(HONEST["below the reserve"]), indent=1, ensure_ascii=False)
    dice = random.Random(20261126)
    through = []
    for place in dice.sample(range(len(text)), tries(150)):
        bit = 1 << dice.randrange(7)
        flipped = text[:place] + chr(ord(text[place]) ^ bit) + text[place + 1 :]
        if verdict(tmp_path, flipped).startswith("verified") and json.loads(flipped) != json.loads(text):
            through.append((place, text[place], flipped[place]))
    assert through == []


@pytest.mark.parametrize(
    "forge",
    [
        lambda paper, other: {**paper, "signature": other["signature"]},
        lambda paper, other: {**paper, "key": other["key"]},
        lambda paper, other: {**paper, "public": other["public"]},
        lambda paper, other: {**paper, "signature": paper["signature"].upper()},
        lambda paper, other: {**paper, "signature": paper["signature"][:64] + "f" * 64},
        lambda paper, other: {**paper, "signature": paper["signature"] + "00"},
        lambda paper, other: {**paper, "public": "ed" + "ff" * 30 + "7f"},
        lambda paper, other: {name: value for name, value in paper.items() if name != "signature"},
    ],
)
def test_a_signature_that_is_not_ours_does_not_pass(forge: Callable[[Json, Json], Json], tmp_path: Path) -> None:
    honest = HONEST["still open"]
    paper = receipt_of(honest, 3)
    other = receipt_of(honest, 4)
    assert verdict(tmp_path, honest, paper).startswith("verified")
    assert verdict(tmp_path, honest, forge(paper, other)).startswith("refused") or forge(paper, other) == paper


def test_a_paper_by_a_key_that_is_not_published_does_not_pass(tmp_path: Path, settings: Any) -> None:
    honest = HONEST["still open"]
    keys = signing.published()
    settings.SIGNING_DIR = str(tmp_path / "impostor")
    paper = receipt_of(honest, 3)
    assert verdict(tmp_path, honest, paper).startswith("verified")  # nobody said which keys are the platform's
    assert "does not publish" in verdict(tmp_path, honest, paper, keys)


def test_a_receipt_whose_bid_the_log_left_out_is_missed(tmp_path: Path) -> None:
    """An operator drops the last bid and publishes a log that is right in itself: the receipt shows it."""
    shorter = log(BIDS[:-1])
    receipt = receipt_of(HONEST["sold after extensions"], 8)
    assert held(shorter)
    assert verdict(tmp_path, shorter).startswith("verified")
    assert verdict(tmp_path, shorter, receipt).startswith("refused")
    assert verdict(tmp_path, HONEST["sold after extensions"], receipt).startswith("verified")


@settings(max_examples=tries(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bids=st.lists(
        st.tuples(st.floats(0.1, 34.9), st.integers(1, 3), st.integers(50, 60).map(lambda steps: steps * 20_000)),
        max_size=6,
    ),
    window=st.sampled_from([0, 60, 300]),
    flags=st.tuples(*[st.booleans()] * 4),
    closed=st.booleans(),
)
def test_whatever_the_rules_write_it_verifies(
    bids: list[tuple[float, int, int]], window: int, flags: tuple[bool, ...], closed: bool, tmp_path: Path
) -> None:
    has_reserve, show, suffices, raising = flags
    made = log(
        sorted(bids),
        closed=closed,
        extension_window_s=window,
        has_reserve=has_reserve,
        show_reserve_met=show,
        one_bidder_suffices=suffices,
        leader_may_raise=raising,
    )
    assert held(made)
    assert verdict(tmp_path, made).startswith("verified")
