"""Reads of supplementary agreements: the open one, those in force, and the terms that hold on a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from market.kernel import clock
from market.royalties.amendments.models import Amendment
from market.royalties.models import Licence
from market.royalties.rules import reading

State = Amendment.State
OPEN = (State.PROPOSED, State.DRAFTED)


def amendments() -> QuerySet[Amendment]:
    """Supplementary agreements with whom every page names."""
    named = ("licence__licensor", "licence__licensee", "licence__agency", "licence__right", "proposed_by", "paper")
    return Amendment.objects.select_related(*named)


def open_of(licence: Licence) -> Amendment | None:
    """The one that is proposed or waits for signatures."""
    return amendments().filter(licence=licence, state__in=OPEN).first()


def standing_of(licence: Licence) -> QuerySet[Amendment]:
    """The open one and those signed, the latest first."""
    return amendments().filter(licence=licence).exclude(state=State.WITHDRAWN).order_by("-number")


def signed_of(licence: Licence) -> QuerySet[Amendment]:
    """Those both sides signed, by the day from which they apply; of one day the later number counts."""
    return amendments().filter(licence=licence, state=State.SIGNED).order_by("since", "number")


def signed_by_licence(rows: Iterable[Licence]) -> dict[int, list[Amendment]]:
    """The same for several licences, by their keys; one question for all of them."""
    found: dict[int, list[Amendment]] = defaultdict(list)
    for one in Amendment.objects.filter(licence__in=list(rows), state=State.SIGNED).order_by("since", "number"):
        found[one.licence_id].append(one)
    return found


def in_force(signed: Iterable[Amendment], day: date) -> Amendment | None:
    """Of a licence's signed ones in their order the one that holds on a day; None for the licence's own terms."""
    return next((one for one in reversed(list(signed)) if one.since <= day), None)


def terms_on(licence: Licence, day: date) -> Any:
    """The terms document that holds on a day."""
    found = in_force(signed_of(licence), day)
    return found.document if found else licence.terms


def terms_today(licence: Licence) -> Any:
    """The terms document that holds today."""
    return terms_on(licence, clock.today())


def last_terms(licence: Licence) -> Any:
    """The terms document as the last supplementary agreement leaves it."""
    last = signed_of(licence).last()
    return last.document if last else licence.terms


def cuts_of(licence: Licence, signed: Iterable[Amendment]) -> list[date]:
    """The days on which other terms or rates begin to hold: each begins a period of its own."""
    rows = list(signed)
    begun = [(licence.since, licence.terms), *((one.since, one.document) for one in rows)]
    ends = [*(one.since for one in rows), date.max]
    days = {one.since for one in rows}
    for (since, document), end in zip(begun, ends, strict=True):
        days |= {day for day in reading.changes(document) if since <= day < end}
    return sorted(days)


def last_opened(licence: Licence) -> date | None:
    """The last day that was opened for report."""
    last = licence.periods.order_by("number").last()
    return last.until if last else None


def earliest(licence: Licence) -> date:
    """The first day from which other terms may hold."""
    opened = last_opened(licence)
    return max(clock.today(), licence.since, opened + timedelta(days=1) if opened else date.min)
