"""Whatever files come, however often, in whatever order and overlap: imported = matched + suspense + decided, to the cent."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.payments.bank import actions, agreement
from market.payments.bank.models import Line
from market.payments.models import Charge
from tests.effort import WHOLE
from tests.market.payments import stage as money
from tests.market.payments.bank import stage
from tests.market.payments.bank.stage import Moved, paid

pytestmark = pytest.mark.django_db
DAYS = 4
# What a day may show, by name: the charge paid, in part, too much, twice; money of nobody, fees, what is taken back.
ENTRIES = ("paid", "part", "over", "third", "nobody", "fee", "back")
DAY = st.lists(st.sampled_from(ENTRIES), max_size=3)
WINDOW = st.tuples(st.integers(0, DAYS - 1), st.integers(1, DAYS))
DECISION = st.tuples(st.integers(0, 11), st.sampled_from(["attach", "surplus", "refund", "book", "offset"]))


class Undone(Exception):
    """Takes an example back, so that the next begins afresh."""


def entry(name: str, charge: Charge, day: int) -> Moved:
    on = clock.today() - timedelta(days=DAYS - day)
    made = {
        "paid": paid(charge, number="-"),
        "part": paid(charge, 40_000_00, number="-"),
        "over": paid(charge, 100_000_01, number="-"),
        "third": paid(charge, number="-", name="通化无关贸易有限公司"),
        "nobody": Moved(123, "货款"),
        "fee": Moved(-15, "手续费"),
        "back": Moved(-123, "冲正", reversal=True),
    }[name]
    return Moved(made.minor, made.text, "", made.name, made.account, reversal=made.reversal, on=on)


def decide(verb: str, line: Line, charge: Charge, by: User) -> None:
    acts: dict[str, Any] = {
        "attach": lambda: actions.attach(lines=[line], charge=charge, note="seen", by=by),
        "surplus": lambda: actions.accept_surplus(lines=[line], charge=charge, note="seen", by=by),
        "refund": lambda: actions.refund(line=line, note="", by=by),
        "book": lambda: actions.book_own(line=line, note="tariff", by=by),
        "offset": lambda: actions.offset(
            line=line, other=Line.objects.exclude(pk=line.pk).first() or line, note="x", by=by
        ),
    }
    try:
        acts[verb]()
    except Refused:
        return


def play(days: list[list[str]], windows: list[tuple[int, int]], decisions: list[tuple[int, str]], cast: Any) -> None:
    """Take in the windows one after another, deciding something between, and look at the books each time."""
    agency, by, payer = cast
    charge = money.ask_deposit("B-ANNE", payer, agency)
    told = [[entry(name, charge, day) for name in names] for day, names in enumerate(days)]
    for place, (start, length) in enumerate([*windows, (0, DAYS)]):
        opening = stage.OPENING + sum(one.minor for day in told[:start] for one in day)
        shown = [one for day in told[start : start + length] for one in day]
        stage.statement(agency, by, *shown, opening=opening)
        if place < len(decisions) and Line.objects.exists():
            number, verb = decisions[place]
            rows = list(Line.objects.order_by("pk"))
            decide(verb, rows[number % len(rows)], charge, by)
        (one,) = agreement.agreements(agency)
        gaps = (one.came.gap, one.went.gap, one.came.suspense_gap, one.went.suspense_gap, one.ledger_gap)
        assert not any(gaps), one
    assert Line.objects.count() == sum(map(len, days))
    stage.accounted(agency)


@pytest.fixture
def cast(agency: Party, finance_sun: User, anne_co: Party) -> tuple[Party, User, Party]:
    stage.account(agency, finance_sun)
    return agency, finance_sun, anne_co


def undo(days: Any, windows: Any, decisions: Any, cast: Any) -> None:
    with contextlib.suppress(Undone), transaction.atomic():
        play(days, windows, decisions, cast)
        raise Undone


@settings(max_examples=300 if WHOLE else 2, suppress_health_check=list(HealthCheck))
@given(st.lists(DAY, min_size=DAYS, max_size=DAYS), st.lists(WINDOW, max_size=3), st.lists(DECISION, max_size=4))
def test_any_files_in_any_order_are_accounted_for(cast, days, windows, decisions):
    undo(days, windows, decisions, cast)
