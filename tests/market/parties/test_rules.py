"""Unified social credit codes: real ones pass, slips are named with the character expected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.errors import Refused
from market.parties.rules import inner_check, outer_check, uscc


@pytest.mark.parametrize(
    "code",
    [
        "11220000013544357T",  # Jilin provincial government office
        "91110000600037341L",
        "91310115591693856A",
        "91310110666007217T",
        "914403001922038216",
        "9144030071526726XG",  # inner check X
        "12100000400000624D",
        "N2220102MF0000005P",
        "Y1220000MB12345621",
        "A1110000MA00000076",
    ],
)
def test_a_valid_code_passes(code: str) -> None:
    assert uscc(code) == code


@pytest.mark.parametrize(
    "typed",
    [
        "９１１１００００６０００３７３４１Ｌ",
        " 91110000 60003734 1l ",
        "911100006-00037341-L",
        "91110000—600037341L\n",
        "91110000600037341l",
    ],
)
def test_it_may_be_typed_as_people_type(typed: str) -> None:
    assert uscc(typed) == "91110000600037341L"


@pytest.mark.parametrize(
    ("code", "position", "expected", "got"),
    [
        ("91350211M00013FA1N", 18, "3", "N"),  # an early pilot code that never conformed
        ("91110000600037341M", 18, "L", "M"),
        ("A1110000600037341L", 18, "K", "L"),
        ("91440300713555564J", 18, "9", "J"),
    ],
)
def test_a_slip_is_named_with_the_character_expected(code: str, position: int, expected: str, got: str) -> None:
    with pytest.raises(Refused) as refused:
        uscc(code)
    assert refused.value.code == "uscc.check_digit"
    facts = refused.value.facts
    assert (facts["position"], facts["expected"], facts["got"]) == (position, expected, got)


def test_a_slip_in_the_organisation_code_is_told_apart() -> None:
    body = "91110000600037342"  # the organisation code's own check is 1
    with pytest.raises(Refused) as refused:
        uscc(body + outer_check(body))
    assert refused.value.facts == {
        "expected": "1",
        "got": "2",
        "position": 17,
        "typed": body + outer_check(body),
    }


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "9111000060003734",
        "91110000600037341LL",
        "9111000060003734IL",  # a capital i
        "B1110000600037341L",
        "90110000600037341L",
        "9111A000600037341L",
        "٩١١١٠٠٠٠600037341L",  # digits of another script
        "91110000600037341Ｏ",
    ],
)
def test_anything_else_is_no_code(typed: str) -> None:
    with pytest.raises(Refused, match=r"uscc\.format"):
        uscc(typed)


areas = st.from_regex(r"\A[0-9]{6}\Z")
organisations = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)


@given(st.sampled_from("123456789ANY"), areas, organisations, st.integers(0, 17), st.data())
def test_every_single_slip_of_the_check_characters_is_found(
    authority: str, area: str, organisation: str, place: int, data: st.DataObject
) -> None:
    body = f"{authority}1{area}{organisation}{inner_check(organisation)}"
    code = body + outer_check(body)
    assert uscc(code) == code
    other = data.draw(st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY").filter(lambda sign: sign != code[place]))
    with pytest.raises(Refused):
        uscc(code[:place] + other + code[place + 1 :])
