"""A patent declared open to licences: every bar of the law, the notice and the fee that make a licence, and withdrawal."""

import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from market.deals import queries as of_deals
from market.deals.models import Deal
from market.deals.open_licences import actions, queries, rules
from market.deals.open_licences.models import Declaration
from market.filings import actions as filings
from market.filings.models import Filing
from market.filings.queries import waiting
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.payments.models import Charge
from market.rights import actions as rights
from market.rights.models import Encumbrance, Right
from market.rights.queries import blockers_of
from market.royalties.models import Licence
from tests import assets
from tests.market.deals import stage
from tests.market.filings.stage import CERTIFICATE, refused
from tests.market.payments import stage as money
from tests.people import PASSWORD, owner_of

Deliver = Callable[[], None]
ClientOf = Callable[[User | None], Client]
FEE = Money(30_000_00, "CNY")
pytestmark = pytest.mark.django_db


@pytest.fixture
def right(jida: Party) -> Right:
    """A granted patent of jida's that nothing burdens."""
    return assets.right(jida)


def declare(right: Right, holder: Party, agency: Party, **other: Any) -> Declaration:
    said = {"fee": FEE, "years": 3, "remarks": "技术资料随许可提供。"} | other
    return actions.declare(right=right, holder=holder, agency=agency, by=owner_of(holder), **said)


def announce(declaration: Declaration, number: str) -> Filing:
    """The agency hands in what is prepared, and the office announces it today."""
    filing, by, on = declaration.filings.latest("pk"), owner_of(declaration.agency), clock.today()
    filings.submit(filing, number=f"2026-{filing.pk}", on=on, by=by)
    return filings.accept(filing, number=number, on=on, certificate=CERTIFICATE, by=by)


def published(right: Right, holder: Party, agency: Party) -> Declaration:
    made = declare(right, holder, agency)
    return actions.publish(declaration=made, number="39-2601", on=clock.today(), by=owner_of(agency))


def _burden(kind: str, **more: Any) -> Callable[[Right, Party, Party], None]:
    def enter(right: Right, holder: Party, other: Party) -> None:
        since = clock.today() - timedelta(days=30)
        rights.add_encumbrance(right, kind=kind, in_favour_of="某方", since=since, by=owner_of(holder), **more)

    return enter


def _state(to: str) -> Callable[[Right, Party, Party], None]:
    return lambda right, holder, other: Right.objects.filter(pk=right.pk).update(state=to) and None  # type: ignore[func-returns-value]


def _type(of: str) -> Callable[[Right, Party, Party], None]:
    def change(right: Right, holder: Party, other: Party) -> None:
        right.patent.type = of
        right.patent.save()

    return change


def _unpaid(right: Right, holder: Party, other: Party) -> None:
    right.patent.annuity_paid_to = clock.today() - timedelta(days=20)
    right.patent.save()


def _co_owned(right: Right, holder: Party, other: Party) -> None:
    title = right.titles.get()
    title.until = clock.today()
    title.save()
    for party in (holder, other):
        right.titles.create(holder=party, share_num=1, share_den=2, since=title.until, basis="original", source="test")


# 专利法 50; 专利法实施细则 86, 103, 104; 专利法 14: what bars a declaration, and the defect that says so.
BARS: list[tuple[str, Callable[[Right, Party, Party], None], str]] = [
    ("an exclusive licence in force", _burden("licence", grade="exclusive"), "open_barred"),
    ("a sole licence in force", _burden("licence", grade="sole"), "open_barred"),
    ("procedures suspended", _burden("suspension"), "suspension"),
    ("property preservation", _burden("preservation"), "preservation"),
    ("an ownership dispute", _burden("dispute"), "dispute"),
    ("an annuity unpaid", _unpaid, "annuity"),
    ("a pledge the pledgee has not agreed about", _burden("pledge"), "pledge"),
    ("a co-owner who has not consented", _co_owned, "co_owner"),
    ("a utility model without its evaluation report", _type("utility"), "open_no_report"),
    ("a design without its evaluation report", _type("design"), "open_no_report"),
    ("a patent that lapsed", _state("lapsed"), "lapsed"),
    ("a patent declared invalid", _state("invalidated"), "invalidated"),
    ("a patent whose term is over", _state("expired"), "expired"),
]


@pytest.mark.parametrize(("bar", "code"), [row[1:] for row in BARS], ids=[row[0] for row in BARS])
def test_each_bar_of_the_law_keeps_a_patent_from_being_declared(
    bar: Callable[[Right, Party, Party], None], code: str, right: Right, jida: Party, bob_co: Party, agency: Party
) -> None:
    bar(right, jida, bob_co)
    with pytest.raises(Refused) as caught:
        declare(Right.objects.get(pk=right.pk), jida, agency)
    assert caught.value.code == "right.blocked"
    assert code in [blocker.code for blocker in caught.value.facts["blockers"]]
    assert not Declaration.objects.exists()


