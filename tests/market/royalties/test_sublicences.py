"""A sublicence from the request to its end: within its licence, with consent where it is asked for, shared with the licensor."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import Http404
from django.test import Client

from market.deals import actions as deals
from market.deals.models import Deal
from market.deals.terms import actions as terms
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.rights.models import Encumbrance
from market.royalties import actions as royalties
from market.royalties import queries
from market.royalties.models import Licence, ReportingPeriod, Statement, Sublicence
from market.royalties.runs.actions import run
from market.royalties.sublicences import actions, rules
from market.royalties.sublicences.queries import chain_of, first_draft, is_unknown
from market.trail import journal
from market.trail.models import Fact
from tests import assets, people
from tests.market.deals import stage as dealing
from tests.market.deals.terms.papers import running, yuan
from tests.market.deals.terms.test_form import typed_like
from tests.market.royalties import stage
from tests.market.royalties.stage import page, sold
from tests.people import owner_of

NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)  # four quarters since 2025 are over
LAST = {"start": "2025-01-01", "end": "2027-12-31"}
HEAD: dict[str, Any] = {
    "sublicence": "with_consent",
    "payments": [running(), {"kind": "sublicence", "share": "0.3"}],
    "exclusivity": "exclusive",
}
REPORTS = {"period": "quarter", "due_days": 30, "payment_days": 15}


@pytest.fixture(scope="module")
def kept(kept_rows: None) -> Licence:
    with clock.shifted_to(NOW):
        jida = people.jilin_university()
        sides = (jida, people.anne_co(), people.changchun_agency())
        return stage.licence(*sides, of=assets.right(jida), **HEAD)


@pytest.fixture(autouse=True)
def in_february() -> Any:
    with clock.shifted_to(NOW):
        yield


@pytest.fixture
def head(kept: Licence, db: None) -> Licence:
    return kept


def asked(head: Licence, taker: Party, key: UUID | None = None, **changed: Any) -> Sublicence:
    """Anne's company asks to let `taker` use the patent for four percent."""
    royalty = {"payments": [running({"rate": "0.04"})], "reports": REPORTS}
    document = {**first_draft(head), "term": LAST, **royalty, **changed}
    return actions.ask(head=head, sublicensee=taker, document=document, key=key or uuid4(), by=owner_of(head.licensee))


def begun(head: Licence, taker: Party, **changed: Any) -> Licence:
    """The sublicence consented to, agreed, signed, paid where a sum is due on signing, and active."""
    made = actions.consent(sublicence=asked(head, taker, **changed), by=owner_of(head.licensor))
    deal = made.deal
    assert deal is not None
    agreed = terms.adopt(deal=deal, role="buyer", sha256=deal.terms.get().sha256, by=owner_of(taker))
    assert agreed.agreed
    paper = deals.draft_contract(deal, actor=dealing.SYSTEM)
    signed = dealing.signed_by(paper, seller=head.licensee, buyer=taker)
    if signed.price:
        deals.mark_paid(signed, actor=dealing.SYSTEM)
    arrived()
    run()
    return Licence.objects.get(granted_for=deal.ref)


def arrived() -> None:
    """Every fact so far delivered."""
    while journal.deliver_due():
        pass


def reported(licence: Licence, number: int, gross: str) -> ReportingPeriod:
    return stage.reported(licence, number, gross)


def refused(code: str, act: Callable[[], Any]) -> None:
    """`act` is refused with `code`, whose sentence can be read, and nothing is asked for or opened."""
    before = (Sublicence.objects.count(), Deal.objects.count(), Fact.objects.count())
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert "{" not in sentence(caught.value)
    assert (Sublicence.objects.count(), Deal.objects.count(), Fact.objects.count()) == before


