"""One deal through every room: hammer, papers, escrow, office, title, told by facts alone from door to door."""

from collections.abc import Callable

import pytest

from market.deals import queries
from market.documents.queries import latest_about
from market.filings import actions as filings
from market.filings.models import Filing
from market.kernel import clock
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Charge, Settlement
from market.rights.queries import holders
from tests import assets
from tests.market.deals.stage import formed, signed_by

pytestmark = pytest.mark.django_db
DRAFTS = {"patent": assets.patent_draft, "trademark": assets.trademark_draft, "copyright": assets.software_draft}


@pytest.mark.parametrize("kind", DRAFTS)
def test_a_right_walks_from_the_hammer_to_its_new_owner(
    kind: str,
    jida: Party,
    anne_co: Party,
    agency: Party,
    agent_chen: User,
    finance_sun: User,
    deliver: Callable[[], None],
) -> None:
    deal = formed(jida, anne_co, agency, draft=DRAFTS[kind]())
    deliver()
    signed_by(deal.papers.get(kind="confirmation"), buyer=anne_co, agency=agency)
    deliver()
    signed_by(deal.papers.get(kind="contract"), seller=jida, buyer=anne_co)
    deliver()
    charge = Charge.objects.get(subject=deal.ref)
    assert (charge.payer, charge.amount, charge.due_at.date()) == (
        anne_co,
        queries.total_due(deal),
        queries.by_ref(deal.ref).due_on,
    )
    payments.confirm(
        charge=charge, received=charge.amount, bank_reference="2026112412345678", on=clock.today(), by=finance_sun
    )
    deliver()
    filing = Filing.objects.get(deal=deal)
    assert filing.pack is not None
    filings.submit(filing, number="2026112400001", on=clock.today(), by=agent_chen)
    certificate = filings.Upload("certificate.pdf", b"%PDF-1.7 recorded")
    filings.accept(filing, number="ZQ-1", on=clock.today(), certificate=certificate, by=agent_chen)
    deliver()
    deal = queries.by_ref(deal.ref)
    assert (deal.state, deal.title_passed_on) == ("title_passed", clock.today())
    assert [title.holder for title in holders(deal.right)] == [anne_co]
    assert Settlement.objects.get().deal == deal
    kinds = {version.document.kind for version in latest_about(deal.ref)}
    assert {"confirmation", "contract", "signatures"} <= kinds
    told = [fact.name for fact in queries.story(deal)]
    walked = ["formed", "confirmed", "signed", "paid", "filed", "title_passed"]
    assert [name for name in told if name.startswith("deal.")] == [f"deal.{state}" for state in walked]
    assert {"charge.confirmed", "filing.submitted", "filing.accepted"} <= {*told}
