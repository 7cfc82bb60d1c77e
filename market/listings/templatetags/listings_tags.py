"""What other rooms' pages show of the listings."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _

from market.kernel import clock
from market.listings import queries
from market.listings.fees.queries import offered
from market.listings.fees.rules import Schedule, typed
from market.listings.fees.words import source, stated
from market.listings.forms.register import ACT_WORDS
from market.listings.models import FeeSchedule
from market.listings.wanted import queries as wanted
from market.parties.models import Party
from market.rights.models import Encumbrance, Right
from market.rights.queries import burdens, family_of, granted
from market.rights.rules.grants import EVERYTHING, Atoms, Granted
from market.rights.rules.matrix import granted_rights, granted_twice, matrix

register = template.Library()
NEW, QUEUE = 8, 5


@register.inclusion_tag("listings/_new.html")
def new_listings() -> dict[str, Any]:
    """{% new_listings %}: the eight listings published last, as tiles."""
    return {"listings": queries.newest(limit=NEW)}


@register.simple_tag
def fee_terms(fees: Schedule) -> str:
    """{% fee_terms fees %}: what a side pays, in words, with the schedule's name where one was agreed."""
    return stated(fees)


@register.simple_tag
def fee_source(fees: Schedule) -> str:
    """{% fee_source fees %}: where a side's terms come from."""
    return source(fees.agreed, fees.code, fees.name)


@register.simple_tag
def fee_query(schedule: FeeSchedule) -> str:
    """{% fee_query schedule %}: the calculator's query that fills in a schedule."""
    fees, side = schedule.fees, schedule.side
    said = {side: typed(fees), f"{side}_most": f"{fees.cap_bp / 100:g}"}
    return urlencode(said | ({f"{side}_least": fees.minimum.plain()} if fees.minimum else {}))


@register.inclusion_tag("listings/_agency_fees.html")
def agency_fees(agency: Party) -> dict[str, Any]:
    """{% agency_fees agency %}: the schedules it offers each side, each with its way into the calculator."""
    return {"schedules": [row for side in FeeSchedule.Side for row in offered(agency, side)]}


@register.inclusion_tag("listings/_family.html")
def family(right: Right) -> dict[str, Any]:
    """{% family right %}: the other rights that go back to the same first application, with what is on offer of them."""
    members = family_of(right)
    offered = queries.on_offer_of(members)
    return {"right": right, "members": [(member, offered.get(member.pk, "")) for member in members]}


@register.inclusion_tag("listings/_queue.html")
def listings_queue(agency: Party | None) -> dict[str, Any]:
    """{% listings_queue agency %}: how many listings wait for review, and the first of them."""
    waiting = queries.for_agency(agency) if agency else None
    return {"count": waiting.count(), "waiting": waiting[:QUEUE]} if waiting is not None else {}


@register.inclusion_tag("listings/_waiting.html")
def listings_waiting(party: Party | None) -> dict[str, Any]:
    """{% listings_waiting party %}: the listings a reviewer sent back, as rows of what waits for you."""
    return {"returned": queries.sent_back(party) if party else []}


@register.inclusion_tag("listings/wanted/_queue.html")
def wanted_queue(agency: Party) -> dict[str, Any]:
    """{% wanted_queue agency %}: how many wanted posts wait for the agency's look, and the first of them."""
    waiting = wanted.for_agency(agency)
    return {"count": waiting.count(), "waiting": waiting[:QUEUE]}


@register.inclusion_tag("listings/wanted/_waiting.html")
def wanted_waiting(party: Party | None) -> dict[str, Any]:
    """{% wanted_waiting party %}: the wanted posts that were sent back, as rows of what waits for you."""
    return {"posts": wanted.sent_back(party)[:QUEUE] if party else []}


@register.inclusion_tag("listings/_matrix.html")
def rights_matrix(right: Right) -> dict[str, Any]:
    """{% rights_matrix right %}: of a work, which right is granted to whom, where and until when; nothing for others."""
    if right.kind != Right.Kind.COPYRIGHT:
        return {}
    work, today = right.copyright.work, clock.today()
    grants = [granted(row) for row in burdens(right).filter(kind=Encumbrance.Kind.LICENCE)]
    grants = [grant for grant in grants if grant.until is None or grant.until >= today]
    return {
        "rows": [(ACT_WORDS[row.right], [_told(one) for one in row.grants]) for row in matrix(work, grants, today)],
        "twice": [
            {"pair": pair, "rights": _list(str(ACT_WORDS[name]) for name in pair.rights)}
            for pair in granted_twice(work, grants)
        ],
        "silent": _list(grant.holder for grant in grants if not granted_rights(work, grant.acts)),
    }


def _told(grant: Granted) -> dict[str, Any]:
    """A licence in words: its grade, its territory, its fields where they are limited."""
    grades, industries = dict(Encumbrance.Grade.choices), dict(Right.Industry.choices)
    return {
        "grant": grant,
        "grade": grades.get(grant.grade, _("Not stated: ordinary by law")),
        "territory": _said(grant.territory, {}) or _("Worldwide"),
        "fields": _said(grant.fields, industries),
    }


def _said(atoms: Atoms, words: Mapping[str, Any]) -> str:
    """A set in words; "" for everything."""
    named = _list(str(words.get(name, name)) for name in sorted(atoms.named))
    if atoms == EVERYTHING:
        return ""
    return _("all but %(named)s") % {"named": named} if atoms.all_but else named


def _list(words: Iterable[str]) -> str:
    return _(", ").join(words)
