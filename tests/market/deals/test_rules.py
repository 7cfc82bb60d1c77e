"""The tables of a deal: sums, who signs, what comes next and by when."""

from datetime import date
from itertools import pairwise

import pytest

from market.deals.models import Deal, Paper, Signature
from market.deals.rules import moves
from market.deals.rules.figures import quote
from market.deals.rules.moves import Next
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings.fees.rules import flat


def yuan(fen: int) -> Money:
    return Money(fen, "CNY")


@pytest.mark.parametrize(
    ("price", "seller_bp", "buyer_bp", "premium", "commission", "due", "proceeds"),
    [
        (144_000_000, 300, 500, 7_200_000, 4_320_000, 151_200_000, 139_680_000),
        (100_01, 300, 500, 5_00, 3_00, 105_01, 97_01),
        (1_11, 500, 500, 6, 6, 1_17, 1_05),
        (90, 500, 500, 5, 5, 95, 85),
        (118_000_000, 0, 0, 0, 0, 118_000_000, 118_000_000),
    ],
)
def test_the_sums_of_a_deal_add_up_to_the_fen(
    price: int, seller_bp: int, buyer_bp: int, premium: int, commission: int, due: int, proceeds: int
) -> None:
    made = quote(yuan(price), seller=flat(seller_bp), buyer=flat(buyer_bp)).figures
    assert (made.premium, made.commission) == (yuan(premium), yuan(commission))
    assert (made.total_due, made.proceeds) == (yuan(due), yuan(proceeds))
    assert made.total_due - made.proceeds == made.premium + made.commission


@pytest.mark.parametrize("agreed", [-1, 10_001])
def test_no_commission_exceeds_the_price(agreed: int) -> None:
    with pytest.raises(Refused, match=r"fees\.rate"):
        flat(agreed)


@pytest.mark.parametrize(
    ("state", "moved_on", "due"),
    [
        ("formed", date(2026, 12, 2), date(2026, 12, 4)),
        ("formed", date(2026, 12, 4), date(2026, 12, 8)),
        ("confirmed", date(2026, 12, 2), date(2026, 12, 16)),
        ("signed", date(2026, 9, 24), date(2026, 10, 15)),
        ("paid", date(2026, 12, 2), date(2026, 12, 16)),
        ("filed", date(2026, 12, 2), None),
        ("closed", date(2026, 12, 2), None),
    ],
)
def test_days_are_working_days_after_the_move(state: str, moved_on: date, due: date | None) -> None:
    assert moves.due_on(state, moved_on, {}) == due


def test_the_days_a_sale_agreed_on_count_before_the_usual_ones() -> None:
    assert moves.due_on("signed", date(2026, 12, 2), {"signed": 5}) == date(2026, 12, 9)


@pytest.mark.parametrize(
    ("state", "signed", "what", "roles"),
    [
        ("formed", {}, "draft_confirmation", ()),
        ("formed", {"confirmation": []}, "sign_confirmation", ("buyer", "agency")),
        ("formed", {"confirmation": ["agency"]}, "sign_confirmation", ("buyer",)),
        ("confirmed", {"confirmation": ["buyer", "agency"]}, "draft_contract", ()),
        ("confirmed", {"contract": []}, "sign_contract", ("seller", "buyer")),
        ("confirmed", {"contract": ["buyer"]}, "sign_contract", ("seller",)),
        ("signed", {}, "pay", ("buyer",)),
        ("paid", {}, "file", ("agency",)),
        ("filed", {}, "decide", ()),
        ("refused", {}, "cure", ("agency",)),
        ("title_passed", {}, "settle", ("agency",)),
        ("settled", {}, "pay_out", ("agency",)),
        ("closed", {}, "none", ()),
        ("defaulted", {}, "none", ()),
    ],
)
def test_what_comes_next(state: str, signed: dict[str, list[str]], what: str, roles: tuple[str, ...]) -> None:
    assert moves.next_of(state, signed) == Next(what, roles)


def test_no_contract_is_drafted_for_a_licence() -> None:
    signed = {"confirmation": ["buyer", "agency"]}
    assert moves.next_of("confirmed", signed, missing_terms=["patent_no"], to_speak=("buyer",)) == Next(
        "agree_terms", ("buyer",)
    )
    assert moves.next_of("formed", {}, to_speak=("buyer",)) == Next("draft_confirmation", ())


def test_a_contract_the_register_cannot_fill_waits_for_the_agency() -> None:
    lacking = moves.next_of("confirmed", {"confirmation": ["buyer", "agency"]}, missing_terms=["patent_no"])
    assert lacking == Next("complete_contract", ("agency",))


@pytest.mark.parametrize(
    ("kind", "role", "state", "code"),
    [
        ("confirmation", "buyer", "formed", None),
        ("confirmation", "agency", "formed", None),
        ("contract", "seller", "confirmed", None),
        ("contract", "buyer", "confirmed", None),
        ("confirmation", "seller", "formed", "paper.not_yours"),
        ("contract", "agency", "confirmed", "paper.not_yours"),
        ("contract", "regulator", "confirmed", "paper.not_yours"),
        ("confirmation", "buyer", "confirmed", "paper.closed"),
        ("contract", "buyer", "formed", "paper.closed"),
        ("contract", "buyer", "annulled", "paper.closed"),
    ],
)
def test_who_signs_what_and_when(kind: str, role: str, state: str, code: str | None) -> None:
    if code is None:
        moves.check_signing(kind, role, state)
        return
    with pytest.raises(Refused) as caught:
        moves.check_signing(kind, role, state)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("state", "marks"),
    [
        ("formed", "current todo todo todo todo todo todo"),
        ("signed", "done done current todo todo todo todo"),
        ("refused", "done done done done failed todo todo"),
        ("closed", "done done done done done done done"),
        ("annulled", "todo todo todo todo todo todo todo"),
    ],
)
def test_the_walk_shows_where_the_deal_stands(state: str, marks: str) -> None:
    assert [mark for _, mark in moves.walk(state)] == marks.split()


def test_the_tables_know_every_state_paper_and_role() -> None:
    assert {*moves.LIVE, *moves.ENDED_BADLY, "closed"} == {*Deal.State.values}
    assert {*moves.SIGNERS} == {*Paper.Kind.values}
    assert {role for roles in moves.SIGNERS.values() for role in roles} == {*Signature.Role.values}
    assert all(state in Deal.MOVES.get(source, ()) for source, state in _arrows())


def _arrows() -> list[tuple[str, str]]:
    states = [state for _, state in moves.WALK] + ["closed"]
    return list(pairwise(states))