@pytest.mark.parametrize("bar", [("an ordinary licence", _burden("licence", grade="ordinary"))], ids=lambda row: row[0])
def test_what_is_no_bar_lets_it_be_declared(bar: Any, right: Right, jida: Party, bob_co: Party, agency: Party) -> None:
    bar[1](right, jida, bob_co)
    assert declare(right, jida, agency).state == "declared"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("open.patents_only", ("trademark", "registered", 3, "")),
        ("open.patents_only", ("patent", "pending", 3, "")),
        ("open.years", ("patent", "granted", 0, "")),
        ("open.years", ("patent", "granted", 21, "")),
        ("open.advertising", ("patent", "granted", 3, "国内领先的技术")),
        ("open.advertising", ("patent", "granted", 3, "The best process there is.")),
    ],
)
def test_what_a_declaration_may_not_say(code: str, said: tuple[str, str, int, str]) -> None:
    with pytest.raises(Refused) as caught:
        rules.check_said(*said)
    assert caught.value.code == code
    assert sentence(caught.value)


def test_an_annuity_is_reduced_by_fifteen_percent(right: Right) -> None:
    assert rules.reduced(Money(2_000_00, "CNY")) == Money(1_700_00, "CNY")
    found = queries.next_annuity(right)
    assert found is None or found[1] == rules.reduced(found[0].fee.amount)  # type: ignore[union-attr]


def test_declared_twice_is_one_and_published_it_bars_licences_that_keep_others_out(
    right: Right, jida: Party, agency: Party
) -> None:
    made = declare(right, jida, agency)
    assert declare(right, jida, agency) == made
    assert made.pack is not None
    for _twice in range(2):
        actions.publish(declaration=made, number="39-2601", on=clock.today(), by=owner_of(agency))
    burden = Encumbrance.objects.get(right=right)
    assert (burden.kind, burden.number) == ("open_licence", "39-2601")
    assert "open_running" in [blocker.code for blocker in blockers_of(right, "license_exclusive")]
    assert not [blocker for blocker in blockers_of(right, "license_ordinary") if blocker.red]


def test_a_declaration_and_its_withdrawal_count_from_the_day_the_office_announces_them(
    right: Right, jida: Party, bob_co: Party, agency: Party, zhou_min: User, li_wei: User, deliver: Deliver
) -> None:
    made, today = declare(right, jida, agency), clock.today()
    deliver()
    filing = Filing.objects.get()
    assert zipped(filing) == ["1-declaration.pdf", "manifest.txt"]
    assert filings.prepare_declaration(made, actor="system:test") == filing
    ahead: dict[str, Any] = {"number": "2026-1", "on": today - timedelta(days=1), "by": zhou_min}
    refused("filing.before_declaration", lambda: filings.submit(filing, **ahead))
    filings.submit(filing, number="2026-1", on=today, by=zhou_min)
    asked = filings.request_correction(filing, note="缺少联系方式", due_on=today, document=None, by=zhou_min)
    assert (asked.state, asked.due_on) == ("correction", today)
    filings.resubmit(filing, on=today, by=zhou_min)
    refused(
        "filing.no_certificate", lambda: filings.accept(filing, number="9", on=today, certificate=None, by=zhou_min)
    )
    for _twice in range(2):
        filings.accept(filing, number="39-2601", on=today, certificate=CERTIFICATE, by=zhou_min)
    made = queries.declarations().get()
    assert (made.state, made.office_number, made.published_on) == ("published", "39-2601", today)

    for _twice in range(2):
        assert actions.withdraw(declaration=made, by=li_wei).state == "published"
    deliver()
    assert Filing.objects.count() == 2
    assert zipped(made.filings.get(purpose="close")) == ["1-withdrawal.pdf", "manifest.txt"]
    assert actions.take(declaration=made, buyer=bob_co, by=owner_of(bob_co)).state == "formed"
    back = announce(made, "39-2702")
    made.refresh_from_db()
    assert (back.state, made.state, made.withdrawn_on) == ("accepted", "withdrawn", today)
    assert not Encumbrance.objects.filter(right=right, kind="open_licence", released_on=None).exists()


def zipped(filing: Filing) -> list[str]:
    assert filing.pack is not None
    with filing.pack.file.open("rb") as file, zipfile.ZipFile(file) as pack:
        return pack.namelist()


def test_a_declaration_given_up_before_its_announcement_leaves_the_office(
    right: Right, jida: Party, agency: Party, zhou_min: User, li_wei: User, deliver: Deliver
) -> None:
    made = declare(right, jida, agency)
    deliver()
    filing = filings.submit(made.filings.get(), number="2026-1", on=clock.today(), by=zhou_min)
    assert actions.withdraw(declaration=made, by=li_wei).state == "withdrawn"
    with pytest.raises(Conflict):
        filings.accept(filing, number="39-2601", on=clock.today(), certificate=CERTIFICATE, by=zhou_min)
    assert filing.pk in {row.pk for row in waiting(agency)}
    assert filings.withdraw(filing, note="声明人放弃", by=zhou_min).state == "withdrawn"
    assert not waiting(agency)


