"""The filing as the actions prepare, lock, move and tell it, and the files it keeps."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from market.documents import actions as documents
from market.documents.models import Version
from market.documents.pack import pack
from market.documents.rules import clean_name
from market.documents.uploads import Upload
from market.filings import queries
from market.filings.models import Filing
from market.filings.rules import steps
from market.kernel.errors import Conflict
from market.kernel.states import move
from market.parties.access import require
from market.parties.models import User
from market.trail import journal


def prepared(
    papers: Callable[[Filing], Mapping[str, bytes]], actor: str, *, told: list[str], due_on: date | None, **about: Any
) -> Filing:
    """The filing about a deal or declaration with the pack of its `papers` [filing.prepared -> told]; again: the first."""
    (right,) = (about[key].right for key in ("deal", "declaration") if key in about)
    try:
        with transaction.atomic():
            filing = Filing.objects.create(**about, office=right.office, due_on=due_on)
    except IntegrityError:
        return queries.filings().get(**about)
    filing.pack = keep(filing, "filing-pack", Upload(f"{filing.code}.zip", pack(papers(filing))), by=None)
    filing.save(update_fields=["pack"])  # the pack is kept under the filing's code, so the row comes first
    record("filing.prepared", filing, actor, audience=told)
    return filing


def locked(filing: Filing, by: User) -> Filing:
    """The filing as it is now, its row held, for somebody who may act for its agency. Refused `role.missing`."""
    filing = queries.filings().select_for_update(of=("self",)).get(pk=filing.pk)
    require(by, filing.agency)
    return filing


def entered(filing: Filing, step: str, by: User, *, on: date, number: str = "", note: str = "") -> bool:
    """Whether the last entry says just this, by the same person: the form came twice."""
    last = filing.entries.order_by("-pk").first()
    said = (steps.LEADS_TO[step], on, number, note, by.pk)
    return last is not None and (last.kind, last.on, last.number, last.note, last.by_id) == said


def check_due_now(filing: Filing, step: str) -> None:
    """Conflict `filing.outrun` when the filing is no longer where this step may be entered."""
    if step not in queries.steps_of(filing):
        raise Conflict("filing.outrun", state=filing.get_state_display())


def enter(
    filing: Filing,
    step: str,
    by: User,
    *,
    on: date,
    columns: dict[str, Any],
    number: str = "",
    note: str = "",
    document: Version | None = None,
) -> None:
    """Move the filing and write the entry that says why."""
    to = steps.LEADS_TO[step]
    move(filing, to, **columns)
    filing.entries.create(kind=to, on=on, number=number, note=note, document=document, by=by)


def kept(filing: Filing, step: str, upload: Upload | None, by: User) -> Version | None:
    """The office's paper, kept last, when nothing else can be refused any more."""
    return keep(filing, f"filing-{steps.LEADS_TO[step]}", upload, by=by) if upload else None


def keep(filing: Filing, kind: str, upload: Upload, *, by: User | None) -> Version:
    """Keep a file about the filing: the agency's, open to the other parties."""
    return documents.store(
        subject=filing.ref,
        kind=kind,
        title=clean_name(upload.name),
        name=upload.name,
        content=upload.content,
        content_type=upload.content_type,
        owner=filing.agency,
        by=by,
        readers=[party for party in filing.parties if party.pk != filing.agency.pk],
    )


def record(name: str, filing: Filing, actor: str, *, audience: list[str] | None = None, **data: Any) -> None:
    """Record a fact about the filing, for its parties unless told otherwise."""
    told = [party.ref for party in filing.parties] if audience is None else audience
    about = {"deal": filing.deal.code} if filing.deal else {"purpose": filing.purpose, "declaration": filing.about.code}
    journal.record(name, subject=filing.ref, actor=actor, audience=told, **about, **filing.right.named, **data)
