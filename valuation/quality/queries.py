"""What the register says of a right, by the names the indicator schemes use."""

from datetime import date
from decimal import Decimal

from market.listings.models import Listing
from market.rights.models import Encumbrance, Right
from market.rights.queries import family_of
from valuation.indicators.scoring import Fact
from valuation.rules import years_left

TEN_YEARS = 10


def facts_of(listing: Listing, on: date) -> dict[str, Fact]:
    """The facts there are; what the register does not know is left out, never taken for nothing."""
    right = listing.right
    family = family_of(right)
    burdens = list(Encumbrance.objects.filter(right=right).values_list("kind", flat=True))
    left = years_left(right.expires_on, on)
    facts: dict[str, Fact] = {
        "grant_status": right.state,
        "licences": burdens.count(Encumbrance.Kind.LICENCE),
        "licensed": Encumbrance.Kind.LICENCE in burdens,
        "pledges": burdens.count(Encumbrance.Kind.PLEDGE),
        "legal_years_left": None if left is None else max(left, Decimal(0)),
        "validity": None if left is None else max(left, Decimal(0)),
        "readiness_level": listing.trl,
        "kept_ten_years": None if right.granted_on is None else _years_between(right.granted_on, on) > TEN_YEARS,
    }
    patent = getattr(right, "patent", None)
    if patent is not None:
        facts |= {"claims": patent.claims, "subclasses": len({symbol[:4] for symbol in patent.ipc}) or None}
    if right.family_id is not None:
        offices = {right.office, *(one.office for one in family)}
        abroad = any(one.office != right.office and one.state in Right.IN_FORCE for one in family)
        facts |= {"family_countries": len(offices), "family_size": len(family) + 1, "overseas_family": abroad}
    return {name: fact for name, fact in facts.items() if fact is not None}


def _years_between(since: date, until: date) -> int:
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))
