"""The agency takes a paid deal to the office: the pack, the dates the law allows, the decision and the title."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from market.deals.models import Deal
from market.filings import actions, queries
from market.filings.models import Filing, FilingEntry
from market.filings.rules import steps
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.parties.models import Party, User
from market.rights import actions as rights
from market.trail.models import Fact
from tests import people
from tests.market.filings.stage import CERTIFICATE, NOTICE, NUMBER, prepared, refused, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def carried(kept_rows: None) -> Filing:
    """That filing, as often as it is asked for."""
    return prepared(people.jilin_university(), people.anne_co(), people.changchun_agency())


@pytest.fixture
def filing(carried: Filing, db: None) -> Filing:
    """The filing of jida's patent that Anne's company bought."""
    return Filing.objects.get(pk=carried.pk)


def days(count: int) -> date:
    return clock.today() + timedelta(days=count)


def test_preparing_twice_makes_one_pack_and_tells_the_agency_once(filing: Filing, agency: Party) -> None:
    again = actions.prepare(filing.deal, actor="system:test")
    assert (again.pk, again.pack_id) == (filing.pk, filing.pack_id)
    assert Fact.objects.get(name="filing.prepared").audience == [agency.ref]
    assert filing.due_on == filing.deal.due_on


def test_the_agency_hands_the_pack_in(filing: Filing, jida: Party, anne_co: Party, zhou_min: User) -> None:
    filing = submitted(filing, days(0))
    assert (filing.state, filing.office_number, filing.due_on) == ("submitted", NUMBER, None)
    assert Deal.objects.get().state == Deal.State.FILED
    fact = Fact.objects.get(name="filing.submitted")
    assert {jida.ref, anne_co.ref} <= {*fact.audience}
    assert fact.data["number"] == NUMBER
    entry = FilingEntry.objects.get()
    assert (entry.kind, entry.by) == ("submitted", zhou_min)


def test_the_office_asks_for_a_correction_and_gets_it(filing: Filing, zhou_min: User) -> None:
    filing = submitted(filing, days(0))
    filing = actions.request_correction(
        filing, note="转让人名称与登记簿不一致", due_on=days(30), document=NOTICE, by=zhou_min
    )
    assert (filing.state, filing.due_on) == ("correction", days(30))
    assert Deal.objects.get().state == Deal.State.FILED
    filing = actions.resubmit(filing, on=days(0), note="已补正", by=zhou_min)
    assert (filing.state, filing.office_number, filing.due_on) == ("submitted", NUMBER, None)
    assert [entry.kind for entry in queries.history(filing)] == ["submitted", "correction", "submitted"]


def test_a_refused_recordal_is_applied_for_anew(filing: Filing, zhou_min: User) -> None:
    filing = actions.refuse(submitted(filing, days(0)), note="专利已质押", by=zhou_min)
    assert (filing.state, Deal.objects.get().state) == ("refused", Deal.State.REFUSED)
    assert filing.due_on == Deal.objects.get().due_on
    refused("filing.number_missing", lambda: actions.resubmit(filing, on=days(0), by=zhou_min))
    filing = actions.resubmit(filing, number="2026112400099", on=days(0), by=zhou_min)
    assert (filing.state, filing.office_number) == ("submitted", "2026112400099")
    assert Deal.objects.get().state == Deal.State.FILED


def enter(step: str, filing: Filing, by: User, **other: Any) -> Filing:
    """Enter a step with something sensible in every field that `other` does not name."""
    said: dict[str, dict[str, Any]] = {
        steps.SUBMIT: {"number": NUMBER, "on": days(0)},
        steps.RESUBMIT: {"number": "N-2", "on": days(0)},
        steps.CORRECT: {"note": "缺章", "due_on": days(30), "document": None},
        steps.ACCEPT: {"number": "Z-1", "on": days(0), "certificate": CERTIFICATE},
        steps.REFUSE: {"note": "不符合规定"},
        steps.WITHDRAW: {"note": "已撤回"},
    }
    act: dict[str, Callable[..., Filing]] = {
        steps.SUBMIT: actions.submit,
        steps.RESUBMIT: actions.resubmit,
        steps.CORRECT: actions.request_correction,
        steps.ACCEPT: actions.accept,
        steps.REFUSE: actions.refuse,
        steps.WITHDRAW: actions.withdraw,
    }
    return act[step](filing, by=by, **(said[step] | other))


WAYS = {
    "prepared": (),
    "submitted": (steps.SUBMIT,),
    "correction": (steps.SUBMIT, steps.CORRECT),
    "refused": (steps.SUBMIT, steps.REFUSE),
    "accepted": (steps.SUBMIT, steps.ACCEPT),
}


@pytest.mark.parametrize("state", WAYS)
def test_only_the_steps_of_the_state_may_be_entered(
    state: str, filing: Filing, zhou_min: User, agent_chen: User
) -> None:
    for step in WAYS[state]:
        filing = enter(step, filing, zhou_min)
    assert filing.state == state
    ways = {*steps.STEPS[state], *steps.steps_of(state, undone=True)}
    assert {steps.LEADS_TO[step] for step in ways} == {*Filing.MOVES.get(state, ())}
    for step in {*steps.LEADS_TO} - {*steps.STEPS[state]}:
        late = refused("filing.outrun", lambda step=step: enter(step, filing, agent_chen))
        assert isinstance(late, Conflict)


@pytest.mark.parametrize("state", [state for state in WAYS if state != "prepared"])
def test_the_same_form_sent_twice_is_entered_once(state: str, filing: Filing, zhou_min: User) -> None:
    for step in WAYS[state]:
        filing = enter(step, filing, zhou_min)
    entries, facts = FilingEntry.objects.count(), Fact.objects.count()
    assert enter(WAYS[state][-1], filing, zhou_min).state == state
    assert (FilingEntry.objects.count(), Fact.objects.count()) == (entries, facts)


def test_no_day_lies_ahead_or_before_what_it_answers(filing: Filing, zhou_min: User) -> None:
    ahead = refused("filing.date_ahead", lambda: enter(steps.SUBMIT, filing, zhou_min, on=days(1)))
    assert ahead.facts["latest"] == days(0)
    early = refused("filing.before_contract", lambda: enter(steps.SUBMIT, filing, zhou_min, on=days(-1)))
    assert early.facts["earliest"] == days(0)
    filing = submitted(filing, days(0))
    refused("filing.date_ahead", lambda: enter(steps.ACCEPT, filing, zhou_min, on=days(1)))
    early = refused("filing.before_submission", lambda: enter(steps.ACCEPT, filing, zhou_min, on=days(-1)))
    assert early.facts["earliest"] == days(0)
    refused("filing.due_early", lambda: enter(steps.CORRECT, filing, zhou_min, due_on=days(-1)))
    filing = enter(steps.CORRECT, filing, zhou_min)
    refused("filing.before_notice", lambda: enter(steps.RESUBMIT, filing, zhou_min, on=days(-1)))
    refused("filing.date_ahead", lambda: enter(steps.RESUBMIT, filing, zhou_min, on=days(1)))


@pytest.mark.parametrize("kind", ["patent", "trademark", "copyright"])
def test_a_decision_before_the_filing_names_the_law_of_its_kind(kind: str) -> None:
    with pytest.raises(Refused) as caught:
        steps.check_decided(kind, days(-1), submitted_on=days(0), today=days(0))
    assert (caught.value.code, caught.value.facts["kind"]) == ("filing.before_submission", kind)


def test_what_is_missing_is_asked_for(filing: Filing, zhou_min: User) -> None:
    refused("filing.number_missing", lambda: enter(steps.SUBMIT, filing, zhou_min, number=" 　"))
    refused("filing.number_long", lambda: enter(steps.SUBMIT, filing, zhou_min, number="1" * 61))
    filing = submitted(filing, days(0))
    refused("filing.note_missing", lambda: enter(steps.REFUSE, filing, zhou_min, note=" "))
    refused("filing.note_long", lambda: enter(steps.CORRECT, filing, zhou_min, note="缺" * 2001))
    refused("filing.no_certificate", lambda: enter(steps.ACCEPT, filing, zhou_min, certificate=None))
    fake = actions.Upload("certificate.pdf", b"<html>")
    refused("file.type", lambda: enter(steps.ACCEPT, filing, zhou_min, certificate=fake))


def test_a_barred_right_is_not_handed_in(filing: Filing, zhou_min: User) -> None:
    right = filing.deal.right
    dispute = rights.add_encumbrance(right, kind="dispute", in_favour_of="卡罗", since=days(-1), by=zhou_min)
    refused("right.blocked", lambda: submitted(filing, days(0)))
    filing.refresh_from_db()
    assert filing.state == Filing.State.PREPARED
    rights.release_encumbrance(dispute, on=days(0), by=zhou_min)
    assert submitted(filing, days(0)).state == Filing.State.SUBMITTED


def test_a_barred_right_is_not_recorded_as_passed(filing: Filing, zhou_min: User) -> None:
    filing = submitted(filing, days(0))
    right = filing.deal.right
    rights.add_encumbrance(right, kind="preservation", in_favour_of="长春市中级人民法院", since=days(-1), by=zhou_min)
    refused("right.blocked", lambda: enter(steps.ACCEPT, filing, zhou_min))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE filings_filingentry SET note = 'x'", "DELETE FROM filings_filingentry"],
)
def test_the_database_refuses_to_change_or_delete_an_entry(filing: Filing, statement: str) -> None:
    submitted(filing, days(0))
    with pytest.raises(IntegrityError, match="filings_filingentry is append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert FilingEntry.objects.get().note == ""


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite replaces a row behind its triggers' back")
def test_sqlite_refuses_to_put_another_entry_in_its_place(filing: Filing) -> None:
    submitted(filing, days(0))
    columns = [field.column for field in FilingEntry._meta.local_concrete_fields]
    chosen = ", ".join("'x'" if column == "note" else f'"{column}"' for column in columns)
    statement = f"INSERT OR REPLACE INTO filings_filingentry SELECT {chosen} FROM filings_filingentry"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert FilingEntry.objects.get().note == ""


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE filings_filingentry SET note = 'x'",
        "DELETE FROM filings_filingentry",
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE filings_filingentry CASCADE",
    ],
)
def test_postgresql_refuses_to_change_delete_or_empty_the_entries(filing: Filing, statement: str) -> None:
    submitted(filing, days(0))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert FilingEntry.objects.get().note == ""
