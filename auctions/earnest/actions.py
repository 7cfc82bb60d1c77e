"""The one write about a seller in default: stated by the agency, the deal ends, and the same again is asked for."""

from django.db import transaction

from auctions.actions import rules_of
from auctions.defaults.actions import due_in
from auctions.earnest import queries
from auctions.models import SellerDefault
from market.deals import undoing
from market.deals.models import Deal
from market.deals.queries import with_parties
from market.documents.models import Version
from market.kernel.errors import Refused
from market.parties import access as parties
from market.parties.models import User
from market.payments import actions as payments
from market.payments.models import Charge
from market.trail import journal


@transaction.atomic
def declare(*, deal: Deal, reason: str, evidence: Version, by: User) -> SellerDefault:
    """State that the seller does not carry the sale out (民法典 587): the deal is rescinded, so that the earnest money goes
    back out of the escrow, and the seller is asked for the same again. Never done by itself. Again: the first one.

    Refused `earnest.none` where the deal has no earnest money, and as `undoing.rescind` is. Writes `default.of_seller`.
    """
    parties.require(by, deal.agency)
    payments.stop_asking(deal, actor=by.ref)
    deal = with_parties().select_for_update(of=("self",)).get(pk=deal.pk)
    found = queries.default_of(deal)
    if found is not None:
        return found
    lot, (paid, again) = queries.on_earnest_money(deal), queries.amounts(deal)
    if lot is None or not again:
        raise Refused("earnest.none", deal=deal.code)
    undoing.rescind(deal, reason=reason, paper=evidence, by=by)
    charge = payments.request(
        purpose=Charge.Purpose.DOUBLE,
        subject=deal.ref,
        payer=deal.seller,
        agency=deal.agency,
        account=f"payable:{deal.buyer.code}",
        amount=again,
        due_at=due_in(rules_of(lot.sale).claim_days),
        actor=by.ref,
    )
    made = SellerDefault.objects.create(
        deal=deal,
        lot=lot,
        reason=reason.strip(),
        evidence=evidence,
        declared_by=by,
        currency=deal.currency,
        paid_minor=paid.minor,
        again_minor=again.minor,
        charge=charge,
    )
    told = {"deal": deal.code, **deal.right.named}
    audience = [deal.seller.ref, deal.buyer.ref]
    amounts = {"paid": paid.wire(), "again": again.wire()}
    journal.record("default.of_seller", subject=deal.ref, actor=by.ref, audience=audience, **told, **amounts)
    return made
