"""Carries the demonstration's sold lots some way along: signed, paid, filed, settled, each step by its own person."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from auctions.models import Lot
from deploy.demo import cast, listings, sales
from market.deals import actions as deals
from market.deals.models import Deal, Paper
from market.documents.render import pdf
from market.filings import actions as filings
from market.kernel import clock
from market.kernel.errors import ensure
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Charge, Payout
from market.payments.queries import payee_account

CONSENT = "我已阅读全文，同意以电子签名方式签署，并知悉其与手写签名具有同等法律效力。"
STATES = (
    Deal.State.FORMED,
    Deal.State.CONFIRMED,
    Deal.State.SIGNED,
    Deal.State.PAID,
    Deal.State.FILED,
    Deal.State.TITLE_PASSED,
    Deal.State.SETTLED,
    Deal.State.CLOSED,
)


def carry(lot: Lot, *, to: str, start: datetime) -> Deal:
    """Carry the deal of a sold lot to the state `to`, one step a day from `start` on."""
    deal = Deal.objects.get(origin=lot.ref)
    for day, state in enumerate(STATES[1 : STATES.index(to) + 1], start=1):
        moment = min(start + timedelta(days=day), clock.now())
        with clock.shifted_to(moment):
            _STEPS[state](deal, clock.today())
            sales.deliver()
        deal.refresh_from_db()
        ensure(deal.state == state, f"{deal} is {deal.state}, not {state}")
    return deal


def give_back(lot: Lot) -> None:
    """Send the deposits of those who did not win back, two hours after the hammer."""
    with clock.shifted_to(lot.ends_at + timedelta(hours=2)):
        send([bidder.ref for bidder in lot.bidders.all()], clock.today())
        sales.deliver()


def _who(party: Party) -> User:
    return party.memberships.filter(role="owner").order_by("pk")[0].user


def sign(deal: Deal, kind: str, *roles: str) -> None:
    """Each of the roles signs that paper of the deal."""
    paper = Paper.objects.select_related("version").get(deal=deal, kind=kind)
    for role in roles:
        party = getattr(deal, role)
        deals.sign(paper=paper, role=role, by=_who(party), sha256=paper.version.sha256, statement=CONSENT)


def _confirm(deal: Deal, today: date) -> None:
    sign(deal, Paper.Kind.CONFIRMATION, "buyer", "agency")


def _contract(deal: Deal, today: date) -> None:
    sign(deal, Paper.Kind.CONTRACT, "seller", "buyer")


def pay(deal: Deal, today: date) -> None:
    """The bank's list shows the price of the deal."""
    charge = Charge.objects.get(subject=deal.ref, purpose=Charge.Purpose.PRICE)
    payments.confirm(charge=charge, received=charge.amount, bank_reference=_number(), on=today, by=cast.user("caiwu"))


def _file(deal: Deal, today: date) -> None:
    filings.submit(deal.filings.get(), number=f"2026{deal.pk:08d}", on=today, by=listings.agent())


def _record(deal: Deal, today: date) -> None:
    deal = Deal.objects.get(pk=deal.pk)
    number = f"变更 {deal.pk:06d}"
    told = {"number": number, "title": deal.right.title, "holder": deal.buyer.name, "on": today.isoformat()}
    certificate = filings.Upload("变更登记通知.pdf", pdf("register_copy", told))
    filings.accept(deal.filings.get(), number=number, on=today, certificate=certificate, by=listings.agent())


def _settle(deal: Deal, today: date) -> None:
    payments.post_settlement(settlement=Deal.objects.get(pk=deal.pk).settlement, by=cast.user("caiwu"))


def _pay_out(deal: Deal, today: date) -> None:
    send([deal.ref], today)


def send(subjects: Sequence[str], today: date) -> None:
    """Approve and send every payout about `subjects` ("deal:D-…"), each by its own person."""
    for payout in Payout.objects.filter(subject__in=subjects, state=Payout.State.DUE):
        payments.approve_payout(payout=payout, account_seen=payee_account(payout), by=listings.agent())
        payments.send_payout(payout=payout, bank_reference=_number(), on=today, by=cast.user("caiwu"))


def _number() -> str:
    return f"DEMO{uuid4().hex[:12].upper()}"


_STEPS = {
    Deal.State.CONFIRMED: _confirm,
    Deal.State.SIGNED: _contract,
    Deal.State.PAID: pay,
    Deal.State.FILED: _file,
    Deal.State.TITLE_PASSED: _record,
    Deal.State.SETTLED: _settle,
    Deal.State.CLOSED: _pay_out,
}
