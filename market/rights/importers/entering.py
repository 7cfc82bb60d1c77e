"""Enters many rights at once: a few statements and one fact for a batch, however many it holds."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from market.kernel import clock
from market.kernel.bulk import create_many
from market.parties.models import Party, User
from market.rights import drafted
from market.rights.importers.drafts import RightDraft
from market.rights.models import Right, Title
from market.rights.queries import DETAILS, owners_named
from market.trail import journal


@transaction.atomic
def enter_many(drafts: Sequence[RightDraft], *, party: Party, by: User | None, subject: str) -> list[Right]:
    """Enter drafts that `intake.judge` found new, claims of `party`, owned by the holders their files name by credit code, in
    equal parts until somebody says otherwise. One fact for all of them, about `subject` [rights.entered]: ten
    thousand would keep every other fact waiting. IntegrityError when somebody enters one of them at this moment.
    """
    actor = by.ref if by else "system:import"
    rights = create_many(Right(registered_by=party, **drafted.columns(draft)) for draft in drafts)
    for kind, model in DETAILS.items():
        pairs = [(right, draft) for right, draft in zip(rights, drafts, strict=True) if draft.kind == kind]
        model._base_manager.bulk_create(model(right=right, **drafted.particulars(draft)) for right, draft in pairs)
    create_many(
        creator
        for right, draft in zip(rights, drafts, strict=True)
        for creator in drafted.creators(right, [(name, None) for name in draft.inventors])
    )
    bearers = owners_named(drafts)
    create_many(
        title
        for right, draft in zip(rights, drafts, strict=True)
        for title in _titles(right, draft, [bearers[code] for code in draft.holder_usccs] or [party])
    )
    journal.record("rights.entered", subject=subject, actor=actor, rights=[right.code for right in rights])
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
