"""What a transfer waits for is asked of whoever can give it, due as the law counts, answered with a paper, and believed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from django.urls import reverse

from market.deals import actions as deal_actions
from market.deals import queries as deals
from market.deals import readiness
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.listings import actions as listings
from market.listings.models import Listing
from market.notices.models import Notice
from market.parties.models import Membership, Party, User
from market.rights import actions as rights
from market.rights.conditions import actions, queries
from market.rights.conditions.actions import Paper
from market.rights.conditions.models import Condition
from market.rights.models import Consent, Right
from market.rights.queries import blockers_of
from market.rights.rules import conditions as rules
from market.rights.rules import facts as f
from market.rights.rules.intents import LIST
from market.trail.models import Fact
from tests import assets
from tests.market.deals.stage import formed
from tests.people import join, owner_of

TODAY = date(2026, 11, 27)
SIGNED = Paper("consent.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf")
PRICE = Money(1_000_000_00, "CNY")
TERMS = rules.Terms("deal:D-1", PRICE)
STATE_FIRM, STATE_SCHOOL = rules.Seller("enterprise", True), rules.Seller("university", True)
Deliver = Callable[[], None]


def held(kind: str, state: str, **more: Any) -> rules.Held:
    return rules.Held(kind, state, "deal:D-1", **more)


APPRAISED = held("appraisal", "met", since=TODAY, value=PRICE)
FLOOR = held("appraisal", "met", value=PRICE, grade="floor", remark="甲所；乙所\n丙所、")
BELIEVED: list[tuple[rules.Held | None, rules.Seller, rules.Terms | None, str, object]] = [
    (held("first_refusal", "open"), STATE_FIRM, TERMS, "inventors_answered", False),
    (held("first_refusal", "met"), STATE_FIRM, TERMS, "inventors_answered", True),
    (held("first_refusal", "met"), STATE_FIRM, replace(TERMS, ref="deal:D-2"), "inventors_answered", False),
    (held("first_refusal", "met"), STATE_FIRM, None, "inventors_answered", True),
    (held("first_refusal", "refused"), STATE_FIRM, TERMS, "inventors_claim", True),
    (None, STATE_SCHOOL, TERMS, "publicity", None),
    (None, STATE_SCHOOL, replace(TERMS, agreed=True), "publicity", f.Publicity(None)),
    (None, STATE_FIRM, replace(TERMS, agreed=True), "publicity", None),
    (held("publicity", "running", since=TODAY), STATE_SCHOOL, replace(TERMS, agreed=True), "publicity", f.Publicity(TODAY)),
    (held("publicity", "objected", since=TODAY), STATE_SCHOOL, replace(TERMS, agreed=True), "publicity", f.Publicity(TODAY, 1)),
    (None, STATE_SCHOOL, TERMS, "export", None),
    (None, STATE_SCHOOL, replace(TERMS, foreign=True), "export", f.Export()),
    (held("export", "running", grade="restricted"), STATE_SCHOOL, replace(TERMS, foreign=True), "export", f.Export("restricted")),
    (held("export", "met", grade="restricted"), STATE_SCHOOL, replace(TERMS, foreign=True), "export", f.Export("restricted", True)),
    (None, STATE_SCHOOL, TERMS, "state_asset", None),
    (None, STATE_FIRM, None, "state_asset", f.StateAsset(0)),
    (APPRAISED, STATE_FIRM, TERMS, "state_asset", f.StateAsset(PRICE.minor, PRICE.minor, appraised_on=TODAY)),
    (APPRAISED, STATE_FIRM, replace(TERMS, price=Money(5, "USD")), "state_asset", f.StateAsset(5)),
    (FLOOR, STATE_FIRM, TERMS, "state_asset", f.StateAsset(PRICE.minor, floor_minor=PRICE.minor, consultations=3)),
    (None, STATE_FIRM, replace(TERMS, ties=("甲拍卖行",)), "ties", ("甲拍卖行",)),
]  # fmt: skip


@pytest.mark.parametrize(("one", "seller", "terms", "part", "value"), BELIEVED)
def test_an_answer_becomes_a_fact_of_the_rulebook(
    one: rules.Held | None, seller: rules.Seller, terms: rules.Terms | None, part: str, value: object
) -> None:
    assert rules.facts_from([one] if one else [], seller, terms)[part] == value


@pytest.mark.parametrize(
    ("kind", "state", "due"),
    [
        ("co_owner", "open", date(2026, 12, 14)),  # the fifteenth day is a Saturday
        ("publicity", "running", date(2026, 12, 13)),  # fifteen full days lie between
        ("export", "running", date(2027, 1, 11)),  # thirty working days, without New Year's Day
        ("co_owner", "met", None),
        ("export", "refused", None),
    ],
)
def test_an_answer_is_due_as_the_law_counts(kind: str, state: str, due: date | None) -> None:
    assert rules.due_on(kind, state, TODAY) == due


@pytest.mark.parametrize(
    ("kind", "state", "answer", "given", "day", "code"),
    [
        ("co_owner", "met", "refuse", {"remark"}, None, "answer"),
        ("co_owner", "open", "waive", {"paper"}, None, "answer"),
        ("co_owner", "open", "agree", set(), None, "paper_missing"),
        ("co_owner", "open", "refuse", set(), None, "remark_missing"),
        ("publicity", "open", "publish", {"paper"}, None, "day_missing"),
        ("publicity", "open", "publish", {"paper", "day"}, TODAY + timedelta(days=1), "day_ahead"),
        ("appraisal", "open", "appraise", {"paper", "day"}, TODAY, "value_missing"),
        ("appraisal", "open", "floor", {"paper", "value"}, None, "remark_missing"),
    ],
)
def test_an_answer_that_lacks_something_is_refused(
    kind: str, state: str, answer: str, given: set[str], day: date | None, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        rules.check(kind, state, answer, given=given, day=day, today=TODAY)
    assert caught.value.code == f"condition.{code}"
    assert sentence(caught.value)


def test_every_condition_is_a_cure_of_the_rulebook_and_every_move_is_one_of_the_table() -> None:
    assert set(rules.CURES.values()) == set(rules.Kind) == set(rules.ANSWERS) == set(rules.GROUNDS)
    assert set(rules.Kind) == set(Condition.Kind.values)
    for known in rules.ANSWERS.values():
        for answer in known.values():
            assert all(answer.to in Condition.MOVES[Condition.State(state)] for state in answer.of)


def co_owned(jida: Party, carol_co: Party) -> Right:
    return assets.right(jida, holders=[(jida, 1, 2), (carol_co, 1, 2)])


def dealt(right: Right, seller: Party, agency: Party, **terms: Any) -> Listing:
    columns = {"seller": seller, "agency": agency, "state": Listing.State.DEALT, "created_by": owner_of(seller)}
    return Listing.objects.create(right=right, **columns, **terms)


def opened(kind: str) -> Condition:
    return Condition.objects.get(kind=kind)


@pytest.fixture
def shared(jida: Party, carol_co: Party, anne_co: Party, agency: Party, deliver: Deliver) -> Deal:
    """A hammer on a right of two owners, of whom one has not been asked."""
    listing = dealt(co_owned(jida, carol_co), jida, agency)
    sold = {"origin": "lot:L-1", "listing": listing, "buyer": anne_co, "price": PRICE, "actor": "system:test"}
    deal = deal_actions.open(**sold, seller_fees=None, buyer_fees=None)
    deliver()
    return deal


@pytest.mark.django_db
def test_the_co_owner_is_asked_at_the_hammer_and_its_consent_frees_the_deal(
    shared: Deal, carol: User, carol_co: Party, mallory: User, deliver: Deliver
) -> None:
    asked = opened("co_owner")
    assert (asked.owner, asked.opened_for, asked.price) == (carol_co, shared.ref, PRICE)
    assert Notice.objects.filter(user=carol, fact__name="condition.opened").exists()
    assert deals.is_held(shared)
    with pytest.raises(Http404):
        actions.answer(asked, answer="agree", by=mallory, paper=SIGNED)
    actions.answer(asked, answer="agree", by=carol, paper=SIGNED)
    actions.answer(opened("co_owner"), answer="agree", by=carol, paper=SIGNED)
    deliver()
    asked.refresh_from_db()
    consent = Consent.objects.get()
    assert (asked.state, asked.due_on, consent.document) == ("met", None, asked.paper.document)
    assert not deals.is_held(shared)
    assert readiness.bars_of(shared) == ()
    assert Fact.objects.filter(name="condition.answered").count() == 1


@pytest.mark.django_db
def test_who_refuses_says_why_and_may_still_agree(shared: Deal, carol: User, deliver: Deliver) -> None:
    with pytest.raises(Refused, match=r"condition\.remark_missing"):
        actions.answer(opened("co_owner"), answer="refuse", by=carol)
    refused = actions.answer(opened("co_owner"), answer="refuse", by=carol, remark="价格过低")
    deliver()
    assert (refused.state, deals.is_held(shared)) == ("refused", True)
    actions.answer(refused, answer="agree", by=carol, paper=SIGNED)
    deliver()
    assert not deals.is_held(shared)


@pytest.mark.django_db
def test_a_consent_that_came_on_paper_answers_what_was_asked(
    shared: Deal, carol_co: Party, zhou_min: User, deliver: Deliver
) -> None:
    rights.give_consent(shared.right, kind="co_owner", of_party=carol_co, document=None, by=zhou_min)
    deliver()
    assert (opened("co_owner").state, opened("co_owner").answered_by) == ("met", zhou_min)


@pytest.mark.django_db
def test_nobody_is_asked_any_more_once_the_deal_has_ended(shared: Deal, carol_co: Party, deliver: Deliver) -> None:
    deal_actions.mark_defaulted(shared, actor="system:test")
    deliver()
    assert opened("co_owner").state == "dropped"
    assert queries.waiting_for(carol_co) == []


@pytest.mark.django_db
def test_what_is_late_is_shown_as_overdue(shared: Deal, carol_co: Party, agency: Party) -> None:
    assert [one.overdue for one in queries.waiting_for(carol_co)] == [False]
    with clock.shifted_to(clock.now() + timedelta(days=40)):
        (late,) = queries.waiting_for(carol_co)
        assert late.overdue
        assert [one.overdue for one in queries.asked_by(agency)] == [True]
        count, first = queries.queue_of(agency, 5)
        assert (count, [one.overdue for one in first]) == (1, [True])


@pytest.mark.django_db
def test_a_pledgee_on_the_market_answers_itself_and_for_another_the_seller_brings_the_paper(
    jida: Party, li_wei: User, bob_co: Party, bob: User
) -> None:
    right = assets.right(jida)
    for name, number in ((bob_co.name, "Y1"), ("吉林银行", "Y2")):
        pledge = {"kind": "pledge", "in_favour_of": name, "number": number, "since": clock.today()}
        rights.add_encumbrance(right, by=li_wei, **pledge)
    need = {"opened_for": "listing:A-1", "seller": jida, "asked_by": jida, "actor": li_wei.ref}
    made = actions.ask(right, blockers=blockers_of(right, LIST), **need)
    assert [(one.owner, one.of_encumbrance.number) for one in made] == [(bob_co, "Y1"), (jida, "Y2")]
    assert actions.ask(right, blockers=blockers_of(right, LIST), **need) == []
    actions.answer(made[0], answer="agree", by=bob, paper=SIGNED)
    assert [one.facts["number"] for one in blockers_of(right, LIST) if one.red] == ["Y2"]


def readied(seller: Party, buyer: Party, agency: Party, deliver: Deliver, **listed: Any) -> Deal:
    """A deal about a service result of `seller`, whose listing says more; what it needs has been asked for."""
    deal = formed(seller, buyer, agency)
    Right.objects.update(service_result=True)
    Listing.objects.update(**listed)
    deliver()
    return Deal.objects.select_related("listing", "right").get(pk=deal.pk)


def codes(deal: Deal) -> list[str]:
    return [one.code for one in readiness.readiness_of(deals.by_ref(deal.ref)).blockers]


@pytest.mark.django_db
def test_the_inventors_come_first_until_they_waive(
    jida: Party, li_wei: User, anne_co: Party, agency: Party, deliver: Deliver
) -> None:
    deal = readied(jida, anne_co, agency, deliver)
    assert codes(deal) == ["inventors"]
    actions.answer(opened("first_refusal"), answer="claim", by=li_wei, remark="李伟、王芳愿意受让")
    deliver()
    assert (codes(deal), deals.is_held(deal)) == (["inventors_claim"], True)
    actions.answer(opened("first_refusal"), answer="waive", by=li_wei, paper=SIGNED)
    deliver()
    assert (codes(deal), deals.is_held(deal)) == ([], False)


@pytest.mark.django_db
def test_a_state_institute_that_agrees_a_price_publishes_it_and_settles_objections(
    jida: Party, li_wei: User, anne_co: Party, agency: Party, zhou_min: User, deliver: Deliver
) -> None:
    deal = readied(jida, anne_co, agency, deliver, pricing="negotiable")
    assert codes(deal) == ["publicity_short", "inventors"]
    asked, today = opened("publicity"), clock.today()
    asked = actions.answer(asked, answer="publish", by=li_wei, paper=SIGNED, day=today)
    assert asked.due_on == today + timedelta(days=16)
    with clock.shifted_to(clock.now() + timedelta(days=16)):
        assert "publicity_short" not in codes(deal)
        assert [one.waits for one in queries.needed_for(deal.ref) if one.condition == asked] == [False]
    asked = actions.answer(asked, answer="object", by=zhou_min, remark="署名有争议")
    assert "publicity_objection" in codes(deal)
    asked = actions.answer(asked, answer="settle", by=li_wei, paper=SIGNED)
    assert (asked.state, asked.due_on) == ("running", today + timedelta(days=16))
    assert "publicity_objection" not in codes(deal)


@pytest.mark.django_db
def test_a_class_asked_for_once_and_dropped_is_asked_for_again(
    jida: Party, li_wei: User, anne_co: Party, agency: Party, deliver: Deliver
) -> None:
    Party.objects.filter(pk=anne_co.pk).update(foreign=True)
    anne_co.refresh_from_db()
    deal = readied(jida, anne_co, agency, deliver)
    actions.answer(opened("export"), answer="restricted", by=li_wei, paper=SIGNED)
    actions.drop(deal.ref)
    assert codes(deal)[0] == "export_unclassified"


@pytest.mark.django_db
def test_a_foreign_buyer_waits_for_the_class_and_the_licence(
    jida: Party, li_wei: User, anne_co: Party, agency: Party, deliver: Deliver
) -> None:
    Party.objects.filter(pk=anne_co.pk).update(foreign=True)
    anne_co.refresh_from_db()
    deal = readied(jida, anne_co, agency, deliver)
    assert codes(deal)[0] == "export_unclassified"
    actions.answer(opened("export"), answer="restricted", by=li_wei, paper=SIGNED)
    assert codes(deal)[0] == "export_unlicensed"
    actions.answer(opened("export"), answer="licensed", by=li_wei, paper=SIGNED)
    assert codes(deal) == ["inventors"]
    assert opened("export").grade == "restricted"


@pytest.mark.django_db
def test_a_state_owned_firm_sells_near_its_appraisal(
    anne_co: Party, anne: User, bob_co: Party, agency: Party, deliver: Deliver
) -> None:
    Party.objects.filter(pk=anne_co.pk).update(state_owned=True)
    anne_co.refresh_from_db()
    deal = readied(anne_co, bob_co, agency, deliver)
    assert codes(deal)[0] == "no_appraisal"
    said = {"answer": "appraise", "by": anne, "paper": SIGNED, "day": clock.today()}
    actions.answer(opened("appraisal"), value=deal.price, **said)
    assert codes(deal) == ["inventors"]
    actions.answer(opened("appraisal"), value=deal.price * 2, **said)
    deliver()
    assert codes(deal)[0] == "below_ninety"
    actions.answer(opened("approval"), answer="agree", by=anne, paper=SIGNED)
    assert codes(deal) == ["inventors"]
    with clock.shifted_to(clock.now() + timedelta(days=370)):
        assert "no_appraisal" in codes(deal)


@pytest.mark.django_db
def test_what_nobody_could_value_goes_for_the_floor_that_was_decided(
    anne_co: Party, anne: User, bob_co: Party, agency: Party, deliver: Deliver
) -> None:
    Party.objects.filter(pk=anne_co.pk).update(state_owned=True)
    anne_co.refresh_from_db()
    deal = readied(anne_co, bob_co, agency, deliver)
    said = {"answer": "floor", "by": anne, "paper": SIGNED}
    for value, names, code in [
        (deal.price, "甲评估；乙评估", "few_consultations"),
        (deal.price * 2, "甲评估；乙评估；丙评估", "below_floor"),
        (deal.price, "甲评估；乙评估；丙评估", "inventors"),
    ]:
        actions.answer(opened("appraisal"), value=value, remark=names, **said)
        assert codes(deal)[0] == code


@pytest.mark.django_db
def test_who_lets_the_day_go_by_is_reminded_once(
    shared: Deal, carol_co: Party, agency: Party, deliver: Deliver
) -> None:
    due = opened("co_owner").due_on
    for days, times in ((15, 0), (18, 1), (19, 1)):
        with clock.shifted_to(clock.now() + timedelta(days=days)):
            actions.remind_overdue()
            deliver()
        told = list(Fact.objects.filter(name="condition.overdue"))
        assert [(fact.data["due_on"], set(fact.audience)) for fact in told] == times * [
            (due.isoformat(), {carol_co.ref, agency.ref})
        ]
    assert Notice.objects.filter(fact__name="condition.overdue", user=owner_of(carol_co)).count() == 1


@pytest.mark.django_db
def test_the_owner_answers_on_its_page_and_strangers_see_nothing(
    shared: Deal, carol: User, carol_co: Party, anne: User, li_wei: User, client_of: Callable[[User | None], Client]
) -> None:
    door, theirs = reverse("consent", args=[opened("co_owner").code]), client_of(carol)
    assert client_of(anne).get(door).status_code == 404
    assert client_of(None).get(door).status_code == 302
    for page in (theirs.get(reverse("me")), theirs.get(reverse("consents"))):
        assert door in page.content.decode()
    assert "Send the answer" not in client_of(li_wei).get(door).content.decode()
    missing = theirs.post(door, {"answer": "agree"})
    assert (missing.status_code, "Attach the signed paper" in missing.content.decode()) == (422, True)
    sent = SimpleUploadedFile("consent.pdf", SIGNED.content, "application/pdf")
    assert theirs.post(door, {"answer": "agree", "file": sent}).status_code == 302
    assert "We agree to the transfer" in client_of(li_wei).get(door).content.decode()
    assert opened("co_owner").state == "met"


@pytest.mark.django_db
def test_a_viewer_reads_and_gives_no_answer(
    shared: Deal, carol_co: Party, mallory: User, client_of: Callable[[User | None], Client]
) -> None:
    join(mallory, carol_co, Membership.Role.VIEWER)
    door = reverse("consent", args=[opened("co_owner").code])
    page = client_of(mallory).get(door).content.decode()
    assert "Owners and agents of your organisation answer." in page
    with pytest.raises(Refused, match=r"role\.missing"):
        actions.answer(opened("co_owner"), answer="refuse", by=mallory, remark="不同意")


@pytest.mark.django_db
def test_a_seller_asks_from_the_asset_page_and_sees_how_it_stands(
    jida: Party, li_wei: User, carol_co: Party, agency: Party, mallory: User, client_of: Callable[[User | None], Client]
) -> None:
    listing = assets.draft_listing(jida, agency)
    halves = [(jida, 1, 2), (carol_co, 1, 2)]
    listing = listings.declare(listing, edition=listing.edition, owners=halves, burdens=[], by=li_wei)
    seller, page = client_of(li_wei), reverse("asset", args=[listing.code])
    ask = reverse("asset-ask", args=[listing.code])
    assert client_of(mallory).post(ask).status_code == 404
    assert ask in seller.get(page).content.decode()
    assert seller.post(ask).status_code == 302
    assert opened("co_owner").opened_for == listing.ref
    shown = seller.get(page).content.decode()
    assert reverse("consent", args=[opened("co_owner").code]) in shown
    assert ask not in shown
