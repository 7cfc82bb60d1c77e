"""Statutory reports: given by an institution, signed by two appraisers, never changed, and what waits for one is met by it."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.http import Http404
from django.test import Client

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings.models import Listing
from market.listings.queries import reserve_of
from market.parties.models import Membership, Party, User
from market.rights.conditions import actions as conditions
from market.rights.conditions.actions import Paper
from market.rights.conditions.models import Condition
from market.rights.rules.law import cite
from market.rights.rules.rulebook import Blocker
from market.trail.journal import facts_about
from market.trail.models import Fact
from tests import assets, people
from tests.guards import refuses_to_forget
from tests.market.documents.files import PDF
from tests.market.listings import shelf
from valuation.guidance.queries import is_far_above, known_of
from valuation.guidance.rules import Known, Sold, far_above, of_deals
from valuation.methods.errors import ValuationError
from valuation.statutory import actions, rules
from valuation.statutory.models import Engagement, Report, Signature

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_rows")]
ClientOf = Callable[[User | None], Client]
VALUE = Money(118_000_000, "CNY")


@pytest.fixture(scope="module")
def institution(kept_rows: None) -> Party:
    """长春信评资产评估, an appraisal institution with two appraisers."""
    made = people.party(people.person("ping", "平正"), Party.Kind.APPRAISER, "长春信评资产评估有限公司", 61)
    people.join(people.person("gu", "顾实"), made, Membership.Role.AGENT)
    return made


@pytest.fixture(scope="module")
def listing(kept_rows: None) -> Listing:
    """吉林大学's patent, on the market."""
    return shelf.offer(assets.right(people.jilin_university()))


@pytest.fixture(scope="module")
def engagement(listing: Listing, institution: Party) -> Engagement:
    """The university engages the institution for the transfer."""
    return actions.engage(
        listing=listing, institution=institution, purpose="transfer", by=people.owner_of(listing.seller)
    )


def user(name: str) -> User:
    return User.objects.get(username=name)


def give(engagement: Engagement, **changed: Any) -> Report:
    said: dict[str, Any] = {
        "key": uuid4(),
        "number": "信评报字〔2026〕第12号",
        "premise": "market",
        "methods": "收益法、成本法",
        "valuation_date": clock.today(),
        "valid_until": clock.today() + timedelta(days=300),
        "value": VALUE,
        "paper": Paper("report.pdf", PDF, "application/pdf"),
        "by": user("ping"),
    }
    return actions.give(engagement=engagement, **(said | changed))


def signed(report: Report) -> Report:
    actions.sign(report=report, name="平正", certificate="22010001", by=user("ping"))
    actions.sign(report=report, name="顾实", certificate="22-010002", by=user("gu"))
    return report


def test_a_report_counts_once_two_appraisers_have_signed_it_and_is_never_changed(
    engagement: Engagement, li_wei: User
) -> None:
    report = give(engagement)
    with pytest.raises(Refused, match=r"statutory\.unsigned"):
        actions.fulfil(report=report, by=li_wei)
    one = actions.sign(report=report, name="平正", certificate="22010001", by=user("ping"))
    assert actions.sign(report=report, name="别人", certificate="99999999", by=user("ping")) == one
    for bad in ("22010001", "12", "见附件，已签"):
        with pytest.raises(Refused, match=r"statutory\.certificate"):
            actions.sign(report=report, name="顾实", certificate=bad, by=user("gu"))
    assert not facts_about(report.ref).filter(name="appraisal.signed").exists()
    actions.sign(report=report, name="顾实", certificate="22-010002", by=user("gu"))
    assert {row.sha256 for row in Signature.objects.all()} == {report.paper.sha256}
    assert [fact.name for fact in facts_about(report.ref)] == ["appraisal.reported", "appraisal.signed"]
    assert not any(str(VALUE.minor) in str(fact.data) or VALUE.plain() in str(fact.data) for fact in Fact.objects.all())
    for row in (report, one, engagement):
        rows = type(row).objects.filter(pk=row.pk)
        for change in (partial(rows.update, id=row.pk), partial(rows._raw_delete, "default")):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change()


@pytest.mark.postgres
def test_postgresql_keeps_engagement_report_and_signatures(engagement: Engagement) -> None:
    signed(give(engagement))
    for what in ("engagement", "report", "signature"):
        refuses_to_forget(f"valuation_{what}")


def test_the_condition_that_waits_for_the_appraisal_is_met_by_the_report(engagement: Engagement, li_wei: User) -> None:
    right, seller = engagement.listing.right, engagement.client
    asked = conditions.ask(
        right,
        blockers=[
            Blocker(
                "R35", "red", "no_appraisal", cite("appraisal", right.kind, clock.today()), "appraisal", "appraiser"
            )
        ],
        opened_for=engagement.listing.ref,
        seller=seller,
        asked_by=seller,
        actor=li_wei.ref,
    )
    assert [one.kind for one in asked] == [Condition.Kind.APPRAISAL]
    report = signed(give(engagement))
    with pytest.raises(Http404):
        actions.fulfil(report=report, by=user("ping"))
    (met,) = actions.fulfil(report=report, by=li_wei)
    assert (met.state, met.value, met.since, met.grade) == ("met", VALUE, report.valuation_date, "appraise")
    assert met.paper is not None
    assert met.paper.sha256 == report.paper.sha256


