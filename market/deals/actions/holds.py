"""What keeps the escrow of a deal from being shared out, and the rulebook asked again."""

from django.db import transaction

from market.deals import readiness
from market.deals.actions.rows import locked, record
from market.deals.models import Deal, Hold
from market.deals.rules import moves
from market.kernel import clock
from market.rights.conditions import actions as conditions
from market.rights.rules.rulebook import Blocker

RULEBOOK = "rulebook"  # why a deal is held that the register bars


@transaction.atomic
def hold(deal: Deal, *, ref: str, reason: str, actor: str) -> Hold:
    """Keep the escrow from being shared out until `ref` releases it [deal.held, told to the agency]. Again: the same hold."""
    deal = locked(deal)
    made, new = Hold.objects.get_or_create(deal=deal, ref=ref, defaults={"reason": reason, "placed_by": actor})
    if new:
        record("deal.held", deal, actor, audience=[deal.agency.ref], reason=reason)
    return made


@transaction.atomic
def release_hold(deal: Deal, *, ref: str, actor: str) -> None:
    """Take back the hold that `ref` placed [deal.hold_released, told to the agency]. Again, or none there: nothing."""
    deal = locked(deal)
    done = {"released_at": clock.now(), "released_by": actor}
    if Hold.objects.filter(deal=deal, ref=ref, released_at=None).update(**done):
        record("deal.hold_released", deal, actor, audience=[deal.agency.ref], ref=ref)


@transaction.atomic
def heed_rulebook(deal: Deal, *, actor: str) -> tuple[Blocker, ...]:
    """Hold a deal the rulebook bars today, and release it when a later ask passes: what bars it, none once title passed.

    Whoever can cure something is asked for it (`market.rights.conditions`). A bar that is new is told to seller and agency
    [deal.barred], its end too [deal.unbarred]; asked again: nothing more.
    """
    deal = locked(deal)
    found = readiness.readiness_of(deal).blockers if deal.state in moves.UNTITLED else ()
    need = {"opened_for": deal.ref, "seller": deal.seller, "asked_by": deal.agency, "price": deal.price}
    conditions.ask(deal.right, blockers=found, actor=actor, **need)
    bars = tuple(blocker for blocker in found if blocker.red)
    told = [deal.seller.ref, deal.agency.ref]
    held = deal.holds.filter(reason=RULEBOOK, released_at=None).first()
    if bars and held is None:
        earlier = deal.holds.filter(reason=RULEBOOK).count()
        hold(deal, ref=f"{RULEBOOK}:{earlier + 1}", reason=RULEBOOK, actor=actor)
        record("deal.barred", deal, actor, audience=told, articles=[bar.article for bar in bars])
    elif held is not None and not bars:
        release_hold(deal, ref=held.ref, actor=actor)
        record("deal.unbarred", deal, actor, audience=told)
    return bars
