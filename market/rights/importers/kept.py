"""How drafts and reasons are kept in a row while somebody looks at them: as JSON, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from market.kernel.errors import Refused
from market.rights.importers.drafts import Conveyance, RightDraft
from market.rights.rules.checked import Key

_DAYS = frozenset(field.name for field in fields(RightDraft) if field.type == (date | None))
Why = tuple[tuple[str, Refused], ...]  # (column or "", why)


def keep_draft(draft: RightDraft) -> dict[str, Any]:
    """The draft as JSON, without what it leaves open and without its warnings, which are kept as reasons."""
    told = {field.name: getattr(draft, field.name) for field in fields(draft) if field.name != "warnings"}
    return {name: _plain(value) for name, value in told.items() if value not in (None, "", (), False)}


def draft_of(said: Mapping[str, Any]) -> RightDraft:
    """The draft that `keep_draft` wrote."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    values |= {name: date.fromisoformat(said[name]) for name in _DAYS & said.keys()}
    values["key"] = Key(*said["key"])
    values["conveyances"] = tuple(map(_conveyance, said.get("conveyances", ())))
    return RightDraft(**{"type": "", **values})


def keep_why(why: Iterable[tuple[str, Refused]]) -> list[Any]:
    """Reasons as JSON: column, code and facts."""
    return [
        [column, refused.code, {name: _plain(fact) for name, fact in refused.facts.items()}] for column, refused in why
    ]


def why_of(said: Iterable[Any]) -> Why:
    """The reasons that `keep_why` wrote; days are days again, so that they are told as every other."""
    return tuple(
        (column, Refused(code, **{name: _fact(fact) for name, fact in facts.items()})) for column, code, facts in said
    )


def keep_conveyances(told: Iterable[Conveyance]) -> list[Any]:
    """The office's entries about owners as JSON."""
    return [_plain(one) for one in told]


def conveyances_of(kept: Iterable[Any]) -> list[Conveyance]:
    """The entries that `keep_conveyances` wrote."""
    return [_conveyance(one) for one in kept]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Conveyance):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _fact(value: Any) -> Any:
    if isinstance(value, str) and len(value) == 10 and value[4:5] == value[7:8] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _conveyance(said: Mapping[str, Any]) -> Conveyance:
    days = {name: date.fromisoformat(said[name]) if said[name] else None for name in ("on", "recorded_on")}
    parties = {name: tuple(said[name]) for name in ("given_by", "given_to")}
    return Conveyance(**{**said, **days, **parties})