def test_the_reserve_follows_the_report_and_nobody_reads_it(institution: Party, li_wei: User) -> None:
    draft = assets.draft_listing(people.jilin_university(), people.changchun_agency(), draft=assets.patent_draft(2))
    engaged = actions.engage(listing=draft, institution=institution, purpose="transfer", by=li_wei)
    report = signed(give(engaged))
    before = Fact.objects.count()
    actions.reserve_from(report=report, by=li_wei)
    assert reserve_of(draft) == VALUE
    told = Fact.objects.order_by("pk")[before:]
    assert not any(str(VALUE.minor) in str(fact.data) or VALUE.plain() in str(fact.data) for fact in told)
    known = known_of(draft)
    assert [one.source for one in known] == ["statutory"]
    assert not is_far_above(draft, known)


def test_only_client_and_institution_see_it_and_each_does_its_part_on_the_pages(
    engagement: Engagement, institution: Party, li_wei: User, mallory: User, regulator: User, client_of: ClientOf
) -> None:
    url, today = f"/appraisals/{engagement.code}/", clock.today()
    for stranger in (mallory, regulator):
        assert client_of(stranger).get(url).status_code == 404
    assert "key" not in client_of(li_wei).get(url).content.decode().split("<main")[1]
    said = {
        "key": str(uuid4()),
        "number": "12",
        "premise": "market",
        "methods": "收益法",
        "valuation_date": today.isoformat(),
        "valid_until": (today + timedelta(days=800)).isoformat(),
        "value": "1180000",
    }
    client = client_of(user("ping"))

    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile("report.pdf", PDF, "application/pdf")

    late = client.post(url, {**said, "file": file()})
    assert list(late.context["form"].errors) == ["valid_until"]
    given = client.post(url, {**said, "valid_until": today.isoformat(), "file": file()})
    report = Report.objects.get()
    assert given.url == f"/appraisals/reports/{report.code}/"
    for name, number in (("ping", "22010001"), ("gu", "22010002")):
        sign = {"name": name, "certificate": number, "agree": "on"}
        assert client_of(user(name)).post(given.url, sign).status_code == 302
    page = client_of(li_wei).get(given.url).content.decode()
    assert "Hand it to what waits" in page
    assert client_of(li_wei).post(f"{given.url}fulfil/").status_code == 302
    assert client_of(mallory).get(given.url).status_code == 404
    assert client_of(mallory).post(f"{given.url}fulfil/").status_code == 404
    assert engagement.code in client_of(li_wei).get("/appraisals/").content.decode()
    assert client_of(li_wei).get(f"/appraisals/of/{engagement.listing.code}/").status_code == 200


@pytest.mark.parametrize(
    ("kind", "state_owned", "contributed", "codes"),
    [
        ("enterprise", True, False, [("state_asset", True)]),
        ("enterprise", True, True, [("state_asset", True), ("contribution", True)]),
        ("university", True, False, [("institute_decides", False)]),
        ("institute", True, True, [("institute_decides", False), ("contribution", True)]),
        ("enterprise", False, False, []),
        ("person", False, True, [("contribution", True)]),
    ],
)
def test_when_the_law_asks_for_an_appraisal(
    kind: str, state_owned: bool, contributed: bool, codes: list[tuple[str, bool]]
) -> None:
    found = rules.needs(seller_kind=kind, state_owned=state_owned, contributed=contributed)
    assert [(need.code, need.must) for need in found] == codes
    assert all(need.articles for need in found)


def test_a_report_counts_for_its_days_once_two_have_signed() -> None:
    until = date(2026, 12, 31)
    assert rules.counts(signatures=2, valid_until=until, on=until)
    assert not rules.counts(signatures=2, valid_until=until, on=date(2027, 1, 1))
    assert not rules.counts(signatures=1, valid_until=until, on=until)


def test_deals_make_a_range_for_three_sellers_and_no_single_price_is_told() -> None:
    sold = [Sold(seller, Money(price, "CNY")) for seller, price in ((1, 12_345_600), (2, 23_456_700), (3, 98_765_400))]
    found = of_deals(sold)
    assert (found.low, found.middle, found.high) == (
        Money(18_000_000, "CNY"),
        Money(23_000_000, "CNY"),
        Money(61_000_000, "CNY"),
    )
    for few in (sold[:2], [*sold[:2], sold[1]], [*sold[:2], Sold(3, Money(5, "USD"))]):
        with pytest.raises(ValuationError, match="no_comparables"):
            of_deals(few)


def test_a_reserve_is_far_above_when_it_is_half_over_every_range() -> None:
    ranges = [Known("model", Money(50, "CNY"), Money(80, "CNY"), Money(100, "CNY"))]
    assert not far_above(Money(150, "CNY"), ranges)
    assert far_above(Money(151, "CNY"), ranges)
    assert not far_above(Money(151, "USD"), ranges)
    assert not far_above(Money(151, "CNY"), [])
    assert not far_above(Money(151, "CNY"), [*ranges, Known("deals", *[Money(120, "CNY")] * 3)])


def test_guidance_is_for_the_seller_alone(listing: Listing, li_wei: User, mallory: User, client_of: ClientOf) -> None:
    url = f"/assets/{listing.code}/"
    assert "What it may fetch" in client_of(li_wei).get(f"/sell/{listing.code}/").content.decode()
    for stranger in (mallory, None):
        assert "What it may fetch" not in client_of(stranger).get(url).content.decode()