def test_with_the_licensors_consent_a_sublicence_goes_from_the_request_to_an_active_licence(
    head: Licence, bob_co: Party
) -> None:
    key = uuid4()
    made = asked(head, bob_co, key)
    assert asked(head, bob_co, key) == made
    assert (made.state, made.deal, made.shared) == ("asked", None, True)
    with pytest.raises(Http404):
        actions.consent(sublicence=made, by=owner_of(bob_co))
    opened = actions.consent(sublicence=made, by=owner_of(head.licensor))
    assert actions.consent(sublicence=opened, by=owner_of(head.licensor)).deal == opened.deal
    arrived()
    deal = Deal.objects.get(pk=opened.deal_id)
    assert (deal.state, deal.seller, deal.buyer, deal.price) == ("confirmed", head.licensee, bob_co, Money.zero("CNY"))
    assert not deal.papers.exists()
    beyond = {**deal.terms.get().document, "territory": ["WORLD"]}
    refused(
        "sublicence.beyond",
        lambda: terms.propose(deal=deal, role="buyer", document=beyond, over=1, by=owner_of(bob_co)),
    )
    terms.adopt(deal=deal, role="buyer", sha256=deal.terms.get().sha256, by=owner_of(bob_co))
    arrived()
    paper = deal.papers.get()
    assert f"依据许可 {head.code} 取得实施权" in str(paper.terms)
    assert "合法拥有者" not in str(paper.terms)
    dealing.signed_by(paper, seller=head.licensee, buyer=bob_co)
    arrived()
    licence = Licence.objects.get(granted_for=deal.ref)
    assert (licence.state, licence.licensor, licence.licensee) == ("active", head.licensee, bob_co)
    assert chain_of(licence) == [head]
    assert not Encumbrance.objects.filter(right=head.right).exists()  # the licence it stands under is the burden
    assert queries.shares_of(licence, clock.today()) == [queries.Share(head.licensee.code, "1")]


def test_a_licensor_who_does_not_consent_says_why_and_no_deal_is_opened(head: Licence, bob_co: Party) -> None:
    made = asked(head, bob_co)
    refused("royalty.remark_missing", lambda: actions.refuse(sublicence=made, remark=" ", by=owner_of(head.licensor)))
    for _twice in range(2):
        done = actions.refuse(sublicence=made, remark="竞争对手", by=owner_of(head.licensor))
    assert (done.state, done.remark, done.deal) == ("refused", "竞争对手", None)
    refused("state.illegal", lambda: actions.consent(sublicence=done, by=owner_of(head.licensor)))


def test_where_the_terms_let_it_be_granted_freely_the_deal_is_opened_at_once(head: Licence, bob_co: Party) -> None:
    Licence.objects.filter(pk=head.pk).update(terms=head.terms | {"sublicence": "free"})
    assert asked(head, bob_co).state == "opened"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"territory": ["WORLD"]}, "sublicence.beyond"),
        ({"term": {"start": "2025-01-01", "end": "2028-01-01"}}, "sublicence.beyond"),
        ({"sublicence": "free"}, "sublicence.beyond"),
        ({"payments": []}, "terms.unpaid"),
        ({"payments": [running()], "reports": None}, "terms.shape"),
        ({"clauses": [{"text": "被许可人不得对许可专利的有效性提出异议。"}]}, "licence.void"),
        (
            {
                "payments": [
                    {"kind": "lump_sum", "amount": {"amount": "5.00", "currency": "USD"}, "due_on": "2026-01-01"}
                ]
            },
            "sublicence.currency",
        ),
    ],
)
def test_what_the_licence_and_the_law_do_not_allow_is_refused(
    head: Licence, bob_co: Party, changed: dict[str, Any], code: str
) -> None:
    refused(code, lambda: asked(head, bob_co, **changed))


