"""Reads of portfolios: members, what of them may not be split, how they stand before an act, what they cover."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from market.kernel import clock
from market.parties.models import Party
from market.rights.models import Encumbrance, Right, Title
from market.rights.portfolios.models import Member, Portfolio, ProductLine
from market.rights.queries import DETAILS, marks_of, readiness_of
from market.rights.rules.coverage import Asset, Line, Map, coverage
from market.rights.rules.portfolio import Standing, joined

PAGE = 100


def portfolios_of(party: Party) -> QuerySet[Portfolio]:
    """A party's portfolios with the number of their members (`size`), the latest first."""
    mine = Portfolio.objects.filter(owner=party)
    return mine.annotate(size=Count("members", filter=Q(members__until=None)))[:PAGE]


def members_of(portfolio: Portfolio) -> list[Member]:
    """The members with their rights, patents first, in the order they came; one question."""
    live = portfolio.members.filter(until=None)
    return list(live.select_related(*(f"right__{kind}" for kind in DETAILS)).order_by("right__kind", "pk"))


def rights_of(portfolio: Portfolio) -> list[Right]:
    """The rights that are members."""
    return [member.right for member in members_of(portfolio)]


def left_of(portfolio: Portfolio) -> QuerySet[Member]:
    """The stays that ended, the latest first."""
    return portfolio.members.exclude(until=None).select_related("right").order_by("-until", "-pk")


def lines_of(portfolio: Portfolio) -> list[tuple[ProductLine, frozenset[int]]]:
    """The product lines, each with the pks of the rights that protect it and are members still; two questions."""
    lines = portfolio.lines.prefetch_related("members").order_by("pk")
    return [(line, frozenset(stay.right_id for stay in line.members.all() if stay.until is None)) for line in lines]


def candidates(portfolio: Portfolio, *, limit: int = 500) -> list[Right]:
    """What the owner holds a share of and the portfolio does not have yet."""
    held = Right.objects.filter(titles__holder=portfolio.owner_id, titles__until=None)
    inside = portfolio.members.filter(until=None).values("right")
    return list(held.exclude(pk__in=inside).order_by("kind", "pk")[:limit])


def standing(rights: Sequence[Right], owner: Party, intent: str, on: date | None = None) -> Standing:
    """How `rights`, moving together, stand before `intent` by `owner` on the day `on`, today unless told; by the right's
    pk, in as many questions as one right's."""
    keys = [right.pk for right in rights]
    answers = readiness_of(
        rights, intent, on, sellers=dict.fromkeys(keys, owner), bundles=dict.fromkeys(keys, frozenset(keys))
    )
    return Standing(dict(zip(keys, answers, strict=True)))


def left_behind(rights: Sequence[Right], owner: Party) -> list[Right]:
    """The owner's marks that the law ties to marks among `rights` and that are not among them (商标法 42); one question."""
    keys = frozenset(right.pk for right in rights)
    marks = marks_of({owner.pk})[owner.pk]
    tied = {key for together in marks.classes if together & keys for key in together}
    return [mark.right for key, mark in marks.by_key.items() if key in tied - keys]


def undivided(
    rights: Sequence[Right], owner: Party, lines: Sequence[tuple[ProductLine, Collection[int]]]
) -> list[frozenset[Hashable]]:
    """The groups of `rights` (pks) that may not be split: marks tied by law (商标法 42) and the lines kept together."""
    keys = frozenset(right.pk for right in rights)
    tied = [together & keys for together in marks_of({owner.pk})[owner.pk].classes]
    kept = [frozenset(protecting) & keys for line, protecting in lines if line.together]
    return joined([group for group in (*tied, *kept) if group])


@dataclass(frozen=True, slots=True)
class Covering:
    """The coverage map and the rows behind its keys."""

    map: Map
    lines: Mapping[Any, ProductLine]
    rights: Mapping[Any, Right]


def covering(portfolio: Portfolio, rights: Sequence[Right]) -> Covering:
    """What of a portfolio's lines these rights cover today; three questions however many they are."""
    licences: dict[int, list[tuple[str, date]]] = {}
    running = Encumbrance.objects.filter(
        right__in=[right.pk for right in rights], kind=Encumbrance.Kind.LICENCE, released_on=None
    )
    for row in running.order_by("pk"):
        if row.until is not None:
            licences.setdefault(row.right_id, []).append((row.in_favour_of, row.until))
    lines = lines_of(portfolio)
    found = coverage(
        [Line(line.pk, tuple(line.classes), tuple(line.ipc), frozenset(keys)) for line, keys in lines],
        [_asset(right, licences.get(right.pk, [])) for right in rights],
        clock.today(),
    )
    return Covering(found, {line.pk: line for line, _keys in lines}, {right.pk: right for right in rights})


def _asset(right: Right, licences: Sequence[tuple[str, date]]) -> Asset:
    patent = right.patent if right.kind == Right.Kind.PATENT else None
    mark = right.trademark if right.kind == Right.Kind.TRADEMARK else None
    return Asset(
        key=right.pk,
        kind=right.kind,
        in_force=right.state in Right.IN_FORCE,
        pending=right.state in (Right.State.PENDING, Right.State.DRAFT, Right.State.VERIFIED),
        nice_class=mark.nice_class if mark else None,
        ipc=tuple(patent.ipc) if patent else (),
        ends_on=right.expires_on,
        paid_to=patent.annuity_paid_to if patent else None,
        licences=tuple(licences),
    )


def held_by(owner: Party, rights: Sequence[Right]) -> frozenset[int]:
    """The pks of those rights that the party holds a share of today."""
    live = Title.objects.filter(right__in=rights, holder=owner, until=None)
    return frozenset(live.values_list("right_id", flat=True))