def test_notice_and_fee_make_a_licence_and_a_withdrawal_leaves_it(
    right: Right, jida: Party, anne_co: Party, bob_co: Party, agency: Party, finance_sun: User, deliver: Deliver
) -> None:
    declaration, anne = published(right, jida, agency), owner_of(anne_co)
    deal = actions.take(declaration=declaration, buyer=anne_co, by=anne)
    deliver()
    assert actions.take(declaration=declaration, buyer=anne_co, by=anne) == deal
    step = of_deals.next_step(deal)
    assert (step.what, step.roles) == ("sign_notice", ("buyer",))
    assert [paper.kind for paper in deal.papers.all()] == ["notice"]
    stage.sign(deal.papers.get(), "buyer", anne)
    deliver()
    charge = Charge.objects.get(subject=deal.ref)
    assert charge.amount == FEE
    money.confirm(charge, finance_sun)
    deliver()
    licence = Licence.objects.get()
    assert (licence.granted_for, licence.licensee, licence.paid_up) == (deal.ref, anne_co, True)
    assert Filing.objects.get(deal=deal).pack is not None
    assert queries.declarations().get().taken == 1
    actions.withdraw(declaration=declaration, by=owner_of(jida))
    deliver()
    announce(declaration, "39-2702")
    with pytest.raises(Refused) as caught:
        actions.take(declaration=declaration, buyer=bob_co, by=owner_of(bob_co))
    assert caught.value.code == "open.closed"
    assert Deal.objects.get().state == "paid"
    assert Licence.objects.get().state == "active"
    live = Encumbrance.objects.filter(right=right, released_on=None)
    assert [(row.kind, row.grade) for row in live] == [("licence", "ordinary")]
    assert declare(Right.objects.get(pk=right.pk), jida, agency) != declaration


def test_the_holder_does_not_take_his_own(right: Right, jida: Party, agency: Party) -> None:
    declaration = published(right, jida, agency)
    with pytest.raises(Refused) as caught:
        actions.take(declaration=declaration, buyer=jida, by=owner_of(jida))
    assert caught.value.code == "deal.self"


def test_the_pages_show_it_to_everybody_and_its_steps_to_whose_they_are(
    right: Right,
    jida: Party,
    anne: User,
    agency: Party,
    li_wei: User,
    zhou_min: User,
    mallory: User,
    client_of: ClientOf,
    deliver: Deliver,
) -> None:
    holder, agent, taker, stranger = (client_of(user) for user in (li_wei, zhou_min, anne, None))
    form = {"right": right.code, "agency": agency.code, "fee": "30000", "years": "3", "remarks": "最好的技术"}
    door = reverse("open-licence-declare")
    refused = holder.post(door, form)
    assert (refused.status_code, "may not advertise" in refused.content.decode()) == (422, True)
    page = holder.post(door, form | {"remarks": ""})["Location"]
    assert stranger.get(page).status_code == 404
    assert client_of(mallory).get(page).status_code == 404
    deliver()
    today, filing = date.isoformat(clock.today()), Filing.objects.get()
    desk = reverse("filing", args=[filing.code])
    assert desk in agent.get(page).content.decode()
    assert desk not in holder.get(page).content.decode()
    assert right.number in agent.get(reverse("desk-filings")).content.decode()
    assert (taker.get(desk).status_code, holder.get(desk).status_code) == (404, 404)
    given = {"step": "submit", "submit-number": "2026-1", "submit-on": today}
    assert agent.post(desk, given).status_code == 302
    answer = {"accept-number": "39-2601", "accept-on": today, "accept-compared": "on"}
    paper = SimpleUploadedFile("gazette.pdf", CERTIFICATE.content, content_type="application/pdf")
    assert agent.post(desk, answer | {"step": "accept", "accept-file": paper}).status_code == 302
    assert "anybody may take a licence since" in agent.get(desk).content.decode()
    shown = stranger.get(page).content.decode()
    assert "¥30,000" in shown
    assert "Sign in to take the licence" in shown
    assert right.number in stranger.get(reverse("open-licences")).content.decode()
    answer = taker.post(page, {"take": "1"})
    deal = Deal.objects.get()
    assert answer["Location"] == reverse("deal-sign", args=[deal.code, "notice"])
    signing = taker.get(answer["Location"]).content.decode()
    assert "Sign the notice" in signing
    sent = {"sha256": deal.papers.get().version.sha256, "consent": "on", "password": PASSWORD}
    assert taker.post(answer["Location"], sent).status_code == 302
    assert Deal.objects.get().state == "signed"
    assert holder.get(reverse("deal", args=[deal.code])).status_code == 200
    assert holder.post(page, {"withdraw": "1"}).status_code == 302
    assert holder.post(page, {"withdraw": "1"}).status_code == 404  # it is asked for
    assert "It stays open until the office has announced that" in holder.get(page).content.decode()
    assert stranger.get(page).status_code == 200
    deliver()
    announce(Declaration.objects.get(), "39-2702")
    assert stranger.get(page).status_code == 404
    assert taker.get(page).status_code == 200
