"""Decides what becomes of everything handed in: each line a right to enter, one the register has, or a refusal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.db import IntegrityError

from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.rights.importers.delivery import read_delivery
from market.rights.importers.drafts import MEGABYTE, Line, RightDraft
from market.rights.importers.entering import enter_many
from market.rights.importers.kept import Why
from market.rights.importers.markup import LARGEST
from market.rights.importers.models import CREATED, EXISTS, NEW, REFUSED
from market.rights.queries import entered_among, owners_named

READABLE = (".xml", ".csv", ".tsv", ".xlsx", ".zip")
MOST_FILES = 10_000
BATCH = 100


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


def is_whole(judged: Iterable[Judged]) -> bool:
    """Whether no line of a file is refused, so that it may be entered without anybody choosing what is left out."""
    return all(one.outcome != REFUSED for one in judged)


def enter(judged: Sequence[Judged], *, party: Party, by: User | None) -> list[Judged]:
    """Enter the `new` lines for `party`, a batch in a transaction of its own; everything else stays as it was judged. A
    batch that loses a race is entered line by line, and who was second `exists`."""
    entered: list[Judged] = []
    for first in range(0, len(judged), BATCH):
        batch = judged[first : first + BATCH]
        try:
            entered += _entered(batch, party, by)
        except IntegrityError:
            entered += [one for line in batch for one in _entered_alone(line, party, by)]
    return entered


def _entered(batch: Sequence[Judged], party: Party, by: User | None) -> list[Judged]:
    new = [one.line.draft for one in batch if one.outcome == NEW and one.line.draft]
    if new:
        enter_many(new, party=party, by=by, subject=party.ref)
    return [replace(one, outcome=CREATED) if one.outcome == NEW else one for one in batch]


def _entered_alone(line: Judged, party: Party, by: User | None) -> list[Judged]:
    try:
        return _entered([line], party, by)
    except IntegrityError:
        return [replace(line, outcome=EXISTS)]
