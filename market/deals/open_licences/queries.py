"""Reads of open licences: what is open to everybody, who took a licence, and what the next annuity costs meanwhile."""

from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from market.deals.models import Deal
from market.deals.open_licences.models import Declaration
from market.deals.open_licences.rules import reduced
from market.deals.rules.moves import ENDED_BADLY
from market.deals.terms import queries as terms
from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import Party
from market.rights import queries as of_rights
from market.rights.models import Right
from market.rights.rules.intents import license_as
from market.rights.rules.rulebook import Blocker
from market.rights.rules.upkeep import Due, Kept, dues
from market.trail import journal

State = Declaration.State
OPEN = license_as("open")
WITHDRAWING = "open_licence.withdrawing"
PAID = ("paid", "filed", "refused", "recorded", "settled", "closed")


def declarations() -> QuerySet[Declaration]:
    """Declarations with what every page names, and how many licences were taken under each."""
    taken = Count("listing__deals", filter=Q(listing__deals__state__in=PAID))
    named = ("right__patent", "holder", "agency", "listing", "pack__document__owner")
    return Declaration.objects.select_related(*named).annotate(taken=taken)


def open_to_all() -> QuerySet[Declaration]:
    """What is open to licences, the newest first."""
    return declarations().filter(state=State.PUBLISHED).order_by("-published_on", "-pk")


def of_party(party: Party) -> QuerySet[Declaration]:
    """What `party` declared or administers and the public does not see: not published yet, or withdrawn."""
    return declarations().filter(Q(holder=party) | Q(agency=party)).exclude(state=State.PUBLISHED)


def declarable(party: Party) -> QuerySet[Right]:
    """The granted patents of `party` that no declaration lives for."""
    held = Right.objects.filter(
        titles__holder=party, titles__until=None, kind=Right.Kind.PATENT, state=Right.State.GRANTED
    )
    return held.exclude(open_licences__in=Declaration.objects.exclude(state=State.WITHDRAWN)).order_by("pk").distinct()


def is_withdrawing(declaration: Declaration) -> bool:
    """Whether the holder has asked for its withdrawal."""
    return journal.facts_about(declaration.ref).filter(name=WITHDRAWING).exists()


def bars_of(right: Right, holder: Party) -> tuple[Blocker, ...]:
    """What bars an open licence of the right today (专利法 50-51; 专利法实施细则 86)."""
    (answer,) = of_rights.readiness_of([right], OPEN, sellers={right.pk: holder})
    return answer.bars


def patentees(right: Right) -> str:
    """Who declares and withdraws, as the office's forms name them."""
    return "、".join(title.holder.name for title in of_rights.holders(right))


def licence_of(declaration: Declaration, buyer: Party) -> Deal | None:
    """The deal by which `buyer` took the licence, unless it was undone."""
    if declaration.listing is None:
        return None
    return declaration.listing.deals.filter(buyer=buyer).exclude(state__in=ENDED_BADLY).first()


def terms_for(declaration: Declaration, licensee: Party) -> dict[str, object]:
    """The terms everybody gets: an ordinary licence in China for the fee declared, from today for the years declared."""
    return terms.standard(
        right=declaration.right,
        licensor=declaration.holder,
        licensee=licensee,
        price=declaration.fee,
        start=clock.today(),
        months=12 * declaration.years,
    )


def next_annuity(right: Right) -> tuple[Due, Money] | None:
    """The next annuity and what it costs while the licence is open; None where no fee is known."""
    patent, today = right.patent, clock.today()
    days = (right.filed_on, right.granted_on, right.expires_on, patent.annuity_paid_to)
    kept = Kept(right.kind, patent.type, right.office, right.state, *days)
    found = (
        due for due in dues(kept, today, today + timedelta(days=400)) if due.kind == "annuity" and due.fee is not None
    )
    due = next(found, None)
    return (due, reduced(due.fee.amount)) if due and due.fee else None
