"""A deal from the hammer to its closing: who opens, drafts and signs it, and what happens twice happens once."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from market.deals import actions, queries
from market.deals.models import Deal, Paper, Signature
from market.kernel import clock
from market.kernel.calendar import add_working_days
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.listings.fees.rules import Tier, schedule, unagreed
from market.parties.models import Membership, Party, User
from market.rights import actions as rights
from market.rights.models import Right
from market.trail import journal
from market.trail.models import Fact
from tests import assets, people
from tests.market.deals.stage import CONSENT, PRICE, SYSTEM, confirmed, dealt, formed, refused, sign, signed_by, terms

pytestmark = pytest.mark.django_db
DRAFTS = {"patent": assets.patent_draft, "trademark": assets.trademark_draft, "copyright": assets.software_draft}


def told(deal: Deal) -> list[str]:
    """The names of the facts about a deal, oldest first."""
    return list(journal.facts_about(deal.ref).values_list("name", flat=True))


def test_the_hammer_opens_one_deal_however_often_it_is_told(jida: Party, anne_co: Party, agency: Party) -> None:
    said = terms(dealt(jida, agency), anne_co)
    deal = actions.open(**said)
    assert actions.open(**said) == deal
    assert (deal.seller, deal.buyer, deal.agency, deal.price, deal.state) == (jida, anne_co, agency, PRICE, "formed")
    assert deal.due_on == add_working_days(clock.today(), 2)
    fact = Fact.objects.get(name="deal.formed")
    assert fact.subject == deal.ref
    assert fact.audience == sorted([jida.ref, anne_co.ref, agency.ref])
    assert fact.data["price"] == PRICE.wire()


def test_a_commission_nobody_agreed_is_five_percent_at_most(jida: Party, anne_co: Party, agency: Party) -> None:
    deal = formed(jida, anne_co, agency, seller_fees=None, buyer_fees=None)
    assert (deal.seller_fees, deal.buyer_fees) == (unagreed("CNY"), unagreed("CNY"))


def test_what_cannot_be_a_deal_is_refused(jida: Party, anne_co: Party, bob_co: Party, agency: Party) -> None:
    listing = dealt(jida, agency)
    refused("deal.self", lambda: actions.open(**terms(listing, jida)))
    dollars = schedule([Tier(Money.zero("USD"), 500)], Money(100, "USD"))
    refused("fees.currency", lambda: actions.open(**terms(listing, anne_co, buyer_fees=dollars)))
    actions.open(**terms(listing, anne_co))
    refused("deal.right_taken", lambda: actions.open(**terms(listing, bob_co, origin="lot:L-2")))
    listing.agency = None
    refused("deal.no_agency", lambda: actions.open(**terms(listing, bob_co, origin="lot:L-3")))


def test_the_confirmation_is_drafted_once_as_a_file_its_parties_read(
    jida: Party, anne_co: Party, agency: Party, deliver: Callable[[], None]
) -> None:
    deal = formed(jida, anne_co, agency)
    deliver()
    paper = queries.paper_of(deal, "confirmation")
    assert paper is not None
    with paper.version.file.open("rb") as file:
        content = file.read()
    assert content.startswith(b"%PDF")
    assert hashlib.sha256(content).hexdigest() == paper.version.sha256
    assert {paper.version.document.owner, *paper.version.document.readers.all()} == {jida, anne_co, agency}
    assert actions.draft_confirmation(deal, actor=SYSTEM) == paper
    assert told(deal) == ["deal.formed", "paper.drafted"]
    assert Fact.objects.get(name="paper.drafted").audience == sorted([anne_co.ref, agency.ref])


@pytest.mark.parametrize("kind", DRAFTS)
def test_two_signatures_each_move_the_deal_to_a_signed_contract(
    kind: str, jida: Party, anne_co: Party, agency: Party, deliver: Callable[[], None]
) -> None:
    deal = formed(jida, anne_co, agency, draft=DRAFTS[kind]())
    paper = actions.draft_confirmation(deal, actor=SYSTEM)
    sign(paper, "agency", people.owner_of(agency))
    assert queries.next_step(deal).waits_for == (anne_co,)
    assert signed_by(paper, buyer=anne_co).state == "confirmed"
    contract = actions.draft_contract(deal, actor=SYSTEM)
    deal = signed_by(contract, seller=jida, buyer=anne_co)
    assert (deal.state, deal.due_on) == ("signed", add_working_days(clock.today(), 10))
    assert queries.contract_signed_on(deal) == clock.today()
    assert [(one.role, one.party, one.statement, one.sha256) for one in contract.signatures.all()] == [
        ("seller", jida, CONSENT, contract.version.sha256),
        ("buyer", anne_co, CONSENT, contract.version.sha256),
    ]
    assert [name for name in told(deal) if name.startswith("deal")] == ["deal.formed", "deal.confirmed", "deal.signed"]
    record = queries.signature_record(deal)
    assert [len(one["signatures"]) for one in record["papers"]] == [2, 2]
    assert actions.record_signatures(deal) == actions.record_signatures(deal)


def test_signing_twice_is_signing_once(jida: Party, anne_co: Party, anne: User, agency: Party) -> None:
    paper = actions.draft_confirmation(formed(jida, anne_co, agency), actor=SYSTEM)
    first = sign(paper, "buyer", anne)
    signed_by(paper, agency=agency)
    assert sign(paper, "buyer", anne) == first
    assert Fact.objects.filter(name="paper.signed").count() == 2
    assert Fact.objects.filter(name="deal.confirmed").count() == 1


def test_who_read_another_file_does_not_sign_this_one(jida: Party, anne_co: Party, anne: User, agency: Party) -> None:
    paper = actions.draft_confirmation(formed(jida, anne_co, agency), actor=SYSTEM)
    error = refused("paper.changed", lambda: sign(paper, "buyer", anne, sha256="0" * 64))
    assert isinstance(error, Conflict)


def test_only_people_who_act_for_the_side_that_signs_may_sign(
    jida: Party, li_wei: User, anne_co: Party, anne: User, agency: Party, mallory: User, finance_sun: User
) -> None:
    paper = actions.draft_confirmation(formed(jida, anne_co, agency), actor=SYSTEM)
    for stranger, role in ((mallory, "buyer"), (li_wei, "buyer"), (anne, "agency")):
        with pytest.raises(Http404):
            sign(paper, role, stranger)
    refused("role.missing", lambda: sign(paper, "agency", finance_sun))
    refused("paper.not_yours", lambda: sign(paper, "seller", li_wei))
    refused(
        "signature.no_consent",
        lambda: actions.sign(paper=paper, role="buyer", by=anne, sha256=paper.version.sha256, statement=" "),
    )
    assert not Signature.objects.exists()


def test_no_paper_is_signed_out_of_its_time(jida: Party, anne_co: Party, anne: User, agency: Party) -> None:
    deal = formed(jida, anne_co, agency)
    refused("paper.closed", lambda: actions.draft_contract(deal, actor=SYSTEM))
    paper = actions.draft_confirmation(deal, actor=SYSTEM)
    Deal.objects.filter(pk=deal.pk).update(state=Deal.State.ANNULLED)
    refused("paper.closed", lambda: sign(paper, "buyer", anne))


def test_a_contract_the_register_cannot_fill_waits_until_the_agency_supplies_it(
    jida: Party, anne_co: Party, agency: Party, agent_chen: User, deliver: Callable[[], None]
) -> None:
    deal = formed(jida, anne_co, agency)
    Right.objects.filter(pk=deal.right_id).update(filed_on=None)
    signed_by(actions.draft_confirmation(deal, actor=SYSTEM), buyer=anne_co, agency=agency)
    deliver()
    deal = queries.by_ref(deal.ref)
    step = queries.next_step(deal)
    assert (step.what, step.who, queries.paper_of(deal, "contract")) == ("complete_contract", agency, None)
    assert Fact.objects.get(name="deal.contract_incomplete").audience == [agency.ref]
    assert queries.waiting_for(agency) == [(deal, step)]
    error = refused("deal.contract_incomplete", lambda: actions.draft_contract(deal, actor=agent_chen.ref))
    assert error.facts["names"] == ["filed_on"]
    paper = actions.draft_contract(deal, actor=agent_chen.ref, supplied={"filed_on": " 2019-02-08 ", "price": "1"})
    assert ["申请日", "Filing date", "2019-02-08"] in paper.terms["clauses"][0]["rows"]
    assert queries.by_ref(deal.ref).facts_on_record == {"supplied": {"filed_on": "2019-02-08"}}


def test_nobody_signs_a_contract_about_a_right_that_has_lapsed(jida: Party, anne_co: Party, agency: Party) -> None:
    deal = confirmed(jida, anne_co, agency)
    paper = actions.draft_contract(deal, actor=SYSTEM)
    rights.set_state(deal.right, "lapsed", source="年费公告", actor=SYSTEM)
    error = refused("right.blocked", lambda: sign(paper, "seller", people.owner_of(jida)))
    assert [bar.code for bar in error.facts["blockers"]] == ["lapsed"]
    rights.set_state(deal.right, "granted", source="恢复权利公告", actor=SYSTEM)
    assert sign(paper, "seller", people.owner_of(jida)).role == "seller"


def test_marks_the_same_buyer_gets_together_are_signed_for_one_by_one(
    jida: Party, anne_co: Party, agency: Party
) -> None:
    marks = [assets.trademark_draft(), assets.trademark_draft("1682310", title="长白雪山", groups=("0913",))]
    first = confirmed(jida, anne_co, agency, draft=marks[0])
    paper = actions.draft_contract(first, actor=SYSTEM)
    other = dealt(jida, agency, draft=marks[1])
    refused("right.blocked", lambda: sign(paper, "seller", people.owner_of(jida)))
    actions.open(**terms(other, anne_co))
    assert sign(paper, "seller", people.owner_of(jida)).role == "seller"


def test_the_deal_walks_on_to_its_closing_one_fact_a_step(jida: Party, anne_co: Party, agency: Party) -> None:
    deal = confirmed(jida, anne_co, agency)
    signed_by(actions.draft_contract(deal, actor=SYSTEM), seller=jida, buyer=anne_co)
    actions.mark_paid(deal, actor=SYSTEM, charge="charge:C-1")
    actions.mark_filed(deal, actor=SYSTEM, filing="filing:F-1")
    actions.mark_refused(deal, actor=SYSTEM)
    actions.mark_filed(deal, actor=SYSTEM)
    deal = actions.mark_title_passed(deal, on=clock.today(), actor=SYSTEM)
    assert deal.title_passed_on == clock.today()
    actions.mark_settled(deal, actor=SYSTEM)
    deal = actions.close(deal, actor=SYSTEM)
    assert actions.close(deal, actor=SYSTEM).state == "closed"
    walked = ["formed", "confirmed", "signed", "paid", "filed", "refused", "filed", "title_passed", "settled", "closed"]
    assert [name.removeprefix("deal.") for name in told(deal) if name.startswith("deal.")] == walked
    assert deal.due_on is None


@pytest.mark.parametrize("act", [actions.mark_filed, actions.mark_refused, actions.mark_settled, actions.close])
def test_no_step_is_skipped(act: Callable[..., Deal], jida: Party, anne_co: Party, agency: Party) -> None:
    deal = formed(jida, anne_co, agency)
    refused("state.illegal", lambda: act(deal, actor=SYSTEM))


def test_title_never_passes_in_the_future(jida: Party, anne_co: Party, agency: Party) -> None:
    deal = formed(jida, anne_co, agency)
    with pytest.raises(AssertionError):
        actions.mark_title_passed(deal, on=clock.today() + timedelta(days=1), actor=SYSTEM)


def test_a_right_may_be_dealt_again_when_the_first_deal_is_closed(
    jida: Party, anne_co: Party, bob_co: Party, agency: Party
) -> None:
    deal = formed(jida, anne_co, agency)
    Deal.objects.filter(pk=deal.pk).update(state=Deal.State.CLOSED)
    again = actions.open(**terms(deal.listing, bob_co, origin="lot:L-2"))
    assert again != deal


@pytest.mark.parametrize("kind", [Paper, Signature])
def test_the_database_keeps_papers_and_signatures_as_they_are(
    kind: type[Paper] | type[Signature], jida: Party, anne_co: Party, agency: Party
) -> None:
    confirmed(jida, anne_co, agency)
    row = kind.objects.first()
    assert row is not None
    column = "terms" if kind is Paper else "statement"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        kind.objects.filter(pk=row.pk).update(**{column: "{}"})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        kind.objects.filter(pk=row.pk)._raw_delete(using="default")
    assert kind.objects.get(pk=row.pk) == row


def test_a_member_who_only_reads_does_not_sign(jida: Party, anne_co: Party, agency: Party) -> None:
    viewer = people.person("wang", "王看")
    people.join(viewer, anne_co, Membership.Role.VIEWER)
    paper = actions.draft_confirmation(formed(jida, anne_co, agency), actor=SYSTEM)
    assert isinstance(refused("role.missing", lambda: sign(paper, "buyer", viewer)), Refused)
