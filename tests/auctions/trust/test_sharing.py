"""The mathematics under sealed bids: shares of a secret, and the tree over receipts."""

import hashlib
import itertools
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auctions.rules import merkle, shares

# The browser's `split` of this secret with this noise gives the same shares (tests/browser/test_sealed.py joins them here).
SECRET, NOISE = bytes(range(32)), bytes(range(200, 232))


@given(st.binary(min_size=1, max_size=40), st.integers(2, 4), st.integers(0, 3), st.randoms())
def test_any_so_many_shares_give_the_secret(secret: bytes, needed: int, more: int, dice: object) -> None:
    count = needed + more
    made = shares.split(secret, needed=needed, shares=count, noise=secrets.token_bytes((needed - 1) * len(secret)))
    for chosen in itertools.combinations(made, needed):
        assert shares.join({number: made[number] for number in chosen}) == secret


def test_a_share_is_on_the_line_the_noise_draws() -> None:
    """By hand: share x is secret + x * noise in GF(256); 2 * 0x80 is 0x1b there."""
    made = shares.split(b"\x01", needed=2, shares=3, noise=b"\x80")
    assert made == {1: b"\x81", 2: bytes([0x01 ^ 0x1B]), 3: bytes([0x01 ^ 0x80 ^ 0x1B])}
    assert hashlib.sha256(b"".join(shares.split(SECRET, needed=2, shares=3, noise=NOISE).values())).hexdigest() == (
        "6640d843d39c4d39b39883c02a2c92c6d4457f1dca3ebb04b68819e181fa3ce5"
    )


def test_one_share_fits_every_secret() -> None:
    """Whatever the secret is, some noise gives the same first share: it tells nothing."""
    first = {shares.split(bytes([secret]), needed=2, shares=2, noise=bytes([secret ^ 77]))[1] for secret in range(256)}
    assert first == {bytes([77])}


@pytest.mark.parametrize(("needed", "count", "noise"), [(1, 3, b""), (3, 2, b"12"), (2, 256, b"1"), (2, 3, b"")])
def test_shares_that_would_not_hold_are_not_made(needed: int, count: int, noise: bytes) -> None:
    with pytest.raises(ValueError, match="shares cannot"):
        shares.split(b"x", needed=needed, shares=count, noise=noise)


def test_what_cannot_be_of_one_secret_is_not_joined() -> None:
    for wrong in ({}, {1: b"ab", 2: b"c"}, {0: b"ab", 2: b"cd"}, {256: b"ab", 2: b"cd"}):
        with pytest.raises(ValueError, match="not shares"):
            shares.join(wrong)


# RFC 6962's own tree (certificate-transparency's reference vectors): eight entries, and the root over the first n.
TEXTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ENTRIES = [bytes.fromhex(text) for text in TEXTS]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("count", ROOTS)
def test_the_tree_is_that_of_the_standard(count: int) -> None:
    assert merkle.root(ENTRIES[:count]).hex() == ROOTS[count]


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_each_entry_hangs_under_the_root_and_nothing_else_does(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    head, proof = merkle.root(entries), merkle.path(entries, index)
    told = {"index": index, "count": len(entries), "head": head}
    assert merkle.included(entries[index], proof=proof, **told)  # type: ignore[arg-type]
    assert not merkle.included(entries[index] + b"x", proof=proof, **told)  # type: ignore[arg-type]
    assert not merkle.included(entries[index], proof=[*proof, b"0" * 32], **told)  # type: ignore[arg-type]
    if proof:
        assert not merkle.included(entries[index], proof=proof[:-1], **told)  # type: ignore[arg-type]
    assert not merkle.included(entries[index], proof=proof, **{**told, "index": len(entries)})  # type: ignore[arg-type]
