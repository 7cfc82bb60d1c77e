"""Writes about fee schedules, each one transaction: published version by version, withdrawn, agreed for a consignment or a
sale."""

from dataclasses import replace
from typing import Any

from django.db import transaction

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.typed import tidy
from market.listings.fees import queries, rules
from market.listings.fees.models import FeeSchedule
from market.parties.access import require
from market.parties.models import Party, User
from market.trail import journal


@transaction.atomic
def publish(*, agency: Party, side: str, name: str, fees: rules.Schedule, by: User) -> FeeSchedule:
    """Offer `fees` to a side under a name from now on; a version before is offered no more [fees.published].

    What was agreed before stays. The same terms again: the version there is. 404 for strangers; Refused `role.missing`.
    """
    require(by, agency)
    agency = Party.objects.select_for_update().get(pk=agency.pk)
    name = tidy(name)
    latest = FeeSchedule.objects.filter(agency=agency, side=side, name=name).order_by("-version").first()
    if latest is not None and latest.withdrawn_at is None and latest.fees == fees:
        return latest
    version = latest.version + 1 if latest else 1
    made = FeeSchedule.objects.create(agency=agency, side=side, name=name, version=version, fees=fees, published_by=by)
    said: dict[str, Any] = {"title": name, "version": version, "side": side, "fees": fees.as_data()}
    journal.record("fees.published", subject=agency.ref, actor=by.ref, schedule=made.code, **said)
    return made


@transaction.atomic
def withdraw(*, schedule: FeeSchedule, by: User) -> FeeSchedule:
    """Offer a schedule no more; what agreed it keeps it [fees.withdrawn]. Again: nothing. Refused `role.missing`."""
    require(by, schedule.agency)
    schedule = FeeSchedule.objects.select_for_update(of=("self",)).select_related("agency").get(pk=schedule.pk)
    if schedule.withdrawn_at is None:
        schedule.withdrawn_at = clock.now()
        schedule.save(update_fields=["withdrawn_at"])
        journal.record("fees.withdrawn", subject=schedule.agency.ref, actor=by.ref, schedule=schedule.code)
    return schedule


def agreed(
    schedule: FeeSchedule, *, agency: Party, side: str, currency: str, cap_bp: int = rules.CAP_BP
) -> rules.Schedule:
    """The terms of a schedule as a consignment or a sale of `agency` keeps them; writes nothing.

    Refused `fees.not_offered` for another agency's or side's schedule or one on offer no more, `fees.cap`, `fees.currency`.
    """
    if not queries.offered(agency, side).filter(pk=schedule.pk).exists():
        raise Refused("fees.not_offered", name=schedule.name, agency=str(agency))
    rules.check_cap(schedule.fees, cap_bp)
    return replace(schedule.fees.in_currency(currency), code=schedule.code, name=str(schedule))
