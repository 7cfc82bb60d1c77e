"""The stand-alone verifier of package auctions: it accepts what the rules allocate and price, and no better-sounding file."""

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctions.rules.chain import Json
from auctions.rules.lot import Award
from auctions.rules.packages import Bid, Instance, Item, price, solve
from auctions.rules.packages.file import Unfounded, sealed, verify, written
from auctions.rules.packages.pricing import RULES
from auctions.rules.replay import log_of
from auctions.views.verify import FAMILIES, PROGRAMS
from market.kernel.money import Money
from tests.auctions.rules.script import cny, lot, play
from tests.auctions.trust.conftest import verdict
from tests.auctions.trust.logs import chained_again
from tests.effort import some, tries

PROGRAM = PROGRAMS / f"{FAMILIES['package']}.py"
LOTS = ("L-TEST", "L-2", "L-3", "L-4")
START = 1000


def audited(instance: Instance, rule: str, secret: dict[str, bool]) -> Json:
    """The audit file of the first lot of a package sale that was allocated and priced by the rules."""
    allocation = solve(instance)
    file = written(instance, allocation, rule, price(instance, allocation, rule), sale="S-TEST", currency="CNY")
    lots = [{"lot": name, "start": cny(START).wire(), "has_reserve": secret[name]} for name in LOTS]
    return {
        "package": {"file": file, "lots": lots, **awarded(file, secret["L-TEST"])[0]},
        **awarded(file, secret["L-TEST"])[1],
    }


def awarded(file: Json, hides: bool) -> tuple[Json, Json]:
    """The winner's paddle and the log of the lot as the engine awards it."""
    about = [bid for bid in file["bids"] if "L-TEST" in bid["bundle"]]
    mine = next((bid for bid in about if bid["order"] in file["allocation"]["winners"]), None)
    paddle, share = None, None
    if mine is not None:
        paid = next(
            Money.parse(one["amount"], "CNY") for one in file["prices"]["paid"] if one["bidder"] == mine["bidder"]
        )
        codes = sorted(mine["bundle"])
        paddle, share = int(mine["bidder"]), paid.split([START] * len(codes))[codes.index("L-TEST")].minor
    award = Award(paddle, share, len(about), len({bid["bidder"] for bid in about}), file["sha256"])
    played = play(lot(format="package", has_reserve=hides), [(3600, award)])
    assert played.codes == [""]
    return {"paddle": paddle}, {"log": log_of("L-TEST", played.state.head, played.events)}


@st.composite
def instances(draw: st.DrawFn) -> tuple[Instance, dict[str, bool]]:
    """Up to nine bids of four bidders for bundles of four lots, some of them with a reserve."""
    secret = {name: draw(st.booleans()) for name in LOTS}
    floors = {name: START + draw(st.integers(0, 800)) * secret[name] for name in LOTS}
    bundles = draw(st.lists(st.tuples(st.integers(1, 4), st.sets(st.sampled_from(LOTS), min_size=1)), max_size=9))
    bids = [
        Bid(
            str(bidder),
            dict.fromkeys(sorted(bundle), 1),
            len(bundle) * START + draw(st.integers(0, 900)) * len(bundle),
            n,
        )
        for n, (bidder, bundle) in enumerate(bundles, 1)
    ]
    return Instance(tuple(Item(name, 1, floors[name]) for name in LOTS), tuple(bids)), secret


@settings(max_examples=tries(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=instances(), rule=st.sampled_from(RULES))
def test_it_accepts_whatever_the_rules_allocate(
    made: tuple[Instance, dict[str, bool]], rule: str, tmp_path: Path
) -> None:
    body = audited(*made[:1], rule, made[1])
    said = verdict(tmp_path, body, program=PROGRAM)
    assert said.startswith("verified: L-TEST"), f"{said}\n{body}"


CONTEST = Instance(
    tuple(Item(name, 1, START) for name in LOTS),
    (
        Bid("1", {"L-TEST": 1, "L-2": 1}, 5000, 1),
        Bid("2", {"L-TEST": 1, "L-2": 1}, 5000, 2),
        Bid("3", {"L-2": 1}, 1900, 3),
        Bid("4", {"L-3": 1}, 2600, 4),
        Bid("2", {"L-3": 1, "L-4": 1}, 4400, 5),
        Bid("4", {"L-4": 1}, 2200, 6),
    ),
)


def lied(body: Json) -> list[tuple[str, Json]]:
    """Files that tell of another allocation, other prices or other bids, each made whole again."""
    lies: list[tuple[str, Json]] = []

    def lie(what: str) -> Json:
        forged = copy.deepcopy(body["package"]["file"])
        lies.append((what, forged))
        return forged

    for n, one in enumerate(body["package"]["file"]["bids"]):
        lie(f"bid {n} withdrawn")["bids"].pop(n)
        lie(f"bid {n} does not count")["bids"][n]["competes"] = not one["competes"]
        lie(f"bid {n} dearer")["bids"][n]["value"] = Money.parse(one["value"], "CNY").__add__(cny(5000)).plain()
        if one["order"] not in body["package"]["file"]["allocation"]["winners"]:
            lie(f"bid {n} wins, too")["allocation"]["winners"].append(one["order"])
    lie("the later of equal bids")["allocation"]["winners"][0] = 2
    for n, one in enumerate(body["package"]["file"]["prices"]["paid"]):
        for cents in (-300, 300):
            forged = lie(f"price {n} by {cents}")["prices"]
            forged["paid"][n]["amount"] = (Money.parse(one["amount"], "CNY") + cny(cents)).plain()
            forged["total"] = (Money.parse(forged["total"], "CNY") + cny(cents)).plain()
    return lies


@pytest.mark.proof
@pytest.mark.parametrize("rule", RULES)
def test_it_refuses_every_file_that_does_not_follow_from_its_bids(rule: str, tmp_path: Path) -> None:
    body = audited(CONTEST, rule, dict.fromkeys(LOTS, False))
    assert verdict(tmp_path, body, program=PROGRAM).startswith("verified")
    refused = 0
    for what, file in some(lied(body)):
        file = sealed(file)
        try:
            verify(file)
        except Unfounded:
            refused += 1
        else:
            continue
        told = copy.deepcopy(body)
        told["package"]["file"] = file
        told["log"]["events"][1]["payload"]["allocation"] = file["sha256"]
        told["log"] = chained_again(told["log"])
        assert verdict(tmp_path, told, program=PROGRAM).startswith("refused"), what
    assert refused > 1


def test_of_more_bids_than_it_can_solve_it_says_what_it_checked(tmp_path: Path) -> None:
    many = [Bid(str(10 + n), {LOTS[n % 4]: 1, LOTS[(n * 7 + 1 + n // 9) % 4]: 1}, 4000 + n % 13, n) for n in range(40)]
    body: Any = audited(Instance(CONTEST.items, tuple(many)), "pay_as_bid", dict.fromkeys(LOTS, False))
    program = tmp_path / PROGRAM.name
    program.write_text(PROGRAM.read_text().replace("200_000", "20"))
    said = verdict(tmp_path, body, program=program)
    assert said.startswith("Too many bids")
    assert "verified: L-TEST" in said
