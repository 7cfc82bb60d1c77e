"""What a checked draft becomes: the columns of a right, the row only its kind has, its makers and its family."""

from collections.abc import Iterable
from typing import Any

from market.parties.models import Party
from market.rights.importers.drafts import RightDraft
from market.rights.importers.kept import keep_conveyances
from market.rights.models import Creator, Family, Right
from market.rights.rules import entry
from market.rights.rules.checked import Key


def columns(draft: RightDraft) -> dict[str, Any]:
    """What every kind of right has."""
    until = draft.expires_on or entry.last_day(
        draft.kind,
        draft.type,
        draft.office,
        filed_on=draft.filed_on,
        granted_on=draft.granted_on,
        completed_on=draft.completed_on,
        published_on=draft.published_on,
        exploited_on=draft.exploited_on,
    )
    return {
        "kind": draft.kind,
        "office": draft.office,
        "key": entry.register_key(draft.kind, draft.key.number, draft.nice_class),
        "number": draft.grant_no or draft.number,
        "title": draft.title,
        "title_en": draft.title_en,
        "abstract": draft.abstract,
        "industry": draft.industry,
        "filed_on": draft.filed_on,
        "granted_on": draft.granted_on,
        "expires_on": until,
        "source": draft.source[:120],
        "conveyances": keep_conveyances(draft.conveyances) or None,
    }


def particulars(draft: RightDraft) -> dict[str, Any]:
    """What only this kind has."""
    if draft.kind == "trademark":
        return {"words": draft.title, "nice_class": draft.nice_class, "groups": [*draft.groups], "goods": draft.goods}
    if draft.kind == "copyright":
        return {
            "work": draft.type,
            "completed_on": draft.completed_on,
            "published_on": draft.published_on,
        }
    if draft.kind == "ic_layout":
        dates = {"completed_on": draft.completed_on, "exploited_on": draft.exploited_on}
        return {"function": draft.type, "application_no": draft.application_no, **dates}
    if draft.kind == "plant_variety":
        return {"growth": draft.type, "species": draft.species, "application_no": draft.application_no}
    return {
        "type": draft.type,
        "application_no": draft.application_no,
        "publication_no": draft.publication_no,
        "grant_no": draft.grant_no,
        "ipc": [*draft.ipc],
        "claims": draft.claims,
        "first_claim": draft.first_claim,
    }


def name_creators(right: Right, named: Iterable[tuple[str, Party | None]]) -> None:
    """Write who made the right, in this order, in place of whoever was named before."""
    right.creators.all().delete()
    Creator.objects.bulk_create(creators(right, named))


def creators(right: Right, named: Iterable[tuple[str, Party | None]]) -> list[Creator]:
    """The rows that name who made the right, not yet written."""
    rows = [(name[:200], party) for name, party in named if name]
    return [Creator(right=right, place=place, name=name, party=party) for place, (name, party) in enumerate(rows, 1)]


def family(kind: str, root: Key | None) -> Family | None:
    """The family of that first application, made when it is the first heard of."""
    if root is None:
        return None
    return Family.objects.get_or_create(kind=kind, office=root.office, root=root.number)[0]
