"""Decides what becomes of everything handed in: each line a right to enter, one the register has, or a refusal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.rights import actions
from market.rights.importers.delivery import read_delivery
from market.rights.importers.drafts import MEGABYTE, Line, RightDraft
from market.rights.importers.markup import LARGEST
from market.rights.importers.models import CREATED, EXISTS, NEW, REFUSED
from market.rights.queries import entered_among, owners_named

READABLE = (".xml", ".csv", ".tsv", ".xlsx", ".zip")
MOST_FILES = 10_000
Why = tuple[tuple[str, Refused], ...]  # (column or "", why)


@dataclass(frozen=True, slots=True)
class Judged:
    """A line and what becomes of it: `new` or `created` with the warnings about it, `exists`, `refused` with the faults."""

    line: Line
    outcome: str
    why: Why = ()


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files named, and of each folder those a reader knows, by name. Refused `import.too_many_files`."""
    files: list[Path] = []
    for path in paths:
        inside = (one for one in path.rglob("*") if one.suffix.lower() in READABLE and one.is_file())
        for file in inside if path.is_dir() else [path]:
            files.append(file)
            if len(files) > MOST_FILES:
                raise Refused("import.too_many_files", limit=MOST_FILES)
    return sorted(files, key=str)


def read_file(path: Path, *, today: date) -> Iterator[Line]:
    """The lines of a file on this machine; one too large to be read, or that will not open, is a line that says so."""
    try:
        too_large = path.stat().st_size > LARGEST
        data = b"" if too_large else path.read_bytes()
    except OSError:
        yield Line(path.name, 0, faults=(("", Refused("import.not_opened", name=path.name)),))
        return
    if too_large:
        yield Line(path.name, 0, faults=(("", Refused("import.too_large", name=path.name, limit=LARGEST // MEGABYTE)),))
        return
    yield from read_delivery(path.name, data, today=today)


def judge(lines: Sequence[Line], *, seen: set[object] | None = None) -> list[Judged]:
    """What would become of each line now, with the same few questions however many lines; nothing is written.

    `seen` remembers the rights of files judged before: the second line about one `exists`.
    """
    seen = set() if seen is None else seen
    drafts = [line.draft for line in lines if line.draft is not None]
    known, bearers = iter(entered_among(drafts)), owners_named(drafts)
    return [
        Judged(line, REFUSED, line.faults)
        if line.draft is None
        else _judged(line, line.draft, next(known), bearers, seen)
        for line in lines
    ]


def _judged(line: Line, draft: RightDraft, known: bool, bearers: dict[str, Party], seen: set[object]) -> Judged:
    strangers = [code for code in draft.holder_usccs if code not in bearers]
    if not known and strangers:
        return Judged(line, REFUSED, tuple(("", Refused("import.holder_unknown", uscc=code)) for code in strangers))
    again = known or identity(draft) in seen
    seen.add(identity(draft))
    return Judged(line, EXISTS if again else NEW, tuple(("", warning) for warning in (*draft.warnings, *_named(draft))))


def identity(draft: RightDraft) -> tuple[object, ...]:
    """What two drafts of one right have in common: its kind and number, of a mark also its class."""
    return draft.kind, *draft.key, draft.nice_class


def _named(draft: RightDraft) -> Iterator[Refused]:
    """Whom an office's file names as owner: nobody here by that name alone."""
    names = draft.owners or draft.assignees
    if names and not draft.holder_usccs:
        yield Refused("import.owner_named", names=", ".join(names)[:300])


def enter(judged: Judged, *, party: Party, by: User | None) -> Judged:
    """Enter a `new` line for `party` in a transaction of its own; anything else stays as it was judged."""
    if judged.outcome != NEW or judged.line.draft is None:
        return judged
    try:
        actions.take_in(draft=judged.line.draft, party=party, by=by)
    except Refused as refused:
        return replace(judged, outcome=REFUSED, why=(("", refused),))
    return replace(judged, outcome=CREATED)
