"""Keeps a scoring; the scorer is who asked for it."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from uuid import UUID

from django.db import transaction

from market.listings.models import Listing
from market.parties.access import ACTING, require
from market.parties.models import Party, User
from market.trail import journal
from valuation.indicators import Judged, score
from valuation.indicators.scoring import Listing as Seen
from valuation.quality.models import Scoring
from valuation.quality.queries import facts_of

_PLACES = Decimal("0.0001")


@transaction.atomic
def keep(
    *,
    key: UUID,
    listing: Listing,
    party: Party,
    scheme: str,
    version: str,
    scenario: str,
    judged: Mapping[str, Judged],
    on: date,
    by: User,
) -> Scoring:
    """Score the right on the register's facts and the given answers, and keep it [scoring.kept]; the same `key` gets the first
    again. Refused `role.missing`; ValuationError as `indicators.score`, `valuation.coverage_too_low` among them."""
    require(by, party, ACTING)
    known = Scoring.objects.filter(key=key, party=party).first()
    if known is not None:
        return known
    facts = facts_of(listing, on)
    found = score(Seen(facts=facts, judged=judged), scheme, version, scenario)
    kept = Scoring.objects.create(
        key=key,
        listing=listing,
        party=party,
        scheme=scheme,
        version=version,
        scenario=found.scenario,
        on=on,
        facts={name: fact if isinstance(fact, bool | int | str) else str(fact) for name, fact in facts.items()},
        judged={code: [str(one.score), one.evidence] for code, one in judged.items()},
        score=found.score.quantize(_PLACES, ROUND_HALF_EVEN),
        coverage=found.coverage.quantize(_PLACES, ROUND_HALF_EVEN),
        created_by=by,
    )
    journal.record(
        "scoring.kept", subject=kept.ref, actor=by.ref, audience=[party.ref], right=listing.right.code, scheme=scheme
    )
    return kept