def test_nothing_is_granted_under_a_licence_that_forbids_it_or_has_ended(
    head: Licence, jida: Party, bob_co: Party
) -> None:
    refused("sublicence.party", lambda: asked(head, jida))
    with pytest.raises(Http404):
        actions.ask(head=head, sublicensee=bob_co, document={}, key=uuid4(), by=owner_of(jida))
    waiting = asked(head, bob_co)
    Licence.objects.filter(pk=head.pk).update(terms=head.terms | {"sublicence": "none"})
    refused("sublicence.not_allowed", lambda: asked(head, bob_co))
    Licence.objects.filter(pk=head.pk).update(until=date(2026, 2, 9), terms=head.terms)
    refused("sublicence.head_ended", lambda: asked(head, bob_co, term={"start": "2025-01-01", "end": "2026-02-09"}))
    refused("sublicence.head_ended", lambda: actions.consent(sublicence=waiting, by=owner_of(head.licensor)))


def test_an_exclusive_sublicence_leaves_no_room_for_another_of_the_same(
    head: Licence, bob_co: Party, agency: Party
) -> None:
    third = people.party(people.person("tang", "唐静"), Party.Kind.ENTERPRISE, "四平灯具有限公司", 77)
    actions.consent(sublicence=asked(head, bob_co, exclusivity="exclusive"), by=owner_of(head.licensor))
    refused("sublicence.overlap", lambda: asked(head, third))


@pytest.mark.parametrize(
    ("state", "until", "code"),
    [
        ("active", None, ""),
        ("active", date(2026, 2, 10), ""),
        ("active", date(2026, 2, 9), "sublicence.head_ended"),
        ("ended", None, "sublicence.head_ended"),
    ],
)
def test_a_licence_has_to_run_on_the_day(state: str, until: date | None, code: str) -> None:
    def check() -> None:
        rules.check_running(state, until, date(2026, 2, 10))

    if code:
        with pytest.raises(Refused, match=code.replace(".", r"\.")):
            check()
    else:
        check()


def test_the_licensor_shares_in_what_a_sublicence_brings_in_once_it_is_known(head: Licence, bob_co: Party) -> None:
    entry = {"kind": "entry_fee", "amount": yuan("1000.00"), "due_on": "2026-02-01", "in_escrow": True}
    below = begun(head, bob_co, payments=[entry, running({"rate": "0.04"})])
    for number in range(1, 5):
        reported(head, number, "10000")
    run()
    first = ReportingPeriod.objects.get(licence=head, number=1)
    assert (first.state, is_unknown(first)) == ("approved", True)  # the sublicence's quarter is not stated
    reported(below, 1, "100000")
    run()
    first.refresh_from_db()
    made, theirs = first.statements.get(), Statement.objects.get(period__licence=below)
    assert (made.payable, theirs.payable) == (Money(500_00 + 1_200_00, "CNY"), Money(4_000_00, "CNY"))
    assert made.sublicensed == {theirs.code: theirs.due.wire()}  # the sum paid on signing came in a later period
    lines = [line for line in queries.lines_of(made) if line.step == "sublicence"]
    assert [(line.name, line.value) for line in lines] == [("income", 400_000), ("share", 120_000)]
    assert first.state == "billed"
    for number in range(2, 5):
        reported(below, number, "0")
    run()
    later = Statement.objects.filter(period__licence=head).exclude(pk=made.pk)
    assert [row.payable for row in later] == [Money(500_00, "CNY")] * 3
    assert all(queries.holds(row) for row in queries.statements())


def test_what_was_corrected_below_after_the_licensor_was_stated_counts_in_the_next_statement(
    head: Licence, bob_co: Party, finance_sun: User
) -> None:
    below = begun(head, bob_co)
    for licence in (below, head):
        reported(licence, 1, "100000")
        run()
    royalties.correct(period=stage.period(below, 1), figures=sold("150000"), reason="漏报", by=finance_sun)
    for licence in (below, head):
        reported(licence, 2, "0")
        run()
    second = Statement.objects.get(period__licence=head, period__number=2)
    assert second.payable == Money(600_00, "CNY")  # 30 % of what the correction asked for
    assert queries.holds(second)


