"""What payments do when a deal moves, a royalty is billed or a dividend declared: ask for it, settle it, pass it on."""

from datetime import datetime, time, timedelta
from fractions import Fraction

from market.deals import actions as deals_actions
from market.deals import queries as deals
from market.deals.crosses.queries import companion
from market.deals.models import Deal
from market.deals.rules.moves import NOTHING
from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.errors import ensure
from market.kernel.formats import read_day, read_money
from market.parties.models import Party
from market.payments import actions, queries
from market.payments.models import Charge, Payout
from market.trail.models import Fact

COLLECTOR = "system:payments"
BANKS_CLOSE = time(17, 0)
PAY_WITHIN = timedelta(days=14)  # when the deal itself names no day
PAY_ON_WITHIN = timedelta(days=3)


def on_deal_signed(fact: Fact) -> None:
    """Ask the buyer for price and premium less the deposit in escrow; when nothing is left to pay, the deal is paid: the
    deposit covers it, or it is a licence paid for in royalties alone. Of a cross-licence once both contracts are signed."""
    deal = deals.by_ref(fact.subject)
    other = companion(deal)
    if deal.state != Deal.State.SIGNED or (other is not None and other.state != Deal.State.SIGNED):
        return
    for one in (deal, other):
        if one is not None:
            _ask_for_price(one)


def _ask_for_price(deal: Deal) -> None:
    """Ask for what a deal still lacks; it is paid where that is nothing and no companion has a balance to pay first."""
    remainder = deals.total_due(deal) - queries.escrow(deal)
    ensure(remainder.minor >= 0, f"the escrow of {deal} holds more than its price and premium")
    other = companion(deal)
    if not remainder and other is not None and deals.total_due(other):
        return  # it begins with the balance (`market.deals.crosses.handlers`)
    if not remainder:
        told = {} if deals.total_due(deal) else {"due": NOTHING}
        deals_actions.mark_paid(deal, actor=COLLECTOR, **told)
        return
    due_on = deal.due_on or clock.today() + PAY_WITHIN
    actions.request(
        purpose=Charge.Purpose.PRICE,
        subject=deal.ref,
        payer=deal.buyer,
        agency=deal.agency,
        account=f"escrow:{deal.origin}",
        amount=remainder,
        due_at=datetime.combine(due_on, BANKS_CLOSE, BEIJING),
        actor=COLLECTOR,
    )


def on_charge_confirmed(fact: Fact) -> None:
    """What the seller in default owes beside the earnest money has arrived: it goes on to the buyer (民法典 587)."""
    charge = queries.charges().get(code=fact.data["code"])
    if charge.purpose == Charge.Purpose.DOUBLE:
        deal, due_at = queries.deal_of(charge), clock.now() + PAY_ON_WITHIN
        to = (deal.buyer, deal.agency, charge.account, charge.amount)
        actions.pay_out(Payout.Purpose.DOUBLE, f"double:{deal.code}", deal.ref, *to, due_at)


def on_deal_paid(fact: Fact) -> None:
    """The bid deposit that was set off is applied for good: it can no longer be forfeited."""
    actions.applied(deals.by_ref(fact.subject), actor=COLLECTOR)


def on_deal_undone(fact: Fact) -> None:
    """Ask for nothing any more, and prepare the return of what is in escrow."""
    deal = deals.by_ref(fact.subject)
    actions.cancel_for(deal.ref, actor=COLLECTOR)
    actions.prepare_return(deal, actor=COLLECTOR)


def on_royalty_billed(fact: Fact) -> None:
    """Ask the licensee for what a royalty statement comes to; nothing where it comes to nothing."""
    due, said = read_money(fact.data["due"]), fact.data
    if due:
        actions.request(
            purpose=Charge.Purpose.ROYALTY,
            subject=f"statement:{said['statement']}",
            payer=Party.objects.get(code=said["payer"]),
            agency=Party.objects.get(code=said["agency"]),
            account=f"royalty:{said['licence']}",
            amount=due,
            due_at=datetime.combine(read_day(said["due_on"]), BANKS_CLOSE, BEIJING),
            actor=COLLECTOR,
        )


def on_royalty_shared(fact: Fact) -> None:
    """Pay the royalty that arrived: to the holders of the right, and to those who made it."""
    said = fact.data
    for purpose in (Payout.Purpose.ROYALTY, Payout.Purpose.INVENTORS):
        lines = [line for line in said["lines"] if line["purpose"] == purpose]
        actions.pass_on(
            purpose=purpose,
            subject=f"statement:{said['statement']}",
            account=f"royalty:{said['licence']}",
            agency=Party.objects.get(code=said["agency"]),
            shares=[(Party.objects.get(code=line["party"]), read_money(line["amount"])) for line in lines],
        )


def on_reward_of_deal(fact: Fact) -> None:
    """Write the inventors' lines into the settlement of the deal."""
    said = fact.data
    actions.claim_parts(
        deal=deals.by_ref(fact.subject),
        holder=Party.objects.get(code=said["holder"]),
        parts=[(Party.objects.get(code=one["party"]), Fraction(one["part"])) for one in said["parts"]],
        note=said["plan"],
        actor=COLLECTOR,
    )


def on_dividend_declared(fact: Fact) -> None:
    """Ask the payer for what a declaration comes to; nothing where it comes to nothing."""
    amount, said = read_money(fact.data["amount"]), fact.data
    if amount:
        actions.request(
            purpose=Charge.Purpose.DIVIDEND,
            subject=f"dividend:{said['declaration']}",
            payer=Party.objects.get(code=said["payer"]),
            agency=Party.objects.get(code=said["agency"]),
            account=f"dividend:{said['plan']}",
            amount=amount,
            due_at=datetime.combine(read_day(said["due_on"]), BANKS_CLOSE, BEIJING),
            actor=COLLECTOR,
        )


def on_dividend_paid(fact: Fact) -> None:
    """Pay the dividend that arrived to everybody who shares in it."""
    said = fact.data
    actions.pass_on(
        purpose=Payout.Purpose.DIVIDEND,
        subject=f"dividend:{said['declaration']}",
        account=f"dividend:{said['plan']}",
        agency=Party.objects.get(code=said["agency"]),
        shares=[(Party.objects.get(code=line["party"]), read_money(line["amount"])) for line in said["lines"]],
    )


def on_deal_title_passed(fact: Fact) -> None:
    """Title has passed, or a licence is recorded: prepare the settlement; the agency looks at it and posts it."""
    actions.prepare_settlement(deals.by_ref(fact.subject), actor=COLLECTOR)
