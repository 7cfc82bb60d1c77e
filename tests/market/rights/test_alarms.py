"""Early warning: each thing that falls due is told once at each step, to the owners and to whoever watches."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from market.kernel import clock
from market.kernel.clock import BEIJING
from market.listings import actions as listings
from market.notices import queries as notices
from market.notices.models import Notice
from market.parties.models import Party, User
from market.rights import actions
from market.rights.alarms.actions import warn_due
from market.rights.alarms.models import Alarm, Round
from market.rights.models import Right
from market.rights.rules.upkeep import Due, step_of
from market.trail import journal
from market.trail.models import Fact
from tests import assets

YEAR_9 = date(2027, 2, 9)  # when jida's patent of 8 February 2019 owes its ninth year; grace ends on 9 August


@pytest.mark.parametrize(
    ("day", "step"),
    [
        (date(2026, 11, 10), ""),
        (date(2026, 11, 11), "90"),
        (date(2027, 1, 9), "90"),
        (date(2027, 1, 10), "30"),
        (date(2027, 2, 2), "7"),
        (YEAR_9, "7"),
        (date(2027, 2, 10), "late"),
        (date(2027, 8, 9), "late"),
        (date(2027, 8, 10), "over"),
    ],
)
def test_a_warning_has_its_steps(day: date, step: str) -> None:
    assert step_of(Due("annuity", "9", YEAR_9, None, date(2027, 8, 9)), day) == step


def on(day: date) -> "clock.shifted_to":
    """That morning in Beijing."""
    return clock.shifted_to(datetime(day.year, day.month, day.day, 9, tzinfo=BEIJING))


def steps() -> list[str]:
    """The steps told so far."""
    return [fact.data["step"] for fact in Fact.objects.filter(name="right.falls_due").order_by("pk")]


@pytest.fixture
def right(jida: Party) -> Iterator[Right]:
    """jida's patent, its eighth year paid for; nothing else falls due soon."""
    made = assets.right(jida)
    actions.amend(made, expires_on=None, annuity_paid_to=date(2027, 2, 8), source="收据", actor="system:test")
    return made


@pytest.mark.django_db
def test_each_thing_is_told_once_at_each_step_however_often_one_looks(right: Right, jida: Party) -> None:
    for day, told in [
        (date(2026, 11, 10), []),
        (date(2026, 11, 20), ["90"]),
        (date(2026, 11, 21), ["90"]),
        (date(2027, 1, 20), ["90", "30"]),
        (date(2027, 2, 5), ["90", "30", "7"]),
        (date(2027, 4, 1), ["90", "30", "7", "late"]),
        (date(2027, 9, 1), ["90", "30", "7", "late", "over"]),
        (date(2029, 1, 1), ["90", "30", "7", "late", "over"]),
    ]:
        with on(day):
            warn_due()
            warn_due()
            annuity = [fact for fact in Fact.objects.filter(name="right.falls_due") if fact.data["stage"] == "9"]
            assert [fact.data["step"] for fact in annuity] == told, day
            assert all(fact.audience == [jida.ref] for fact in annuity)
    assert Alarm.objects.filter(of="9").count() == 5
    late = next(fact for fact in Fact.objects.filter(name="right.falls_due") if fact.data["step"] == "late")
    assert late.data["surcharge"] == {"amount": "100.00", "currency": "CNY"}  # one month has gone by, 5 % of 2,000


@pytest.mark.django_db
def test_what_was_paid_in_time_is_not_warned_of_again(right: Right) -> None:
    with on(date(2026, 11, 20)):
        warn_due()
    actions.amend(right, expires_on=None, annuity_paid_to=date(2028, 2, 8), source="收据", actor="system:test")
    with on(date(2027, 1, 20)):
        warn_due()
    assert steps() == ["90"]


@pytest.mark.django_db
def test_a_day_s_round_goes_through_all_in_slices_and_then_rests(jida: Party) -> None:
    for serial in (1, 2, 3):
        made = assets.right(jida, draft=assets.patent_draft(serial))
        actions.amend(made, expires_on=None, annuity_paid_to=date(2027, 2, 8), source="收据", actor="system:test")
    with on(date(2026, 12, 1)):
        assert [warn_due(limit=2) for _ in range(4)] == [2, 1, 0, 0]
        assert Round.objects.get().done
    with on(date(2026, 12, 2)):
        assert warn_due(limit=2) == 0
    assert Round.objects.count() == 2


@pytest.mark.django_db
def test_a_pledge_that_runs_out_is_told_and_a_dead_right_is_silent(jida: Party, li_wei: User) -> None:
    right = assets.right(jida)
    ends = clock.today() + timedelta(days=20)
    given = {"kind": "pledge", "in_favour_of": "吉林银行", "since": date(2024, 1, 1), "by": li_wei}
    actions.add_encumbrance(right, until=ends, number="Y1", **given)
    actions.add_encumbrance(right, until=ends, number="Y2", **given)  # the same bank, the same day: one warning
    Right.objects.update(filed_on=None)  # no annuity can be counted
    warn_due()
    (fact,) = Fact.objects.filter(name="right.falls_due")
    assert (fact.data["what"], fact.data["stage"], fact.data["step"]) == ("pledge", "吉林银行", "30")
    actions.set_state(right, "lapsed", source="公告", actor="system:test")
    with on(clock.today() + timedelta(days=15)):
        assert warn_due() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_owners_and_watchers_read_it_once_in_app_and_mail(
    language: str, jida: Party, agency: Party, li_wei: User, mallory: User
) -> None:
    listing = assets.published(jida, agency)
    for user in (li_wei, mallory):  # the owner's own watching adds nothing
        listings.toggle_watch(listing, by=user)
    for user in (li_wei, mallory):
        user.language = language
        user.save(update_fields=["language"])
    right = listing.right
    actions.amend(right, expires_on=None, annuity_paid_to=date(2027, 2, 8), source="收据", actor="system:test")
    with on(date(2026, 12, 1)):
        warn_due()
        for _ in range(3):
            journal.deliver_due(limit=200)
    told = {
        user.username: [one for one in Notice.objects.filter(user=user) if one.fact.name.endswith("falls_due")]
        for user in (li_wei, mallory)
    }
    assert [len(notes) for notes in told.values()] == [1, 1]
    words = notices.mail_words(told["li_wei"][0])
    assert right.number in words.subject
    assert "2027-02-09" in words.body
    assert ("年费" if language == "zh-hans" else "Annual fee") in words.subject
    assert "/rights/calendar/" in words.body
    assert listing.code in notices.mail_words(told["mallory"][0]).body


@pytest.mark.django_db
def test_watchers_hear_that_the_office_shows_another_state(jida: Party, agency: Party, mallory: User) -> None:
    listing = assets.published(jida, agency)
    listings.toggle_watch(listing, by=mallory)
    actions.set_state(listing.right, "lapsed", source="公告 42-01", actor="system:test")
    for _ in range(3):
        journal.deliver_due(limit=200)
    (notice,) = (one for one in Notice.objects.filter(user=mallory) if one.fact.name == "listing.right_changed")
    assert "公告 42-01" in notices.mail_words(notice).body
