"""The rows of the catalogue (W-…) that only bytes on a real connection can show: framing, handshake, a reader who stops."""

import json
import socket
import time
from collections.abc import Iterator

import pytest

from auctions import consumers, guests, sockets
from auctions.models import Lot
from tests.auctions.room.server import Line, rss_kb, serving

pytestmark = pytest.mark.django_db(transaction=True)

TEXT, BINARY, CONTINUED, PING, PONG = 1, 2, 0, 9, 10
PLEASE = b'{"type":"ping","t0":7}'


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server for the whole file."""
    with serving() as listening:
        yield listening


@pytest.fixture
def line(port: int, lot: Lot) -> Iterator[Line]:
    """An open line that has heard its hello."""
    made = Line(port, lot.code)
    made.hear(b'"hello"')
    yield made
    made.socket.close()


def test_w_16_text_that_is_not_utf_8_closes_with_1007(line: Line) -> None:
    line.frame(TEXT, b"\xc3\x28")
    assert line.closed() == 1007


def test_w_17_a_binary_frame_closes_with_1003(line: Line) -> None:
    line.frame(BINARY, b"\0")
    assert line.closed() == 1003


def test_w_18_one_byte_over_16_kib_closes_with_1009(line: Line) -> None:
    before = rss_kb()
    line.frame(TEXT, b" " * (16 * 1024 + 1))
    assert line.closed() == 1009
    assert rss_kb() - before < 10_000


def test_w_19_two_gib_that_are_only_announced_close_with_1009(line: Line) -> None:
    line.raw(b"\x81\xff" + (2**31).to_bytes(8, "big") + b"\1\2\3\4")
    assert line.closed() == 1009


def test_w_20_fragments_without_end_close_with_1009_when_they_add_up(line: Line) -> None:
    line.frame(TEXT, b"{", fin=0)
    line.raw(b"".join(b"\x00\x81\0\0\0\0 " for _ in range(16 * 1024)))
    assert line.closed() == 1009


def test_w_21_control_frames_may_come_between_fragments(line: Line) -> None:
    line.frame(TEXT, PLEASE[:10], fin=0)
    line.frame(PING, b"there?")
    line.frame(CONTINUED, PLEASE[10:])
    kinds = [(opcode, payload[:15]) for opcode, payload in (next(line.frames()) for _ in range(3)) if payload]
    assert (PONG, b"there?") in kinds
    assert json.loads(PLEASE)["t0"] == 7


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\x81\x02{}", id="W-23-unmasked"),
        pytest.param(b"\xa1\x82\0\0\0\0{}", id="W-23-rsv2"),
        pytest.param(b"\x83\x82\0\0\0\0{}", id="W-23-reserved-opcode"),
        pytest.param(b"\x89\xfe\x00\x80\0\0\0\0" + b"x" * 128, id="W-23-long-ping"),
        pytest.param(b"\xc1\x82\0\0\0\0{}", id="W-24-rsv1"),
    ],
)
def test_a_frame_against_the_standard_closes_with_1002(line: Line, sent: bytes) -> None:
    line.raw(sent)
    assert line.closed() == 1002


def test_w_24_compression_is_not_agreed_to(port: int, lot: Lot) -> None:
    offered = Line(port, lot.code, b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
    assert offered.opened == 101
    assert b"permessage-deflate" not in offered.answer


@pytest.mark.parametrize("byte", [pytest.param(byte, id=f"W-30-{byte.hex()}") for byte in (b"\x0b", b"\x1c", b"\x85")])
def test_a_header_smuggled_into_another_is_not_one(port: int, lot: Lot, byte: bytes) -> None:
    smuggled = Line(port, lot.code, b"X-Harmless: a" + byte + b"X-Forwarded-For: 8.8.8.8", patience=1)
    assert smuggled.opened in (101, 400, None)
    assert guests_of(port) <= {"127.0.0.1"}
    smuggled.socket.close()


def guests_of(port: int) -> set[str]:
    """The addresses that hold connections, in all loops of this process."""
    return {address for seats in guests._guests.values() for address in seats.addresses}


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/ws/v1/lots/../../admin/", id="W-31-dots"),
        pytest.param("/ws/v1/lots/%2e%2e/%2e%2e/admin/", id="W-31-escaped"),
        pytest.param("/ws/v1/lots/" + "a" * 10_240 + "/x", id="W-31-long"),
        pytest.param("/ws/", id="W-31-short"),
    ],
)
def test_any_other_address_is_404_without_a_trace(port: int, path: str) -> None:
    refused = Line(port, "", path=path, patience=1)
    # uvicorn leaves a handshake it cannot read unanswered (nginx says 414 before it gets there)
    assert refused.opened == (404 if len(path) < 8192 else None)
    refused.socket.close()
    assert b"Traceback" not in refused.answer + refused.rest


def test_w_35_lines_that_come_and_go_leave_nothing(port: int, lot: Lot) -> None:
    for _ in range(50):
        Line(port, lot.code).socket.close()
    deadline = time.monotonic() + 5
    while guests_of(port) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not guests_of(port)


def test_w_36_a_reader_who_stops_is_cut_off_and_costs_little(
    port: int, lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "FRAMES_A_SECOND", 100_000)
    monkeypatch.setattr(sockets, "STUCK_AFTER", 0.5)
    stopped = Line(port, lot.code)
    stopped.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    before = rss_kb()
    stopped.socket.settimeout(1)
    ask = (
        b"\x81"
        + bytes((0x80 | len(b'{"type":"resume","last_seq":0}'),))
        + b"\0\0\0\0"
        + b'{"type":"resume","last_seq":0}'
    )
    stopped.raw(ask * 20_000)
    deadline = time.monotonic() + 15
    while guests_of(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not guests_of(port), "the line is still held"
    assert rss_kb() - before < 20_000


def test_one_address_may_not_hold_every_connection(port: int, lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "PER_ADDRESS", 3)
    lines = [Line(port, lot.code) for _ in range(4)]
    assert [line.opened for line in lines] == [101, 101, 101, 503]
    assert b"retry-after: 10" in lines[3].answer.lower()
    lines[0].socket.close()
    deadline = time.monotonic() + 5
    while (again := Line(port, lot.code)).opened != 101 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert again.opened == 101
