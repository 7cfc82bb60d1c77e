"""A Merkle tree over receipts, as RFC 6962 2.1 builds it: one hash stands for all of them, a short path for each."""

import hashlib
from collections.abc import Sequence


def leaf(entry: bytes) -> bytes:
    """The hash of one entry; the prefix keeps an entry from passing as a node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(entries: Sequence[bytes]) -> bytes:
    """The head of the tree over `entries` in their order; of none, the hash of nothing."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return leaf(entries[0])
    half = _split(len(entries))
    return node(root(entries[:half]), root(entries[half:]))


def path(entries: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from entry `index` (from 0) up to the root, nearest first."""
    if not 0 <= index < len(entries):
        raise IndexError(index)
    if len(entries) == 1:
        return []
    half = _split(len(entries))
    if index < half:
        return [*path(entries[:half], index), root(entries[half:])]
    return [*path(entries[half:], index - half), root(entries[:half])]


def included(entry: bytes, *, index: int, count: int, proof: Sequence[bytes], head: bytes) -> bool:
    """Whether `proof` shows that `entry` is number `index` (from 0) of `count` under the root `head` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < count:
        return False
    at, last, found = index, count - 1, leaf(entry)
    for beside in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(beside, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and found == head


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)
