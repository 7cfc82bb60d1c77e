"""A contribution from the proposal to the certificate, or to its forfeiture, by the people whose step it is."""

import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError
from django.http import Http404
from django.test import Client
from django.urls import reverse

from market.documents.models import Version
from market.documents.seal import certificate_pem, verify
from market.equity import actions, queries
from market.equity.models import Contribution, Holding
from market.equity.reminders import remind_overdue
from market.equity.rules.shares import Held
from market.kernel import clock
from market.kernel.calendar import add_days
from market.kernel.clock import BEIJING
from market.notices.models import Notice
from market.parties.models import Party, User
from market.rights.queries import holders
from market.trail.models import Fact
from tests import people
from tests.market.equity import stage
from tests.market.equity.stage import PAPER, refused, yuan
from tests.people import owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_rows")]


@pytest.fixture(scope="module")
def proposed(kept_rows: None) -> Contribution:
    return stage.proposed(people.jilin_university(), people.anne_co(), people.changchun_agency())


@pytest.fixture(scope="module")
def resolved(proposed: Contribution) -> Contribution:
    right = stage.assets.right(proposed.contributor, draft=stage.assets.software_draft())
    other = stage.proposed(proposed.contributor, proposed.company, proposed.agency, right=right)
    return stage.resolved(stage.valued(other))


def table(found: Contribution) -> dict[str, tuple[Fraction, Fraction]]:
    return {row.holder: (row.before, row.after) for row in queries.cap_table(found)}


def test_a_patent_is_contributed_from_valuation_to_certificate(
    proposed: Contribution, client_of: Callable[[User | None], Client], anne: User, anne_co: Party
) -> None:
    found = stage.recorded(stage.filed(stage.resolved(stage.valued(proposed))))
    assert [title.holder for title in holders(found.right)] == [anne_co]
    done = stage.certified(found)
    assert (done.state, done.certified_on) == ("certified", clock.today())
    f = Fraction
    assert table(done) == {
        "安妮": (f(3, 5), f(12, 25)),
        "包博": (f(3, 10), f(6, 25)),
        actions.POOL: (f(1, 10), f(2, 25)),
        "吉林大学": (0, f(1, 10)),
        "李伟": (0, f(1, 15)),
        "王芳": (0, f(1, 30)),
    }
    assert queries.subscribed(done) == yuan(1_000_000)
    papers = Version.objects.filter(document__kind="capital_certificate")
    assert papers.count() == 3
    assert verify(papers[0].file.read(), certificate_pem())
    assert sum(value.minor for _row, value, _capital in queries.split_of(done)) == yuan(1_200_000).minor
    told = Fact.objects.filter(subject=done.ref, name="contribution.certified").get()
    assert set(told.audience) == {done.contributor.ref, anne_co.ref, done.agency.ref}

    assert stage.certified(done).certified_on == done.certified_on  # again: nothing more
    assert papers.count() == 3
    option = {"holder": "卡罗", "part": f(1, 25), "since": clock.today(), "cliff_months": 12, "months": 48}
    first = actions.grant_option(done, **option, by=anne)
    assert actions.grant_option(done, **option, by=anne) == first
    refused("equity.pool", lambda: actions.grant_option(done, **option | {"holder": "x", "part": f(1, 24)}, by=anne))
    refused("equity.cliff", lambda: actions.grant_option(done, **option | {"holder": "x", "months": 6}, by=anne))
    page = client_of(anne).get(
        reverse("contribution", args=[done.code]), {"pre_money": "6000000", "new_money": "1500000"}
    )
    text = page.content.decode()
    assert "38.4%" in text  # 12/25 x 4/5
    assert "Investors of the round" in text