def test_a_sublicence_ends_with_its_licence(head: Licence, bob_co: Party, finance_sun: User) -> None:
    below = begun(head, bob_co)
    royalties.terminate(licence=head, on=date(2026, 3, 15), reason="双方协议", by=finance_sun)
    below.refresh_from_db()
    assert (below.until, below.ended_for, below.opens_on) == (date(2026, 3, 15), royalties.HEAD_ENDED, None)
    told = Fact.objects.filter(name="licence.terminated", subject=below.ref).get()
    assert set(told.audience) == {head.licensee.ref, bob_co.ref}


def test_a_licence_is_not_cut_within_what_was_opened_for_report_below(
    head: Licence, bob_co: Party, finance_sun: User
) -> None:
    begun(head, bob_co, reports={**REPORTS, "period": "month"})
    with pytest.raises(Refused) as caught:
        royalties.terminate(licence=head, on=date(2026, 1, 15), reason="协议", by=finance_sun)
    assert (caught.value.code, caught.value.facts["until"]) == ("licence.opened_until", date(2026, 1, 31))
    head.refresh_from_db()
    assert head.until == date(2027, 12, 31)


def test_a_deal_paid_after_its_licence_has_ended_is_annulled(head: Licence, bob_co: Party) -> None:
    opened = actions.consent(sublicence=asked(head, bob_co), by=owner_of(head.licensor))
    deal = opened.deal
    assert deal is not None
    terms.adopt(deal=deal, role="buyer", sha256=deal.terms.get().sha256, by=owner_of(bob_co))
    royalties.end(granted_for=head.granted_for)
    dealing.signed_by(deals.draft_contract(deal, actor=dealing.SYSTEM), seller=head.licensee, buyer=bob_co)
    arrived()
    deal.refresh_from_db()
    assert (deal.state, Licence.objects.filter(granted_for=deal.ref).exists()) == ("annulled", False)


def test_what_is_undone_takes_its_sublicences_along(head: Licence, bob_co: Party) -> None:
    below = begun(head, bob_co)
    royalties.end(granted_for=head.granted_for)
    below.refresh_from_db()
    assert below.state == "ended"


def test_the_pages_from_the_request_to_the_consent_show_the_chain(
    head: Licence, bob_co: Party, jida: Party, client_of: Callable[[User | None], Client]
) -> None:
    anne, li_wei, bob = client_of(owner_of(head.licensee)), client_of(owner_of(jida)), client_of(owner_of(bob_co))
    door, licence = f"/licences/{head.code}/sublicences/new/", f"/licences/{head.code}/"
    assert door in page(anne, licence)
    assert door not in page(li_wei, licence)
    assert li_wei.get(door).status_code == 404
    royalty = {"royalty": "percent", "rate-0-rate": "4", "reports": "quarter", "due_days": "30", "payment_days": "15"}
    filled = typed_like(anne.get(door).context["form"], sublicensee="P-NOBODY", **royalty)
    form: dict[str, Any] = {name: filled.getlist(name) for name in filled}
    assert anne.post(door, form).status_code == 422
    form["sublicensee"] = bob_co.code
    sent = anne.post(door, form)
    assert sent.status_code == 302, sent.context["form"].errors
    assert bob.get(sent.url).status_code == 404
    assert sent.url in page(li_wei, "/me/")
    assert "4%" in page(li_wei, sent.url)
    assert li_wei.post(sent.url, {"refuse": "1"}).status_code == 422
    assert li_wei.post(sent.url, {"consent": "1"}).status_code == 302
    made = Sublicence.objects.get()
    assert made.deal is not None
    assert made.deal.code in page(anne, sent.url)
    assert bob_co.name in page(li_wei, licence)
    assert f"/deals/{made.deal.code}/terms/" in page(bob, f"/deals/{made.deal.code}/")
    below = begun(head, bob_co)
    assert head.code in page(bob, f"/licences/{below.code}/")
    assert bob.get(licence).status_code == 404
