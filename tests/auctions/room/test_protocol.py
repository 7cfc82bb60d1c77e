"""What the decoder takes and what it does not: the bad frames of the catalogue (W-…) that need no socket."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctions.protocol import BadFrame, BidFrame, PingFrame, ResumeFrame, decode
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from tests.auctions.room import contract

KEY = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"


def a_bid(**changes: Any) -> str:
    frame = {"type": "bid", "key": KEY, "amount": {"amount": "1180000.00", "currency": "CNY"}, "seen_seq": 41}
    return json.dumps({name: value for name, value in {**frame, **changes}.items() if value is not ...})


def of(amount: Any, currency: Any = "CNY") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def told(refused: Refused) -> str:
    """The refusal's sentence in English."""
    with translation.override("en"):
        return sentence(refused)


def test_good_frames_are_read() -> None:
    assert decode(a_bid()) == BidFrame(UUID(KEY), Money(118000000, "CNY"), 41)
    assert decode(a_bid().encode()) == BidFrame(UUID(KEY), Money(118000000, "CNY"), 41)
    assert decode(a_bid(kind="proxy")) == BidFrame(UUID(KEY), Money(118000000, "CNY"), 41, "proxy")
    assert decode(a_bid(kind="units", units=3)) == BidFrame(UUID(KEY), Money(118000000, "CNY"), 41, "units", 3)
    assert decode('{"type":"resume","last_seq":-1}') == ResumeFrame(-1)
    assert decode(' {"t0": 123456, "type": "ping"}\n') == PingFrame(123456)
    assert decode(a_bid(key="00000000-0000-0000-0000-000000000000")).key == UUID(int=0)  # type: ignore[union-attr]


@pytest.mark.parametrize("text", [pytest.param(text, id=f"W-08-{text}") for text in ("5", "5.0", "5.00")])
def test_an_amount_may_be_written_with_or_without_its_decimals(text: str) -> None:
    assert decode(a_bid(amount=of(text))).amount == Money(500, "CNY")  # type: ignore[union-attr]


