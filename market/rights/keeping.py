"""Reads for the calendar of upkeep: what falls due on rights, and on those one party owns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from market.parties.models import Party
from market.rights.models import Encumbrance, Right
from market.rights.rules.facts import Burden
from market.rights.rules.taxonomy import RIGHT_KINDS
from market.rights.rules.upkeep import Due, Kept, dues

_BURDENS = Prefetch(
    "encumbrances",
    queryset=Encumbrance.objects.filter(released_on=None).order_by("since", "pk"),
    to_attr="live_burdens",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the calendar."""

    right: Right
    due: Due


def with_upkeep(rights: QuerySet[Right]) -> QuerySet[Right]:
    """The rights with all that `kept_of` looks at, in two questions."""
    return rights.select_related(*RIGHT_KINDS).prefetch_related(_BURDENS)


def kept_of(right: Right) -> Kept:
    """A right of `with_upkeep` as the rules of upkeep see it."""
    detail = getattr(right, right.kind)
    return Kept(
        right.kind,
        getattr(detail, "type", ""),
        right.office,
        right.state,
        right.filed_on,
        right.granted_on,
        right.expires_on,
        getattr(detail, "annuity_paid_to", None),
        tuple(Burden(row.kind, row.in_favour_of, row.number, row.since, row.until) for row in right.live_burdens),  # type: ignore[attr-defined]
    )


def lines_of(rights: Sequence[Right], since: date, until: date) -> list[Line]:
    """What falls due on these rights (of `with_upkeep`) until the day `until`, the soonest first."""
    found = [Line(right, due) for right in rights for due in dues(kept_of(right), since, until)]
    return sorted(found, key=lambda line: (line.due.on, line.right.pk))


def owned_by(party: Party) -> QuerySet[Right]:
    """The rights the register shows the party to own, wholly or in part."""
    owned = Right.objects.exclude(state=Right.State.DRAFT).filter(titles__holder=party, titles__until=None)
    return owned.order_by("pk")
