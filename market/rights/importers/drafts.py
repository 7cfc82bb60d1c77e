"""What an importer hands on: one right as a file describes it, checked in form, not yet in the register."""

from dataclasses import dataclass
from datetime import date

from market.kernel.errors import Refused
from market.rights.rules.checked import Key

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RightDraft:
    """A right as it stood in a file; the words and keys are those of the register's models.

    `key` and `number` identify it. `type` is a patent's type or a work's kind. `expires_on` is the last day in force
    where the file or the law tells. `row` is its row in a table, 0 for a file of its own.
    """

    kind: str
    type: str
    office: str
    key: Key
    number: str
    title: str
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
    holder_usccs: tuple[str, ...] = ()
    filed_on: date | None = None
    published_on: date | None = None
    granted_on: date | None = None
    completed_on: date | None = None
    expires_on: date | None = None
    term_extension_days: int = 0
    terminal_disclaimer: bool = False
    ipc: tuple[str, ...] = ()
    nice_class: int | None = None
    groups: tuple[str, ...] = ()
    goods: str = ""
    industry: str = ""
    row: int = 0
    source: str = ""
    warnings: tuple[Refused, ...] = ()