WRITTEN_OTHERWISE = ("1e3", "1_000", "１２３", "١٢٣", "+5", " 5", "5,00", "0x10", "5.")
BAD: list[tuple[str, str | bytes, str]] = [
    ("W-01", "{", "frame.json"),
    ("W-02", "", "frame.empty"),
    ("W-03", "[]", "frame.object"),
    ("W-03", '"x"', "frame.object"),
    ("W-03", "1", "frame.object"),
    ("W-03", "null", "frame.object"),
    ("W-03", "true", "frame.object"),
    ("W-04", "{}", "frame.type"),
    ("W-04", '{"type":"shout"}', "frame.type"),
    ("W-04", '{"type":7}', "frame.type"),
    ("W-04", '{"type":["bid"]}', "frame.type"),
    ("W-05", a_bid(key=...), "frame.field_missing"),
    ("W-05", a_bid(amount=...), "frame.field_missing"),
    ("W-05", a_bid(seen_seq=...), "frame.field_missing"),
    ("W-05", a_bid(amount={"amount": "5"}), "amount.format"),
    ("W-06", a_bid(lot="L-1"), "frame.field_unknown"),
    ("W-06", a_bid(amount={**of("5"), "fee": "1"}), "amount.format"),
    ("W-06", '{"type":"ping","t0":1,"ts":2}', "frame.field_unknown"),
    ("W-07", a_bid(amount=5), "frame.field_type"),
    ("W-07", a_bid(amount="5"), "frame.field_type"),
    ("W-07", a_bid(amount=of(5)), "amount.format"),
    ("W-07", a_bid(seen_seq=True), "frame.field_type"),
    ("W-07", a_bid(seen_seq="41"), "frame.field_type"),
    ("W-07", a_bid(seen_seq=None), "frame.field_type"),
    ("W-09", '{"type":"ping","t0":NaN}', "frame.json"),
    ("W-09", '{"type":"ping","t0":Infinity}', "frame.json"),
    ("W-09", '{"type":"ping","t0":1e400}', "frame.number"),
    ("W-09", '{"type":"ping","t0":1.5}', "frame.number"),
    ("W-10", '{"type":"ping","t0":' + "9" * 5000 + "}", "frame.number"),
    ("W-11", "[" * 5000, "frame.depth"),
    ("W-11", '{"a":' * 3000, "frame.depth"),
    ("W-12", '{"type":"\\ud800"}', "frame.text"),
    ("W-13", a_bid(key="\u0000"), "frame.text"),
    ("W-14", '{"type":"bid","type":"ping"}', "frame.duplicate_key"),
    ("W-14", a_bid()[:-1] + ',"amount":{"amount":"1","amount":"999"}}', "frame.duplicate_key"),
    ("W-15", "\ufeff" + a_bid(), "frame.json"),
    ("W-16", b"\xc3\x28", "frame.text"),  # over HTTP; a websocket is closed with 1007
    ("W-18", a_bid() + " " * 16 * 1024, "frame.too_big"),
    ("W-18", "\u4e00" * 6000, "frame.too_big"),
    ("W-38", '{"type":"resume","last_seq":"x"}', "frame.field_type"),
    ("W-40", a_bid(key="1"), "frame.key"),
    ("W-40", a_bid(key=KEY.upper()), "frame.key"),
    ("W-40", a_bid(key=KEY.replace("-", "")), "frame.key"),
    ("W-40", a_bid(key=7), "frame.field_type"),
    ("W-46", a_bid(amount=of("-5")), "amount.format"),
    ("W-46", a_bid(amount=of("-0")), "amount.format"),
    *(("W-47", a_bid(amount=of(text)), "amount.format") for text in WRITTEN_OTHERWISE),
    ("W-48", a_bid(amount=of("1.005")), "amount.precision"),
    ("W-48", a_bid(amount=of("1.5", "JPY")), "amount.precision"),
    ("W-48", a_bid(amount=of("1.2345", "KWD")), "amount.format"),
    ("W-49", a_bid(amount=of("92233720368547758.08")), "amount.format"),
    ("W-49", a_bid(amount=of("999999999999999")), "amount.range"),
    ("W-50", a_bid(amount=of("5", "cny")), "currency.unknown"),
    ("W-50", a_bid(amount=of("5", "ZZZ")), "currency.unknown"),
    ("W-50", a_bid(amount=of("5", 7)), "amount.format"),
    ("W-52", a_bid(ts=1), "frame.field_unknown"),  # no time of the client's is asked for, nor taken
    # how one bids: told beside the amount, and never as the auctioneer who calls a bid from the floor
    ("W-04", a_bid(kind="floor"), "frame.kind"),
    ("W-04", a_bid(kind="Proxy"), "frame.kind"),
    ("W-04", a_bid(kind=""), "frame.kind"),
    ("W-04", a_bid(kind="ex\u0430ct"), "frame.kind"),
    ("W-07", a_bid(kind=None), "frame.field_type"),
    ("W-07", a_bid(kind=["proxy"]), "frame.field_type"),
    ("W-07", a_bid(kind="units", units="3"), "frame.field_type"),
    ("W-07", a_bid(kind="units", units=True), "frame.field_type"),
    ("W-07", a_bid(kind="units", units=None), "frame.field_type"),
    ("W-09", a_bid(kind="units", units=1.5), "frame.number"),
    ("W-10", a_bid(kind="units", units=0), "frame.units"),
    ("W-10", a_bid(kind="units", units=-1), "frame.units"),
    ("W-10", a_bid(kind="units", units=1_000_001), "frame.units"),
    ("W-10", a_bid(units=2), "frame.units"),
    ("W-10", a_bid(kind="proxy", units=2), "frame.units"),
    ("W-60", a_bid(text="<b>hello</b>"), "frame.field_unknown"),  # nothing on this wire is free text
]


@pytest.mark.parametrize(
    ("raw", "code"), [pytest.param(raw, code, id=f"{row}-{n}-{code}") for n, (row, raw, code) in enumerate(BAD)]
)
def test_a_bad_frame_is_named_and_told_how_to_do_better(raw: str | bytes, code: str) -> None:
    with pytest.raises(BadFrame) as bad:
        decode(raw)
    assert bad.value.code == code
    assert len(told(bad.value)) > 20
    contract.hold_received(raw)


def test_a_bad_bid_says_which_bid_it_was() -> None:
    with pytest.raises(BadFrame) as bad:
        decode(a_bid(amount=of("1e3")))
    assert bad.value.key == KEY


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_a_frame_or_a_named_mistake(value: Any) -> None:
    with pytest.raises(BadFrame):
        decode(json.dumps(value))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text() | st.binary())
def test_any_text_is_a_frame_or_a_named_mistake(raw: str | bytes) -> None:
    with pytest.raises(BadFrame):
        decode(raw)


@pytest.mark.parametrize(
    "code",
    [
        *(
            "bid.too_low",
            "bid.off_grid",
            "bid.self",
            "bid.lot_closed",
            "bid.not_open",
            "bid.key_reused",
            "bid.currency",
        ),
        *(
            "bid.not_registered",
            "bid.deposit_missing",
            "bid.related_party",
            "bid.suspended",
            "bid.too_fast",
            "bid.busy",
        ),
    ],
)
def test_every_refusal_of_a_bid_has_its_sentence(code: str) -> None:
    wire = Money(100, "CNY").wire()
    facts = dict.fromkeys(("minimum", "below", "above", "price", "amount"), wire)
    moments = {"ended_at": "2026-12-02T03:00:00.000000Z", "opens_at": "2026-12-02T03:00:00.000000Z"}
    assert len(told(Refused(code, **facts, **moments, currency="CNY", limit=5))) > 20
