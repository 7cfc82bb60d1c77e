"""The register as a fold: what the entries about a right say of it on any day (专利法实施细则 106)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from market.rights.rules.facts import Burden, Owner
from market.rights.rules.holding import in_force

# What begins a burden, and what ends it.
ENDS: Mapping[str, str] = {
    "pledge": "pledge_release",
    "preservation": "preservation_release",
    "suspension": "suspension_end",
    "licence": "licence_end",
    "open_licence": "open_licence_end",
    "dispute": "dispute_end",
    "compulsory_licence": "licence_end",
}
# What moves a right from one state to another: the entry the office makes.
MOVES: Mapping[tuple[str, str], str] = {
    ("pending", "granted"): "grant",
    ("pending", "registered"): "grant",
    ("pending", "lapsed"): "lapse",
    **{(state, "lapsed"): "lapse" for state in ("granted", "registered")},
    **{(state, "expired"): "expiry" for state in ("granted", "registered")},
    **{(state, "invalidated"): "invalidation" for state in ("granted", "registered")},
    ("lapsed", "granted"): "restoration",
    ("lapsed", "registered"): "restoration",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what kind, of which legal day, and what it says: "state", "owners" (code, name, numerator,
    denominator), "expires_on" (ISO), and for burdens "burden" (its number) with its particulars."""

    kind: str
    on: date
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Register:
    """What the register said on a day. State "" is a right nobody had entered."""

    state: str = ""
    owners: tuple[Owner, ...] = ()
    burdens: tuple[Burden, ...] = ()
    expires_on: date | None = None


def fold(entries: Iterable[Entry], on: date) -> Register:
    """The register at the end of the day `on`; `entries` in the order they were made, those of one day in turn."""
    seen = Register()
    open_burdens: dict[int, Burden] = {}
    for entry in sorted((entry for entry in entries if entry.on <= on), key=lambda entry: entry.on):
        said = entry.data
        if entry.kind in ENDS:
            open_burdens[said["burden"]] = _burden(entry)
        elif "burden" in said:
            open_burdens.pop(said["burden"], None)
        seen = replace(
            seen,
            state=said.get("state", seen.state),
            owners=_owners(said["owners"]) if "owners" in said else seen.owners,
            expires_on=_day(said["expires_on"]) if "expires_on" in said else seen.expires_on,
        )
    live = tuple(burden for burden in open_burdens.values() if in_force(burden, on))
    return replace(seen, burdens=live)


def _burden(entry: Entry) -> Burden:
    said = entry.data
    return Burden(
        entry.kind,
        said["in_favour_of"],
        said.get("number", ""),
        entry.on,
        _day(said.get("until")),
        grade=said.get("grade", ""),
    )


def _owners(rows: Sequence[tuple[str, str, int, int]]) -> tuple[Owner, ...]:
    owners = (Owner(code, name, Fraction(numerator, denominator)) for code, name, numerator, denominator in rows)
    return tuple(sorted(owners, key=lambda owner: -owner.share))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
