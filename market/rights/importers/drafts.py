"""What an importer hands on: one right as a file describes it, checked in form, not yet in the register."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from market.kernel.errors import Refused
from market.rights.rules.checked import Key

MEGABYTE = 1024 * 1024
TITLE, ENGLISH_TITLE = 600, 400  # letters the register keeps


@dataclass(frozen=True, slots=True)
class Conveyance:
    """An entry of the office's about owners: from whom to whom, of the day it was executed or else recorded.

    `kind` is "transfer" or, when a holder only changed its name, "change"; `number` is the office's own (reel/frame).
    """

    kind: str
    on: date
    recorded_on: date | None
    given_by: tuple[str, ...]
    given_to: tuple[str, ...]
    words: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RightDraft:
    """A right as it stood in a file; the words and keys are those of the register's models.

    `key` and `number` identify it; a registered mark may stand in the register under its application's number, too,
    `other_keys`. `type` is a patent's type, a work's kind, a circuit's function or how a plant grows. `expires_on` is the
    last day in force where the file or the law tells. `row` is its row in a table, 0 for a file of its own. `owners` are
    whom the office names as owning it today, `conveyances` how it came to them.
    """

    kind: str
    type: str
    office: str
    key: Key
    number: str
    title: str
    other_keys: tuple[str, ...] = ()
    title_en: str = ""
    abstract: str = ""
    first_claim: str = ""
    claims: int | None = None
    application_no: str = ""
    publication_no: str = ""
    publication_kind: str = ""
    grant_no: str = ""
    inventors: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    conveyances: tuple[Conveyance, ...] = ()
    holder_usccs: tuple[str, ...] = ()
    filed_on: date | None = None
    published_on: date | None = None
    granted_on: date | None = None
    completed_on: date | None = None
    exploited_on: date | None = None
    expires_on: date | None = None
    term_extension_days: int = 0
    terminal_disclaimer: bool = False
    ipc: tuple[str, ...] = ()
    nice_class: int | None = None
    groups: tuple[str, ...] = ()
    goods: str = ""
    species: str = ""
    industry: str = ""
    row: int = 0
    source: str = ""
    warnings: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One right of a file, or one reason why there is none: the draft it gives, or everything that is wrong with it.

    `row` is its row or place in the file, 0 when the file is one right alone. Of a table, `form` says which, and `cells`
    are the row's own words by column, so that they can be mended and read again. Of markup, `unmapped` are the paths of
    elements that nothing in the register comes from.
    """

    file: str
    row: int
    draft: RightDraft | None = None
    faults: tuple[tuple[str, Refused], ...] = ()  # (column or "", why)
    form: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
