"""A payee's account at Stripe: asked for by its owner, opened there, able to be paid once Stripe says so."""

from django.db import transaction

from market.kernel.errors import Refused
from market.kernel.states import move
from market.parties.access import OWNING, require
from market.parties.models import Party, User
from market.payments import stripe_gate
from market.payments.models import Connected
from market.payments.online import rules
from market.payments.online.actions.booking import ACTOR
from market.payments.online.values import Onboarding
from market.trail import journal


@transaction.atomic
def connect(*, party: Party, country: str, by: User) -> Connected:
    """An owner wants the party to be paid through an account at Stripe, in `country` (ISO 3166). Again: the same.

    Refused `online.off`, `party.unverified`. Writes `account.asked`.
    """
    require(by, party, OWNING)
    if not stripe_gate.is_on():
        raise Refused("online.off")
    if party.state != Party.State.VERIFIED:
        raise Refused("party.unverified", party=str(party))
    row, new = Connected.objects.get_or_create(
        party=party, defaults={"ref": f"{party.ref}:account", "country": country, "email": by.email}
    )
    if new:
        journal.record("account.asked", subject=party.ref, actor=by.ref, audience=[party.ref], country=country)
    return row


@transaction.atomic
def heed_account(seen: Onboarding) -> str:
    """Take in an account as somebody saw it at Stripe: "unknown" when it is none of ours [account.ready, once it is]."""
    row = Connected.objects.select_for_update(of=("self",)).select_related("party").filter(ref=seen.ref).first()
    if row is None or row.number not in (None, seen.id):
        return "unknown"
    state = rules.later(("asked", "open"), row.state, "open")
    if state != row.state:
        move(row, state, number=seen.id, error="")
    if seen.ready != row.ready:
        Connected.objects.filter(pk=row.pk).update(ready=seen.ready)
        name = "account.ready" if seen.ready else "account.restricted"
        journal.record(name, subject=row.party.ref, actor=ACTOR, audience=[row.party.ref], number=seen.id)
    return "ready" if seen.ready else "open"
