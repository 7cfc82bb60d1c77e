"""Keeps appraisals: one version after the other, none ever changed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from market.kernel.errors import Conflict
from market.listings.models import Listing
from market.parties.models import Party, User
from market.trail import journal
from valuation.methods.errors import ValuationError
from valuation.methods.working import ENGINE, Unit
from valuation.models import Appraisal
from valuation.rules import ROUNDING, check_days, work, years_left


@transaction.atomic
def keep(
    *,
    key: UUID,
    listing: Listing,
    party: Party,
    purpose: str,
    premise: str,
    valuation_date: date,
    valid_until: date,
    method: str,
    inputs: Mapping[str, Any],
    ranges: Mapping[str, tuple[Decimal, Decimal]],
    sources: Mapping[str, str],
    currency: str,
    follows: Appraisal | None,
    by: User,
) -> Appraisal:
    """Work the method out and keep it as a new appraisal, or as the version after `follows` [appraisal.kept].

    The same `key` gets the first answer again. Money is rounded once, at the end, half up to the fen. Refused
    `appraisal.validity`; Conflict `appraisal.followed` where somebody already made the next version; ValuationError as
    `rules.work`, and `valuation.not_money` for a rate or a number.
    """
    Party.objects.select_for_update(no_key=True).get(pk=party.pk)  # a party's appraisals are kept one after the other
    known = Appraisal.objects.filter(key=key, party=party).first()
    if known is not None:
        return known
    check_days(valuation_date, valid_until)
    worked = work(method=method, inputs=inputs, ranges=ranges, currency=currency)
    if worked.result.unit is not Unit.MONEY:
        raise ValuationError("valuation.not_money", field="method")
    if follows is not None and Appraisal.objects.filter(follows=follows).exists():
        raise Conflict("appraisal.followed", version=follows.version + 1)
    kept = Appraisal(
        key=key,
        follows=follows,
        version=follows.version + 1 if follows else 1,
        listing=listing,
        party=party,
        purpose=purpose,
        premise=premise,
        valuation_date=valuation_date,
        valid_until=valid_until,
        method=method,
        inputs=dict(inputs),
        ranges={name: [str(low), str(high)] for name, (low, high) in ranges.items()},
        sources=dict(sources),
        currency=worked.value.currency,
        value_minor=worked.value.minor,
        low_minor=worked.low.minor,
        high_minor=worked.high.minor,
        rounding=f"{ROUNDING.mode} {ROUNDING.digits}",
        engine_version=ENGINE,
        hash=worked.result.hash,
        created_by=by,
    )
    kept.series = follows.series if follows else kept.code
    kept.save(force_insert=True)
    told = {"right": listing.right.code, "version": kept.version, "hash": kept.hash, "value": worked.value.wire()}
    journal.record("appraisal.kept", subject=kept.ref, actor=by.ref, audience=[party.ref], **told)
    return kept


def legal_years_left(listing: Listing, valuation_date: date) -> Decimal | None:
    """How long the listing's right still lasts by law on that day; None where no end is known."""
    return years_left(listing.right.expires_on, valuation_date)
