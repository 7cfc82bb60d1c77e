"""Versions of a deal's terms: kept from the opening on, proposed by one side and adopted by the other, never changed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from market.deals import actions as deals
from market.deals import queries as of_deals
from market.deals.models import Deal
from market.deals.terms import actions, queries
from market.deals.terms.models import Adoption, TermsVersion
from market.kernel.errors import Conflict, Refused
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.trail.models import Fact
from tests.market.deals import stage
from tests.market.deals.licences import draft, licensed
from tests.market.deals.terms.papers import running

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(jida: Party, anne_co: Party, agency: Party) -> Deal:
    """Anne's company licenses jida's patent; no terms are agreed yet."""
    return licensed(jida, anne_co, agency)


def refused(code: str, act: Callable[[], Any]) -> Refused:
    """`act` is refused with `code`, in words, and neither a version nor an adoption nor a fact is new."""
    before = (TermsVersion.objects.count(), Adoption.objects.count(), Fact.objects.count())
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert sentence(caught.value)
    assert (TermsVersion.objects.count(), Adoption.objects.count(), Fact.objects.count()) == before
    return caught.value


def test_a_deal_opened_with_terms_keeps_them_as_version_one(jida: Party, anne_co: Party, agency: Party) -> None:
    empty = licensed(jida, anne_co, agency)
    said = draft(empty, exclusivity="sole")
    listing = empty.listing
    opened = deals.open(**stage.terms(listing, anne_co, origin="offer:N-1", document=said))
    again = deals.open(**stage.terms(listing, anne_co, origin="offer:N-1", document=said))
    kept = TermsVersion.objects.get()
    assert (again, kept.deal, kept.number, kept.document, kept.proposed_by) == (opened, opened, 1, said, None)
    assert queries.agreed_terms(opened) == kept
    assert queries.agreed_terms(empty) is None


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("terms.shape", {"exclusivity": "open"}),
        ("terms.price", {"payments": []}),
        ("terms.other_deal", {"licensee": {"name": "别家", "code": "P-OTHER"}}),
        ("terms.other_deal", {"right": "copyright", "grant": ["reproduction"]}),
    ],
)
def test_terms_that_do_not_fit_open_no_deal(code: str, changed: dict[str, Any], deal: Deal) -> None:
    said = draft(deal, **changed)
    refused(code, lambda: deals.open(**stage.terms(deal.listing, deal.buyer, origin="offer:N-2", document=said)))
    assert not Deal.objects.filter(origin="offer:N-2").exists()


def test_one_side_proposes_and_the_other_adopts_what_it_read(deal: Deal, li_wei: User, anne: User) -> None:
    assert queries.to_speak([deal]) == {deal.pk: ("seller", "buyer")}
    first = actions.propose(deal=deal, role="seller", document=draft(deal), over=0, by=li_wei)
    assert queries.to_speak([deal]) == {deal.pk: ("buyer",)}
    second = actions.propose(deal=deal, role="buyer", document=draft(deal, sublicence="free"), over=1, by=anne)
    assert (first.number, second.number, second.proposed_by) == (1, 2, deal.buyer)
    assert queries.to_speak([deal]) == {deal.pk: ("seller",)}
    with pytest.raises(Conflict):
        actions.adopt(deal=deal, role="seller", sha256=first.sha256, by=li_wei)
    for _twice in range(2):
        adopted = actions.adopt(deal=deal, role="seller", sha256=second.sha256, by=li_wei)
    assert (queries.agreed_terms(deal), queries.to_speak([deal])) == (adopted, {deal.pk: ()})
    told = Fact.objects.filter(subject=deal.ref, name__startswith="deal.terms").order_by("pk")
    assert [fact.name for fact in told] == ["deal.terms_proposed", "deal.terms_proposed", "deal.terms_agreed"]
    assert deal.buyer.ref in told[0].audience


def test_the_same_proposal_twice_is_one_and_an_outrun_one_is_none(deal: Deal, li_wei: User, anne: User) -> None:
    said = draft(deal)
    first = actions.propose(deal=deal, role="seller", document=said, over=0, by=li_wei)
    assert actions.propose(deal=deal, role="seller", document=said, over=0, by=li_wei) == first
    other = draft(deal, sublicence="free")
    refused("terms.outrun", lambda: actions.propose(deal=deal, role="buyer", document=other, over=0, by=anne))


def test_what_nobody_negotiates_is_written_as_the_register_has_it(deal: Deal, li_wei: User) -> None:
    said = draft(deal, asset=[{"name": "别的专利"}], licensor={"name": "别家", "code": "P-X"})
    made = actions.propose(deal=deal, role="seller", document=said, over=0, by=li_wei)
    assert made.document["asset"][0]["name"] == deal.right.title
    assert made.document["licensor"]["code"] == deal.seller.code


def test_nobody_adopts_his_own_proposal_or_one_that_bars_the_contract(deal: Deal, li_wei: User, anne: User) -> None:
    void = draft(deal, clauses=[{"text": "被许可人不得对许可专利的有效性提出异议。"}])
    made = actions.propose(deal=deal, role="seller", document=void, over=0, by=li_wei)
    refused("terms.own", lambda: actions.adopt(deal=deal, role="seller", sha256=made.sha256, by=li_wei))
    refused("licence.void", lambda: actions.adopt(deal=deal, role="buyer", sha256=made.sha256, by=anne))
    nobody_reports = draft(deal, payments=[*draft(deal)["payments"], running()])
    made = actions.propose(deal=deal, role="seller", document=nobody_reports, over=1, by=li_wei)
    refused("licence.no_reports", lambda: actions.adopt(deal=deal, role="buyer", sha256=made.sha256, by=anne))


def test_only_the_two_sides_agree_on_terms(deal: Deal, zhou_min: User) -> None:
    refused(
        "terms.not_yours",
        lambda: actions.propose(deal=deal, role="agency", document=draft(deal), over=0, by=zhou_min),
    )


def test_versions_and_adoptions_are_kept(deal: Deal, li_wei: User, anne: User) -> None:
    made = actions.propose(deal=deal, role="seller", document=draft(deal), over=0, by=li_wei)
    actions.adopt(deal=deal, role="buyer", sha256=made.sha256, by=anne)
    for table in ("deals_termsversion", "deals_adoption"):
        for statement in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_the_first_draft_reads_the_register(deal: Deal) -> None:
    (asset,) = draft(deal)["asset"]
    particulars = of_deals.particulars_of(deal)
    assert asset["number"] == particulars["patent_no"]
    assert {"applicant", "holder", "filed_on", "expires_on", "application_number"} <= set(asset)
    assert queries.void_in(draft(deal)) == []