def test_each_step_is_taken_by_whom_it_belongs_to(
    proposed: Contribution, mallory: User, anne: User, li_wei: User
) -> None:
    with pytest.raises(Http404):
        actions.value(proposed, **_report(), by=mallory)
    with pytest.raises(Http404):
        actions.value(proposed, **_report(), by=anne)
    refused("equity.not_now", lambda: stage.resolved(proposed))
    refused("equity.paper", lambda: stage.valued(proposed, report=None))
    refused("equity.over_report", lambda: stage.valued(proposed, agreed=yuan(1_500_001)))
    refused("equity.below_capital", lambda: stage.valued(proposed, agreed=yuan(999_999)))
    once = stage.valued(proposed)
    assert stage.valued(proposed).report == once.report
    assert Fact.objects.filter(subject=proposed.ref, name="contribution.valued").count() == 1
    assert stage.valued(proposed, agreed=yuan(1_300_000)).value == yuan(1_300_000)
    with pytest.raises(IntegrityError, match="contribution_not_over_report"):
        Contribution.objects.filter(pk=proposed.pk).update(value_minor=yuan(1_500_001).minor)


def _report() -> dict[str, object]:
    today = clock.today()
    return {
        "institution": "x",
        "number": "1",
        "amount": yuan(2_000_000),
        "agreed": yuan(2_000_000),
        "base_on": today,
        "valid_until": today,
        "report": PAPER,
    }


def test_a_right_is_contributed_once_and_not_while_it_may_not_pass(
    proposed: Contribution, jida: Party, anne_co: Party, agency: Party, li_wei: User
) -> None:
    again = (jida, anne_co, agency)
    refused("deal.right_taken", lambda: stage.proposed(*again, right=proposed.right))
    refused("equity.inventors_least", lambda: _service(proposed, again))
    refused("equity.not_company", lambda: stage.proposed(jida, agency, agency, right=proposed.right))
    refused("equity.not_whole", lambda: stage.proposed(*again, right=proposed.right, pool=Fraction(1, 5)))
    assert actions.withdraw(proposed, by=li_wei).state == "withdrawn"
    alike = stage.proposed(*again, right=proposed.right, inventors=[])
    new = alike.holdings.filter(kind=Holding.Kind.NEW).values_list("holder", flat=True)
    assert list(new) == ["吉林大学", "李伟", "王芳"]  # as the office names them


def _service(found: Contribution, parties: tuple[Party, Party, Party]) -> Contribution:
    found.right.service_result = True
    return stage.proposed(*parties, right=found.right, inventors_part=Fraction(1, 3))


def test_the_office_may_refuse_and_the_agency_files_anew(resolved: Contribution, agency: Party) -> None:
    chen = owner_of(agency)
    filed = stage.filed(resolved)
    refused("equity.before", lambda: actions.record(filed, on=clock.today() - timedelta(1), certificate=PAPER, by=chen))
    back = actions.refuse(filed, note="缺少共有人签字", by=chen)
    assert (back.state, back.filed_on) == ("resolved", None)
    assert stage.filed(back).state == "filed"


def test_what_is_not_contributed_is_called_forfeited_and_disposed_of(
    resolved: Contribution, anne: User, anne_co: Party
) -> None:
    late = datetime.combine(resolved.due_on or clock.today(), datetime.min.time(), BEIJING) + timedelta(days=2)
    with clock.shifted_to(late):
        refused("equity.not_now", lambda: actions.forfeit(resolved, notice=PAPER, by=anne))
        assert queries.waiting_for(anne_co) == [resolved]
        until = add_days(clock.today(), 60)
        called = actions.call(resolved, sent_on=clock.today(), until=until, notice=PAPER, by=anne)
        assert actions.call(called, sent_on=clock.today(), until=until, notice=PAPER, by=anne) == called
    with clock.shifted_to(late + timedelta(days=70)):
        lost = actions.forfeit(called, notice=PAPER, by=anne)
        refused("equity.not_now", lambda: stage.filed(lost))
        given = actions.dispose(lost, fate="transferred", to="卡罗", on=clock.today(), by=anne)
    assert table(given)["卡罗"] == (0, Fraction(1, 5))
    assert sum(after for _before, after in table(given).values()) == 1


