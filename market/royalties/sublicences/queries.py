"""Reads of sublicences: under which licences one stands, what was granted under it, and what that brought in."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Case, DateField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, When

from market.deals.rules.moves import ENDED_BADLY
from market.deals.terms.documents import price_of
from market.deals.terms.queries import standard
from market.kernel import clock
from market.kernel.bulk import among
from market.kernel.formats import read_day
from market.kernel.money import Money
from market.parties.models import Party
from market.royalties import queries as licences
from market.royalties.models import Licence, ReportingPeriod, Statement
from market.royalties.queries import Due
from market.royalties.sublicences.models import Sublicence

MOST_DEEP = 10  # licences one above the other that a page shows
State = Sublicence.State


def sublicences() -> QuerySet[Sublicence]:
    """Sublicences with whom every page names."""
    named = ("head__licensor", "head__licensee", "head__agency", "head__right", "sublicensee", "deal", "licence")
    return Sublicence.objects.select_related(*named)


def under(head: Licence) -> QuerySet[Sublicence]:
    """What was asked for and granted under a licence, the latest first."""
    return sublicences().filter(head=head).order_by("-pk")


def around(licence: Licence, most: int) -> tuple[list[Licence], list[Sublicence]]:
    """The licences it stands under, the nearest first, and the last `most` that were asked for or granted under it; where
    there are neither, one question."""
    own = Case(When(licence=licence, then=0), default=1)
    rows = list(sublicences().filter(Q(head=licence) | Q(licence=licence)).order_by(own, "-pk")[: most + 1])
    if rows and rows[0].licence_id == licence.pk:
        return [rows[0].head, *chain_of(rows[0].head)], rows[1:]
    return [], rows[:most]


def standing(head: Licence) -> QuerySet[Sublicence]:
    """Those granted under a licence that somebody holds or is about to."""
    opened = Sublicence.objects.filter(head=head, state=State.OPENED).exclude(deal__state__in=ENDED_BADLY)
    return opened.filter(Q(licence=None) | Q(licence__state=Licence.State.ACTIVE)).order_by("pk")


def chain_of(licence: Licence) -> list[Licence]:
    """The licences it stands under, the nearest first; none for one granted by the holder of the right."""
    above: list[Licence] = []
    while len(above) < MOST_DEEP:
        nearest = licences.licences().filter(sublicences__licence=above[-1] if above else licence).first()
        if nearest is None:
            break
        above.append(nearest)
    return above


def first_draft(head: Licence) -> dict[str, Any]:
    """The terms a request starts from: an ordinary licence of all that `head` covers, for its days to come."""
    begun = max(head.since, clock.today())
    sides: dict[str, Any] = {"licensor": head.licensee, "licensee": head.licensee}  # who takes it is not known yet
    start = standard(
        right=head.right, price=Money.zero(head.currency), start=begun, asset=head.terms["asset"][0], **sides
    )
    last = {"end": head.until.isoformat()} if head.until else {}
    same = {name: head.terms[name] for name in ("asset", "grant", "territory", "field")}
    return {**start, **same, "term": {"start": begun.isoformat(), **last}}


def waiting_for(party: Party) -> QuerySet[Sublicence]:
    """The requests `party` has to decide on as licensor, the oldest first."""
    return sublicences().filter(head__licensor=party, state=State.ASKED).order_by("pk")


def unknown() -> Exists:
    """Whether something in which a period's licensor has a share is not stated yet: a sublicence's period that ends with it
    or before and has no statement, or is not even opened."""
    day_after = ExpressionWrapper(OuterRef("until") + timedelta(days=1), output_field=DateField())
    unstated = ReportingPeriod.objects.filter(licence=OuterRef("licence"), until__lte=OuterRef(OuterRef("until")))
    unopened = Q(licence__opens_on=None) | Q(licence__opens_on__lte=day_after)
    waited = Q(Exists(unstated.exclude(state__in=licences.STATED))) | (
        Q(licence__state=Licence.State.ACTIVE) & unopened
    )
    shared = Sublicence.objects.filter(head=OuterRef("licence"), shared=True, licence__isnull=False)
    return Exists(shared.exclude(deal__state__in=ENDED_BADLY).filter(waited))


def is_unknown(period: ReportingPeriod) -> bool:
    """Whether what sublicences brought in by the end of the period is not stated yet."""
    return ReportingPeriod.objects.filter(unknown(), pk=period.pk).exists()


def incomes_of(rows: Iterable[ReportingPeriod | Due]) -> dict[int, dict[str, dict[str, str]]]:
    """By the key of each period, what sublicences of its licence brought in by its end and no earlier statement counts: what
    each of their statements asked for, but for the cost of audits, and what was paid on signing. Five questions at most."""
    periods = list(rows)
    heads = among("head", (row.licence_id for row in periods))
    granted = Sublicence.objects.filter(heads, shared=True, licence__isnull=False)
    found = list(granted.exclude(deal__state__in=ENDED_BADLY).order_by("pk").values_list("head", "licence"))
    if not found:
        return {}
    taken, shared = Licence.objects.in_bulk([licence for _, licence in found]), defaultdict(list)
    for head, licence in found:
        shared[head].append(taken[licence])
    stated: dict[int, list[Statement]] = defaultdict(list)
    for made in Statement.objects.filter(period__licence__in=taken).select_related("period").order_by("pk"):
        stated[made.period.licence_id].append(made)
    counted = _counted(shared)
    return {
        row.pk: {
            name: income.wire()
            for licence in shared.get(row.licence_id, ())
            for name, income in _income(licence, stated[licence.pk], row)
            if income and not any(name in names for number, names in counted[row.licence_id] if number < row.number)
        }
        for row in periods
    }


def _income(licence: Licence, stated: Iterable[Statement], row: ReportingPeriod | Due) -> Iterator[tuple[str, Money]]:
    """What a sublicence brought in by the end of the period `row`, by the code of what says so."""
    if read_day(licence.granted_at) <= row.until:
        yield licence.code, price_of(licence.terms, licence.currency)
    for made in stated:
        if made.period.until <= row.until:
            yield made.code, licences.charged([made], made.currency)


def _counted(heads: Iterable[int]) -> dict[int, list[tuple[int, Collection[str]]]]:
    """By licence, what its statements counted already: the number of the period, and the names."""
    counted: dict[int, list[tuple[int, Collection[str]]]] = defaultdict(list)
    made = Statement.objects.filter(period__licence__in=heads, sublicensed__isnull=False).order_by("pk")
    for head, number, names in made.values_list("period__licence", "period__number", "sublicensed"):
        counted[head].append((number, names or ()))
    return counted
