"""Writes about what is owed: reminders go out once at each level, and an agency says when it reminds."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction

from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.formats import read_day
from market.parties.access import PAYING, require
from market.parties.models import Party, User
from market.payments import queries as payments
from market.payments.arrears import rules
from market.payments.arrears.models import Reminder, Schedule
from market.payments.models import Charge
from market.trail import journal

ACTOR = "system:payments"
LOOK_BACK = timedelta(days=rules.LATEST + 7)  # what fell due longer ago has had its last reminder


@transaction.atomic
def keep_schedule(*, agency: Party, days: Iterable[int], by: User) -> Schedule:
    """The agency reminds on these days from now on, counted from the due day; none at all for no days.

    Levels that went out stay gone out. Refused `reminder.days`. Writes `reminders.scheduled`.
    """
    require(by, agency, PAYING)
    values = {"days": rules.schedule(days), "changed_at": clock.now()}
    kept, _made = Schedule.objects.update_or_create(agency=agency, defaults=values)
    journal.record("reminders.scheduled", subject=agency.ref, actor=by.ref, days=kept.days)
    return kept


def remind_due() -> int:
    """Remind whoever has to pay and whose day has come, each in a transaction of its own; how many reminders.

    Any number of workers may call it, as often as they like: a level goes out once. Who has reported a payment waits
    for the agency and is not reminded, nor who must not pay yet because the rulebook bars the deal.
    """
    today = clock.today()
    return sum(_remind(pk, step) for pk, step in _called_for(today))


def _called_for(today: date) -> list[tuple[int, int]]:
    """The charges whose schedule calls for a reminder today that has not gone out, with its level, the first due first."""
    since = datetime.combine(today - LOOK_BACK, time(), BEIJING)
    until = datetime.combine(today - timedelta(days=rules.EARLIEST - 1), time(), BEIJING)
    waiting = Charge.objects.filter(state=Charge.State.DUE, due_at__gte=since, due_at__lt=until).order_by(
        "due_at", "pk"
    )
    rows = list(waiting.values_list("pk", "agency", "purpose", "due_at", "created_at"))
    told = set(Reminder.objects.filter(charge__in=waiting.order_by()).values_list("charge", "step"))
    schedules = _schedules({agency for _, agency, *_ in rows})
    found = []
    for pk, agency, purpose, due_at, created_at in rows:
        steps = schedules.get(agency, rules.PRESET)
        if purpose == Charge.Purpose.DEPOSIT:  # no debt: once its day is over nothing is owed
            steps = [step for step in steps if step <= 0]
        step = rules.step_of(read_day(due_at), read_day(created_at), today, steps)
        late = purpose == Charge.Purpose.DEPOSIT and read_day(due_at) < today
        if step is not None and (pk, step) not in told and not late:
            found.append((pk, step))
    return found


def _schedules(agencies: set[int]) -> Mapping[int, list[int]]:
    return dict(Schedule.objects.filter(agency__in=agencies).values_list("agency", "days"))


@transaction.atomic
def _remind(pk: int, step: int) -> bool:
    """Send the reminder of level `step` unless it went out, the charge was paid or cancelled, or it is barred."""
    charge = Charge.objects.select_for_update(of=("self",)).select_related("payer", "agency").get(pk=pk)
    gone_out = Reminder.objects.filter(charge=charge, step=step).exists()
    if gone_out or charge.state != Charge.State.DUE or payments.bars_of(charge):
        return False
    Reminder.objects.create(charge=charge, step=step)
    days = (clock.today() - read_day(charge.due_at)).days
    journal.record(
        "charge.reminded",
        subject=charge.ref,
        actor=ACTOR,
        audience=[charge.payer.ref],
        **{"for": charge.subject},
        code=charge.code,
        purpose=charge.purpose,
        step=step,
        days=abs(days),
        stage="after" if days > 0 else "before" if days < 0 else "today",
        reference=charge.reference,
        amount=charge.amount.wire(),
        due_at=charge.due_at.isoformat(),
        **charge.agency.named("agency"),
    )
    return True