def test_the_resolution_makes_the_pack_that_an_assignment_has(resolved: Contribution, zhou_min: User) -> None:
    (kept,) = Version.objects.filter(document__subject=resolved.ref, document__kind="filing-pack")
    with kept.file.open("rb") as file, zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["1-request.pdf", "2-resolution-paper.pdf", "3-report-paper.pdf", "manifest.txt"]
        assert archive.read("3-report-paper.pdf") == PAPER.content
    assert {*kept.document.readers.all()} == {resolved.contributor, resolved.agency}


def test_everybody_is_reminded_once_of_a_day_gone_by_and_once_of_a_grace(
    resolved: Contribution,
    client_of: Callable[[User | None], Client],
    li_wei: User,
    anne: User,
    deliver: Callable[[], None],
) -> None:
    def told() -> list[str]:
        for _twice in range(2):
            remind_overdue()
        deliver()
        found = Fact.objects.filter(subject=resolved.ref, name__in=["contribution.overdue", "contribution.lapsed"])
        assert Notice.objects.filter(fact__in=found, user=li_wei).count() == len(found)
        assert {len(fact.audience) for fact in found} <= {3}
        return [fact.name for fact in found.order_by("pk")]

    page = reverse("contribution", args=[resolved.code])
    due = datetime.combine(resolved.due_on or clock.today(), time(12), BEIJING)
    with clock.shifted_to(due):
        assert told() == []
        assert "Overdue" not in client_of(li_wei).get(page).content.decode()
    with clock.shifted_to(due + timedelta(days=1)):
        assert told() == ["contribution.overdue"]
        for path in (page, "/equity/", "/me/"):
            assert "Overdue" in client_of(anne).get(path).content.decode(), path
        actions.call(resolved, sent_on=clock.today(), until=add_days(clock.today(), 60), notice=PAPER, by=anne)
        assert told() == ["contribution.overdue"]
    with clock.shifted_to(due + timedelta(days=70)):
        assert told() == ["contribution.overdue", "contribution.lapsed"]


def test_pages_show_each_party_its_step_and_strangers_nothing(
    proposed: Contribution,
    resolved: Contribution,
    client_of: Callable[[User | None], Client],
    li_wei: User,
    anne: User,
    mallory: User,
) -> None:
    door = reverse("contribution", args=[proposed.code])
    assert client_of(mallory).get(door).status_code == 404
    assert client_of(None).get(door).status_code == 302
    owner = client_of(li_wei)
    assert "Enter the appraisal report" in owner.get(door).content.decode()
    assert "Enter the appraisal report" not in client_of(anne).get(door).content.decode()
    wrong = owner.post(door, {"step": "value", "value-amount": "many"})
    assert wrong.status_code == 422
    assert owner.post(door, {"step": "fly"}).status_code == 404
    assert proposed.code in owner.get("/equity/").content.decode()
    typed = {"company": "91", "before": "安妮 60%", "part": "2"}
    assert owner.post(reverse("contribution-new"), typed).status_code == 422
    assert "not one" in owner.post(reverse("contribution-new"), _proposal(resolved)).content.decode()


def _proposal(found: Contribution) -> dict[str, object]:
    return {
        "right": found.right_id,
        "company": found.company.code,
        "agency": found.agency_id,
        "established_on": "2020-05-06",
        "capital": "4000000",
        "before": "安妮 60%",
        "part": "20%",
    }


def test_a_contribution_page_asks_the_same_however_many_hold_the_company(
    jida: Party,
    anne_co: Party,
    agency: Party,
    client_of: Callable[[User | None], Client],
    li_wei: User,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    many = [Held(f"h{place}", Fraction(1, 40)) for place in range(40)]
    found = stage.proposed(jida, anne_co, agency, before=many, pool=Fraction(0), right=_another(jida))
    client = client_of(li_wei)
    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
        assert client.get(reverse("contribution", args=[found.code])).status_code == 200


def _another(jida: Party) -> object:
    return stage.assets.right(jida, draft=stage.assets.patent_draft(9))
