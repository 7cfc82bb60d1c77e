"""The market's seal: verified offline by whoever has the certificate, broken by a single byte, kept from other eyes."""

import re
import stat
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from market.documents import render, seal

TERMS = {
    "heading": ["成交确认书", "Sale confirmation"],
    "number": "D-1",
    "parties": [],
    "clauses": [],
    "signatories": [],
}


@pytest.fixture(scope="module")
def paper() -> bytes:
    """A sealed paper."""
    return seal.sealed(render.pdf("confirmation", TERMS), reason="成交确认书 Sale confirmation")


def test_a_stranger_with_the_certificate_verifies_it(paper: bytes) -> None:
    assert seal.verify(paper, seal.certificate_pem())
    assert not seal.verify(render.pdf("confirmation", TERMS), seal.certificate_pem())


def covered(paper: bytes) -> list[tuple[int, int]]:
    """Where the bytes lie that the signature is over: all but the signature itself."""
    ranges = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", paper)
    assert ranges is not None
    first, length, second, rest = map(int, ranges.groups())
    return [(first, first + length), (second, second + rest)]


def test_the_signature_is_over_every_byte_but_its_own(paper: bytes) -> None:
    (start, hole), (after, end) = covered(paper)
    assert (start, end) == (0, len(paper))
    assert re.fullmatch(rb"<[0-9a-fA-F]+>", paper[hole:after])


@pytest.mark.parametrize("part", range(12))
def test_one_changed_byte_breaks_it(paper: bytes, part: int) -> None:
    (start, hole), (after, end) = covered(paper)
    places = [*range(start, hole), *range(after, end)]
    at = places[len(places) * part // 12 + 7]
    changed = bytearray(paper)
    changed[at] ^= 1
    assert not seal.verify(bytes(changed), seal.certificate_pem())


def test_what_is_added_behind_it_breaks_it(paper: bytes) -> None:
    assert not seal.verify(paper + b"\n% and one more page", seal.certificate_pem())


def test_another_seal_is_not_ours(paper: bytes, tmp_path: Path) -> None:
    make = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=x -days 9"
    subprocess.run(make.split(), cwd=tmp_path, check=True, capture_output=True)
    assert not seal.verify(paper, (tmp_path / "cert.pem").read_bytes())


def test_the_key_is_the_markets_alone_and_never_in_a_paper(paper: bytes) -> None:
    key = Path(settings.VAR) / "seal" / "key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert b"PRIVATE KEY" not in paper + seal.certificate_pem()


@pytest.mark.django_db
def test_anybody_may_fetch_the_certificate() -> None:
    answer = Client().get("/seal.pem")
    assert answer.content == seal.certificate_pem()
