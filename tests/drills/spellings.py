"""How an amount may lie in bytes: in text, in JSON, in UTF-16, in base64, as integers of the machine, and where it was found."""

import struct
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from market.kernel.money import Money, capital

BLOCK = 1 << 20


def spellings(amount: Money) -> tuple[bytes, ...]:
    """Every way in which we expect somebody to find an amount of many digits; what several ways share stands for them.

    "1180000.00", "118000000" and any JSON with them share the first digits; so do UTF-16 of both byte orders.
    """
    whole, _, cents = amount.plain().partition(".")
    texts = whole, f"{int(whole):,}.{cents}", f"{amount.minor:x}", capital(amount)
    wide = whole.encode("utf-16-le")[:-1], whole.encode("utf-32-le")[:-3], capital(amount).encode("utf-16-le")
    numbers = struct.pack("<q", amount.minor), struct.pack(">q", amount.minor), struct.pack("<d", float(amount.plain()))
    python = struct.pack("<II", amount.minor & (2**30 - 1), amount.minor >> 30)  # the digits of a Python integer
    return (*(text.encode() for text in texts), *wide, *numbers, python, *_base64(whole.encode()))


def _base64(text: bytes) -> Iterator[bytes]:
    """What is the same in every base64 of whatever holds the text: one for each place it may begin at."""
    for before in range(3):
        begun = b64encode(b"\0" * before + text)
        yield begun[(before * 8 + 5) // 6 : (before + len(text)) * 8 // 6]


def found(places: Iterable[Path], amounts: Iterable[Money]) -> dict[Money, set[str]]:
    """In which files, at or below the given paths, each of the amounts lies; every amount has an entry."""
    where: dict[Money, set[str]] = {amount: set() for amount in amounts}
    search = Search({spelling: amount for amount in where for spelling in spellings(amount)})
    for path in files(places):
        for amount in search.of(path):
            where[amount].add(path.name)
    return where


class Search:
    """Many byte strings sought at once in files of any size: a core file is read once, and its empty pages are skipped."""

    def __init__(self, meaning: Mapping[bytes, Money]) -> None:
        self.meaning = meaning
        self.longest = max(map(len, meaning))
        self.keys: dict[int, list[tuple[bytes, int]]] = {}
        self.known = np.zeros(1 << 24, bool)
        for wanted in meaning:
            at = max(range(len(wanted) - 2), key=lambda at: len(set(wanted[at : at + 3]) - {0}))
            key = int.from_bytes(wanted[at : at + 3], "big")
            self.keys.setdefault(key, []).append((wanted, at))
            self.known[key] = True

    def of(self, path: Path) -> set[Money]:
        """What lies in the file."""
        hits: set[Money] = set()
        with path.open("rb") as file:
            tail = b""
            while block := file.read(BLOCK):
                if block.count(0) < len(block):
                    hits |= self._within(tail + block)
                tail = block[-self.longest :]
        return hits

    def _within(self, block: bytes) -> set[Money]:
        """What lies in the block: three bytes of each string are looked for everywhere, then the whole string there."""
        if len(block) < 3:
            return set()
        one = np.frombuffer(block, np.uint8).astype(np.uint32)
        keys = one[:-2] << 16 | one[1:-1] << 8 | one[2:]
        return {
            self.meaning[wanted]
            for place in np.flatnonzero(self.known[keys]).tolist()
            for wanted, at in self.keys[int(keys[place])]
            if place >= at and block.startswith(wanted, place - at)
        }


def files(places: Iterable[Path]) -> Iterator[Path]:
    """The files at or below the given paths."""
    for place in places:
        yield from (path for path in ([place] if place.is_file() else sorted(place.rglob("*"))) if path.is_file())
