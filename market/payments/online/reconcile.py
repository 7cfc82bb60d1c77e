"""The nightly comparison: every balance transaction at Stripe against the books. What webhooks missed is taken in now, what
still differs is reported, to the minor unit."""

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta

from django.db import transaction

from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused
from market.kernel.money import Money, total
from market.ledger import books
from market.ledger.models import Account, Transfer
from market.parties.models import Party
from market.payments import stripe_gate
from market.payments.models import Checkout, Comparison, Dispute, Outgoing
from market.payments.online import rules, webhooks
from market.payments.online.actions.booking import book
from market.payments.online.values import Movement
from market.payments.rules import own_account
from market.trail import journal

logger = logging.getLogger(__name__)

BACK = timedelta(days=8)  # Stripe tells an event for three days; a night may be missed
NIGHT = time(3, 0)
TOLD = 5  # differences named in a notice; the comparison keeps all
ACTOR = "system:payments"
# How a kind of balance transaction is looked up again, as an event about its source would be.
LOOKED_UP = {
    "charge": "payment_intent.",
    "payment": "payment_intent.",
    "refund": "refund.",
    "payment_refund": "refund.",
    "refund_failure": "refund.",
    "payment_failure_refund": "refund.",
    "transfer": "transfer.",
    "adjustment": "charge.dispute.",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Something at Stripe that the books do not say: a stable `code`, the object, the figures, and whose it is."""

    code: str
    subject: str
    detail: str
    agency: str = ""

    def __str__(self) -> str:
        return f"{self.code} {self.subject}: {self.detail}"


def run_due() -> Comparison | None:
    """Compare, once a night after three o'clock in Beijing; None when it is not time."""
    now = clock.now().astimezone(BEIJING)
    tonight = datetime.combine(now.date(), NIGHT, BEIJING)
    if not stripe_gate.is_on() or now < tonight or Comparison.objects.filter(at__gte=tonight).exists():
        return None
    return compare(clock.now() - BACK)


def compare(since: datetime) -> Comparison:
    """Look at everything Stripe moved since, and at every page whose time is over; take in what was missed; report.

    Raises Unanswered when Stripe does not answer: what was taken in until then stays.
    """
    mended = [*_late_pages()]
    moved = list(stripe_gate.movements(since))
    for movement in moved:
        if _missing(movement):
            mended += _taken_in(movement)
    differences = [*(found for movement in moved if (found := _missing(movement))), *_of_balances()]
    for found in differences:
        logger.error("Stripe and the books differ: %s", found)
    rows = [asdict(found) for found in differences]
    with transaction.atomic():
        for agency in sorted({found.agency for found in differences} - {""}):
            _tell(agency, [found for found in differences if found.agency == agency])
        return Comparison.objects.create(since=since, compared=len(moved), mended=mended, differences=rows)


def _tell(agency: str, found: list[Difference]) -> None:
    """Tell an agency what of its money at Stripe the books do not say [stripe.differed], the first few by name."""
    said = {"count": len(found), "differences": [str(one) for one in found[:TOLD]]}
    ref = f"party:{agency}"
    journal.record("stripe.differed", subject=ref, actor=ACTOR, audience=[ref], **said)


def _late_pages() -> Iterator[str]:
    """Pages that closed, or whose wallet answered, without our hearing of it."""
    waiting = Checkout.objects.filter(state__in=Checkout.LIVE, expires_at__lt=clock.now()).exclude(session=None)
    for page in waiting.order_by("pk"):
        outcome = webhooks.looked_up("checkout.session.", page.session or "")()
        if outcome != page.state:
            yield f"{page.ref}: {outcome}"


def _taken_in(movement: Movement) -> Iterator[str]:
    if movement.kind == "payout" and movement.agency:
        book([_to_the_bank(movement)])
        yield f"{movement.source}: booked"
    elif (kind := LOOKED_UP.get(movement.kind)) is not None:
        try:
            outcome = webhooks.looked_up(kind, movement.source, movement.intent)()
        except Refused as refused:  # the books hold something else under its ref: that is a difference, not news
            outcome = f"ignored: {refused}"
        if outcome != "unknown" and not outcome.startswith("ignored"):
            yield f"{movement.source}: {outcome}"


def _to_the_bank(movement: Movement) -> rules.Entry:
    """An agency's own money went from Stripe to its bank account."""
    agency = Party.objects.get(code=movement.agency)
    clearing, bank = (own_account(name, agency.code, movement.amount.currency) for name in ("stripe", "bank"))
    return rules.Entry(f"stripe:{movement.source}", -movement.amount, bank, clearing, f"payout {movement.source}")


def _missing(movement: Movement) -> Difference | None:
    """What the books lack of a movement: itself, or its fee; None when they hold both, to the minor unit."""
    ref, agency = _booked_as(movement)
    if not ref:
        return Difference("unknown", movement.source, f"{movement.kind} of {movement.amount}", agency)
    for expected, suffix in ((movement.amount, ""), (movement.fee, ":fee")):
        row = Transfer.objects.filter(ref=f"{ref}{suffix}").first()
        held = row.amount if row else Money.zero(expected.currency)
        if held.currency != expected.currency or abs(held.minor) != abs(expected.minor):
            return Difference(
                "amount", movement.source, f"{ref}{suffix}: {held} in the books, {expected} there", agency
            )
    return None


def _booked_as(movement: Movement) -> tuple[str, str]:
    """The ref of the transfer that a movement should be in the books, and its agency's code; empty when none of ours."""
    if movement.kind in ("charge", "payment"):
        page = Checkout.objects.select_related("charge__agency").filter(ref=movement.ref).first()
        return (page.ref, page.charge.agency.code) if page else ("", "")
    if movement.kind == "adjustment":
        named = Dispute.objects.select_related("checkout__charge__agency").filter(number=movement.source).first()
        ref = f"dispute:{named.code}{':won' if movement.amount.minor > 0 else ''}" if named else ""
        return (ref, named.checkout.charge.agency.code) if named else (_of_page(movement), "")
    if movement.kind == "payout":
        return (f"stripe:{movement.source}", movement.agency) if movement.agency else ("", "")
    sent = Outgoing.objects.select_related("payout__agency").filter(ref=movement.ref).first()
    if sent is None or movement.kind not in LOOKED_UP:
        return "", ""
    back = ":back" if movement.amount.minor > 0 else ""
    return f"{sent.payout.ref}{back}", sent.payout.agency.code


def _of_page(movement: Movement) -> str:
    """A dispute of one of our payments that we have not heard of: it will be booked, under a ref not made yet."""
    return "dispute:" if Checkout.objects.filter(intent=movement.intent).exclude(intent=None).exists() else ""


def _of_balances() -> Iterator[Difference]:
    """What lies at Stripe against what the books say lies there, by currency."""
    there = stripe_gate.balances()
    ours: dict[str, list[Money]] = {}
    accounts = list(Account.objects.filter(code__startswith="stripe:"))
    held = books.available_of(row.code for row in accounts)
    for row in accounts:
        ours.setdefault(row.currency, []).append(held[row.code])
    for currency in sorted({*there, *ours}):
        books_say = total(ours.get(currency, []), currency)
        if books_say != there.get(currency, Money.zero(currency)):
            yield Difference("balance", currency, f"{books_say} in the books, {there.get(currency)} there")


def report(row: Comparison) -> Iterator[str]:
    """The comparison as lines to read."""
    yield f"since {row.since:%Y-%m-%d %H:%M} UTC: {row.compared} movements at Stripe compared"
    yield from (f"mended     {line}" for line in row.mended)
    yield from (f"DIFFERENCE {Difference(**found)}" for found in row.differences)
    yield "the books and Stripe agree" if not row.differences else f"{len(row.differences)} differences"
