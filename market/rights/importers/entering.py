"""Enters many rights at once: a few statements for a batch, however many it holds, and no notice for each."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction

from market.kernel import clock
from market.kernel.bulk import create_many
from market.parties.models import Party, User
from market.rights import drafted
from market.rights.importers.drafts import Conveyance, RightDraft
from market.rights.models import Event, Right, Title
from market.rights.queries import DETAILS, owners_named
from market.trail import journal


@transaction.atomic
def enter_many(drafts: Sequence[RightDraft], *, party: Party, by: User | None) -> list[Right]:
    """Enter drafts that `intake.judge` found new, as `actions.take_in` would each: claims of `party`, owned by the holders
    their files name by credit code, in equal parts [right.registered, told to nobody]. IntegrityError when somebody
    enters one of them at this moment: nothing is entered then.
    """
    actor = by.ref if by else "system:import"
    rights = create_many(Right(registered_by=party, **drafted.columns(draft)) for draft in drafts)
    for kind, model in DETAILS.items():
        pairs = [(right, draft) for right, draft in zip(rights, drafts, strict=True) if draft.kind == kind]
        model._base_manager.bulk_create(model(right=right, **drafted.particulars(draft)) for right, draft in pairs)
    bearers = owners_named(drafts)
    create_many(
        title
        for right, draft in zip(rights, drafts, strict=True)
        for title in _titles(right, draft, [bearers[code] for code in draft.holder_usccs] or [party])
    )
    create_many(
        _entry(right, conveyance, draft.source, actor)
        for right, draft in zip(rights, drafts, strict=True)
        for conveyance in draft.conveyances
    )
    journal.record_many(
        journal.said("right.registered", subject=right.ref, actor=actor, number=right.number, kind=right.kind)
        for right in rights
    )
    return rights


def _titles(right: Right, draft: RightDraft, owners: Sequence[Party]) -> Iterable[Title]:
    since = draft.granted_on or draft.filed_on or draft.completed_on or clock.today()
    for owner in owners:
        yield Title(
            right=right,
            holder=owner,
            share_num=1,
            share_den=len(owners),
            since=since,
            basis=Title.Basis.ORIGINAL,
            source=(draft.source or "claim")[:120],
        )


def _entry(right: Right, conveyance: Conveyance, source: str, actor: str) -> Event:
    """What the office has on file about owners, as an entry of the register: by their names, for they are no parties here."""
    shares = len(conveyance.given_to)
    said = {
        "owners": [["", name, 1, shares] for name in conveyance.given_to],
        "given_by": list(conveyance.given_by),
        "number": conveyance.number,
        "words": conveyance.words,
        "recorded_on": _iso(conveyance.recorded_on),
    }
    return Event(
        right=right,
        kind=Event.Kind.TRANSFER if conveyance.kind == "transfer" else Event.Kind.CHANGE,
        on=conveyance.on,
        data=said,
        source=source[:120],
        entered_by=actor,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
