"""A cross-licence from the proposal to both licences: each is the other's condition, and one side pays the balance."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import Http404
from django.test import Client

from market.deals import undoing
from market.deals.crosses import actions, rules
from market.deals.crosses.models import Cross
from market.deals.crosses.queries import deals_of
from market.deals.models import Deal
from market.deals.terms import queries as terms
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.payments.models import Charge
from market.rights.models import Encumbrance, Right
from market.royalties.models import Licence
from market.trail import journal
from market.trail.models import Fact
from tests import assets
from tests.market.deals import stage
from tests.market.deals.terms.papers import terms as document
from tests.market.deals.terms.test_form import typed_like
from tests.market.royalties.stage import page
from tests.people import owner_of

pytestmark = pytest.mark.django_db
BALANCE = Money(50_000_00, "CNY")
NOTHING = Money.zero("CNY")


@pytest.fixture
def rights(anne_co: Party, bob_co: Party) -> tuple[Right, Right]:
    """A patent of anne's company and one of bob's."""
    return assets.right(anne_co), assets.right(bob_co, draft=assets.patent_draft(2))


def proposed(
    anne_co: Party, bob_co: Party, agency: Party, rights: tuple[Right, Right], key: UUID | None = None, **changed: Any
) -> Cross:
    """Anne's company offers its patent for bob's and pays the balance, unless changed."""
    given, taken = rights
    start = clock.today()
    theirs = terms.standard(right=given, licensor=anne_co, licensee=bob_co, price=NOTHING, start=start)
    ours = terms.standard(right=taken, licensor=bob_co, licensee=anne_co, price=BALANCE, start=start)
    said = {"given_terms": theirs, "taken_terms": ours} | changed
    sides = {"proposer": anne_co, "other": bob_co, "agency": agency, "given": given, "taken": taken}
    return actions.propose(key=key or uuid4(), by=owner_of(anne_co), **sides, **said)


def agreed(*stage_: Any, **changed: Any) -> tuple[Deal, Deal]:
    """Both deals of a cross-licence that was agreed to, their contracts drafted: bob takes in the first, anne in the second."""
    made = proposed(*stage_, **changed)
    first, second = deals_of(actions.agree(cross=made, by=owner_of(made.other)))
    arrived()
    return first, second


def arrived() -> None:
    """Every fact so far delivered."""
    while journal.deliver_due():
        pass


def signed(deal: Deal) -> Deal:
    """Both sides sign the contract."""
    done = stage.signed_by(deal.papers.get(), seller=deal.seller, buyer=deal.buyer)
    arrived()
    done.refresh_from_db()
    return done


def refused(code: str, act: Callable[[], Any]) -> None:
    """`act` is refused with `code`, whose sentence can be read, and nothing is proposed or opened."""
    before = (Cross.objects.count(), Deal.objects.count(), Fact.objects.count())
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert "{" not in sentence(caught.value)
    assert (Cross.objects.count(), Deal.objects.count(), Fact.objects.count()) == before


HELD = {"kind": "lump_sum", "amount": BALANCE.wire(), "due_on": "2026-12-01", "in_escrow": True}


@pytest.mark.parametrize(
    ("given", "taken", "balance"),
    [
        ([], [], (NOTHING, "")),
        ([HELD], [], (BALANCE, "other")),
        ([], [HELD], (BALANCE, "proposer")),
        ([HELD, HELD], [], (BALANCE * 2, "other")),
        ([HELD], [HELD], None),
    ],
)
def test_one_side_pays_what_is_left(given: list[Any], taken: list[Any], balance: tuple[Money, str] | None) -> None:
    two = (document(payments=given), document(payments=taken))
    if balance is None:
        with pytest.raises(Refused, match=r"cross\.two_prices"):
            rules.balance_of(*two)
    else:
        assert rules.balance_of(*two) == balance


def test_both_licences_begin_together_once_both_are_signed_and_the_balance_is_paid(
    anne_co: Party, bob_co: Party, agency: Party, rights: tuple[Right, Right]
) -> None:
    key = uuid4()
    made = proposed(anne_co, bob_co, agency, rights, key)
    assert proposed(anne_co, bob_co, agency, rights, key) == made
    with pytest.raises(Http404):
        actions.agree(cross=made, by=owner_of(anne_co))
    for _twice in range(2):
        actions.agree(cross=made, by=owner_of(bob_co))
    arrived()
    first, second = deals_of(made)
    assert [(one.seller, one.buyer, one.price) for one in (first, second)] == [
        (anne_co, bob_co, NOTHING),
        (bob_co, anne_co, BALANCE),
    ]
    paper = str(first.papers.get().terms)
    assert f"交叉许可 {made.code} 的一部分" in paper
    assert "互为条件" in paper
    assert signed(first).state == "signed"  # waits for the other contract
    assert not Charge.objects.exists()
    assert signed(second).state == "signed"
    charge = Charge.objects.get()
    assert (charge.payer, charge.amount) == (anne_co, BALANCE)
    first.refresh_from_db()
    assert (first.state, Licence.objects.count()) == ("signed", 0)
    stage.actions.mark_paid(second, actor=stage.SYSTEM)
    arrived()
    first.refresh_from_db()
    assert first.state == "paid"
    assert {(one.licensor, one.licensee, one.state) for one in Licence.objects.all()} == {
        (anne_co, bob_co, "active"),
        (bob_co, anne_co, "active"),
    }


def test_where_the_two_are_worth_the_same_the_signatures_are_enough(
    anne_co: Party, bob_co: Party, agency: Party, rights: tuple[Right, Right]
) -> None:
    even = terms.standard(right=rights[1], licensor=bob_co, licensee=anne_co, price=NOTHING, start=clock.today())
    first, second = agreed(anne_co, bob_co, agency, rights, taken_terms=even)
    signed(second)
    signed(first)
    assert [one.state for one in deals_of(Cross.objects.get())] == ["paid", "paid"]
    assert (Licence.objects.count(), Charge.objects.count()) == (2, 0)


def test_what_comes_to_nothing_takes_the_other_along(
    anne_co: Party, bob_co: Party, agency: Party, rights: tuple[Right, Right]
) -> None:
    first, second = agreed(anne_co, bob_co, agency, rights)
    signed(first)
    undoing.annul(second, reason="欺诈", actor=stage.SYSTEM)
    arrived()
    first.refresh_from_db()
    assert first.state == "annulled"
    assert Encumbrance.objects.get(right=rights[0]).released_on is not None


def test_a_proposal_is_declined_or_withdrawn_once(
    anne_co: Party, bob_co: Party, agency: Party, rights: tuple[Right, Right]
) -> None:
    one, two = (proposed(anne_co, bob_co, agency, rights) for _twice in range(2))
    for _twice in range(2):
        assert actions.decline(cross=one, remark="不需要", by=owner_of(bob_co)).state == "declined"
        assert actions.withdraw(cross=two, by=owner_of(anne_co)).state == "withdrawn"
    refused("state.illegal", lambda: actions.agree(cross=one, by=owner_of(bob_co)))
    refused("state.illegal", lambda: actions.decline(cross=two, remark="", by=owner_of(bob_co)))


def test_what_cannot_be_licensed_is_not_proposed(
    anne_co: Party, bob_co: Party, agency: Party, rights: tuple[Right, Right]
) -> None:
    given = terms.standard(right=rights[0], licensor=anne_co, licensee=bob_co, price=BALANCE, start=clock.today())
    refused("cross.two_prices", lambda: proposed(anne_co, bob_co, agency, rights, given_terms=given))
    refused("deal.self", lambda: proposed(anne_co, agency, agency, rights))
    refused("right.blocked", lambda: proposed(anne_co, bob_co, agency, (rights[1], rights[0])))
    void = {**given, "payments": [], "clauses": [{"text": "被许可人不得对许可专利的有效性提出异议。"}]}
    refused("licence.void", lambda: proposed(anne_co, bob_co, agency, rights, given_terms=void))


def test_the_pages_from_the_proposal_to_the_two_deals(
    anne_co: Party,
    bob_co: Party,
    agency: Party,
    rights: tuple[Right, Right],
    li_wei: User,
    client_of: Callable[[User | None], Client],
) -> None:
    anne, bob = client_of(owner_of(anne_co)), client_of(owner_of(bob_co))
    until = (clock.today() + timedelta(days=700)).isoformat()
    door = "/cross-licences/new/"
    filled = {
        "other": bob_co.code,
        "taken": "ZL-NOBODY",
        "given_until": until,
        "taken_until": until,
        "balance": "50000",
    }
    filled |= {"agency": agency.code, "given": rights[0].code, "given_exclusivity": "non", "taken_exclusivity": "non"}
    form = typed_like(anne.get(door).context["form"], **filled)
    assert "balance" in anne.post(door, form).context["form"].errors
    form["payer"] = "proposer"
    assert "taken" in anne.post(door, form).context["form"].errors
    form["taken"] = rights[1].number
    sent = anne.post(door, form)
    assert sent.status_code == 302, sent.context["form"].errors
    assert client_of(li_wei).get(sent.url).status_code == 404
    assert "¥50,000.00" in page(bob, sent.url)
    assert sent.url in page(bob, "/me/")
    assert anne.post(sent.url, {"agree": "1"}).status_code == 404
    assert bob.post(sent.url, {"agree": "1"}).status_code == 302
    for deal in Deal.objects.all():
        assert f"/deals/{deal.code}/" in page(anne, sent.url)
    assert sent.url in page(anne, "/cross-licences/")
