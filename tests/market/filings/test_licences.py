"""A licence deal after its contract: paid into escrow, recorded at the office, its licence kept, its escrow shared out."""

from typing import Any

import pytest

from market.deals import undoing
from market.deals.models import Deal
from market.documents import actions as documents
from market.filings.models import Filing
from market.kernel import clock
from market.kernel.calendar import add_months
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Payout
from market.rights.models import Encumbrance, Title
from market.royalties.models import Licence
from market.royalties.rules import reading
from tests.market.deals.licences import licensed
from tests.market.deals.terms.papers import running, terms, yuan
from tests.market.filings.stage import CERTIFICATE, Deliver, licence_paid, licence_recorded
from tests.market.payments import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(jida: Party, anne_co: Party, agency: Party) -> Deal:
    """Anne's company licenses jida's patent; no terms are agreed yet."""
    return licensed(jida, anne_co, agency)


def test_a_licence_goes_from_its_price_to_the_payout_and_title_stays(
    deal: Deal, finance_sun: User, deliver: Deliver
) -> None:
    titles = list(Title.objects.filter(right=deal.right).values())
    licence_paid(deal, finance_sun, deliver, exclusivity="sole")
    licence, filing = Licence.objects.get(), Filing.objects.get()
    assert (licence.granted_for, licence.terms_sha256) == (deal.ref, deal.terms.get().sha256)
    assert (licence.licensor, licence.licensee, licence.deal) == (deal.seller, deal.buyer, deal.code)
    assert (deal.state, filing.due_on) == ("paid", add_months(clock.today(), 3))
    assert filing.grants
    assert licence.paid_up
    assert filing.pack is not None
    licence_recorded(deal)
    deliver()
    deal.refresh_from_db()
    burden = Encumbrance.objects.get(right=deal.right)
    assert (deal.state, deal.title_passed_on, burden.number) == ("recorded", None, "备案 2026-1")
    assert list(Title.objects.filter(right=deal.right).values()) == titles
    settlement = payments.post_settlement(settlement=deal.settlement, by=finance_sun)
    deliver()
    deal.refresh_from_db()
    assert deal.state == "settled"
    lines = {line.kind: (line.payee, line.amount) for line in settlement.lines.all()}
    assert lines["proceeds"] == (deal.seller, deal.price - lines["commission"][1])
    for payout in Payout.objects.filter(subject=deal.ref):
        stage.send(stage.approved(payout), finance_sun)
    deliver()
    deal.refresh_from_db()
    assert deal.state == "closed"


@pytest.mark.parametrize(
    ("payment", "owed"),
    [
        ({"kind": "lump_sum", "amount": yuan("5.00"), "due_on": "2026-01-01", "in_escrow": True}, False),
        ({"kind": "lump_sum", "amount": yuan("5.00"), "due_on": "2026-01-01"}, True),
        (running(), True),
        ({"kind": "minimum", "amount": yuan("5.00"), "scope": "year"}, True),
    ],
)
def test_only_what_is_still_owed_opens_periods(payment: dict[str, Any], owed: bool) -> None:
    assert reading.is_owed(reading.royalty_terms(terms(payments=[payment]))) is owed


def test_a_licence_rescinded_after_recordal_gives_the_price_back_and_burdens_nothing(
    deal: Deal, finance_sun: User, zhou_min: User, deliver: Deliver
) -> None:
    licence_paid(deal, finance_sun, deliver)
    licence_recorded(deal)
    deliver()
    paper = documents.store(
        subject=deal.ref,
        kind="rescission",
        title="解除协议",
        name="paper.pdf",
        content=CERTIFICATE.content,
        content_type="application/pdf",
        owner=deal.agency,
        by=zhou_min,
    )
    undone = undoing.rescind(deal, reason="双方协商解除", paper=paper, by=zhou_min)
    deliver()
    assert (undone.state, Licence.objects.get().state) == ("rescinded", "ended")
    assert Encumbrance.objects.get(right=deal.right).released_on == clock.today()
    settlement = payments.post_settlement(settlement=Deal.objects.get(pk=deal.pk).settlement, by=finance_sun)
    assert {line.kind for line in settlement.lines.all()} >= {"price_back"}
