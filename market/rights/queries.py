"""Reads of the register: who owns a right, what burdens it, what blocks it, and its story."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet

from market.kernel import clock
from market.kernel.formats import read_day
from market.parties.models import Party
from market.rights.importers.drafts import RightDraft
from market.rights.models import Consent, Encumbrance, Patent, Right, Title, Trademark
from market.rights.rules import entry, transfer
from market.rights.rules.transfer import Blocker, Burden, Owner, RightFacts, Sibling
from market.trail import journal

DECLARED = "declared"  # the source of a title its claimant stated
NUMBERS = ("application_no", "publication_no", "grant_no")  # the numbers one patent bears
DEAD = frozenset({Right.State.LAPSED, Right.State.EXPIRED, Right.State.INVALIDATED})


def entered(draft: RightDraft) -> Right | None:
    """The right the register has under the draft's number or, for a patent, under another of the numbers it bears."""
    key = entry.register_key(draft.kind, draft.key.number, draft.nice_class)
    same = Q(key=key)
    for column in NUMBERS:
        if draft.kind == Right.Kind.PATENT and getattr(draft, column):
            same |= Q(**{f"patent__{column}": getattr(draft, column)})
    found = Right.objects.filter(same, kind=draft.kind, office=draft.office)
    return found.select_related("registered_by", draft.kind).order_by("pk").first()


def entered_among(drafts: Sequence[RightDraft]) -> list[bool]:
    """For each draft whether the register has it, as `entered` would say; four questions however many drafts."""
    keys = {entry.register_key(draft.kind, draft.key.number, draft.nice_class) for draft in drafts}
    known = set(Right.objects.filter(key__in=keys).values_list("kind", "office", "key"))
    bearing: set[tuple[str, str, str]] = set()
    for column in NUMBERS:
        asked = {getattr(draft, column) for draft in drafts if draft.kind == Right.Kind.PATENT} - {""}
        rows = Patent.objects.filter(**{f"{column}__in": asked}).values_list("right__office", column)
        bearing |= {(office, column, number) for office, number in rows}
    return [
        (draft.kind, draft.office, entry.register_key(draft.kind, draft.key.number, draft.nice_class)) in known
        or any((draft.office, column, getattr(draft, column)) in bearing for column in NUMBERS)
        for draft in drafts
    ]


def owners_named(drafts: Iterable[RightDraft]) -> dict[str, Party]:
    """The parties whose credit codes the drafts name as holders, by code; codes nobody bears are left out."""
    codes = {code for draft in drafts for code in draft.holder_usccs}
    return {str(party.uscc): party for party in Party.objects.filter(uscc__in=codes)}


def holders(right: Right, on: date | None = None) -> list[Title]:
    """The live titles, or those in force on the day `on` (title passes at its beginning), the largest share first."""
    held = right.titles.select_related("holder")
    held = held.filter(until=None) if on is None else held.filter(Q(until=None) | Q(until__gt=on), since__lte=on)
    return sorted(held, key=lambda title: (-Fraction(title.share_num, title.share_den), title.pk))


def title_declared(right: Right) -> bool:
    """Whether somebody stated a draft's owners and burdens in words of their own; a file's silence is not "none"."""
    return right.titles.filter(until=None, source=DECLARED).exists()


def burdens(right: Right) -> QuerySet[Encumbrance]:
    """The burdens nobody has released, oldest first."""
    return right.encumbrances.filter(released_on=None).order_by("since", "pk")


def consents(right: Right) -> QuerySet[Consent]:
    """The consents on file, with whose they are and the paper they stand on."""
    return right.consents.select_related("of_party", "of_encumbrance", "document").order_by("pk")


def facts_of(right: Right, *, seller: Party | None = None) -> RightFacts:
    """What the rules of transfer look at. `seller` is who would transfer: unless told, who registered the right while
    they own a share, else the largest owner."""
    live, given = holders(right), list(right.consents.all())
    # A consent speaks for the title its giver held that day; one given under an earlier title is spent.
    said_yes = {c.of_party_id: c.given_on for c in sorted(given, key=lambda c: c.given_on) if c.of_party_id}
    agreed = {c.of_encumbrance_id for c in given if c.of_encumbrance_id}
    who = seller.pk if seller else _seller_among(live, right)
    return RightFacts(
        kind=right.kind,
        state=right.state,
        number=right.number,
        seller=next((title.holder.code for title in live if title.holder_id == who), ""),
        owners=tuple(
            Owner(
                title.holder.code,
                title.holder.name,
                Fraction(title.share_num, title.share_den),
                said_yes.get(title.holder_id, date.min) >= title.since,
            )
            for title in live
        ),
        burdens=tuple(
            Burden(row.kind, row.in_favour_of, row.number, row.since, row.until, row.pk in agreed)
            for row in burdens(right)
        ),
        siblings=_siblings(right, who) if right.kind == Right.Kind.TRADEMARK else (),
        filed_on=right.filed_on,
        expires_on=right.expires_on,
        annuity_paid_to=right.patent.annuity_paid_to if right.kind == Right.Kind.PATENT else None,
        checked_on=right.checked_on,
        service_result=right.service_result,
    )


def _seller_among(live: list[Title], right: Right) -> int:
    owners = [title.holder_id for title in live]
    return right.registered_by_id if right.registered_by_id in owners or not owners else owners[0]


def _siblings(right: Right, seller: int) -> tuple[Sibling, ...]:
    """Other living marks of the seller in the same class with a similarity group in common (商标法 42)."""
    groups = set(right.trademark.groups)
    near = Trademark.objects.filter(
        nice_class=right.trademark.nice_class, right__titles__holder=seller, right__titles__until=None
    )
    near = near.exclude(right=right).exclude(right__state__in=DEAD).select_related("right").order_by("pk")
    return tuple(Sibling(mark.right.number, mark.words) for mark in near if groups & set(mark.groups))


def blockers_of(right: Right, intent: str, on: date | None = None, *, seller: Party | None = None) -> list[Blocker]:
    """What stands in the way of `intent` ("list", "auction", "assign", "close") on the day `on`, today unless told."""
    return transfer.blockers(facts_of(right, seller=seller), intent, on or clock.today())


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a right's story: a day, the code of what happened, and the names and words that fill it."""

    day: date
    code: str
    data: dict[str, Any]


# What the story tells of the trail: nothing of a review, a price asked or a party's own business.
TOLD = frozenset({"right.verified", "right.state_changed", "listing.published", "listing.withdrawn"})


def timeline(right: Right, *others: str) -> list[Moment]:
    """The right's story, newest first: its dates, owners and burdens, and facts about it and the subjects `others`."""
    dates = [(right.filed_on, "filed"), (right.granted_on, "granted")]
    story = [Moment(day, code, {}) for day, code in dates if day]
    later = right.titles.exclude(basis=Title.Basis.ORIGINAL).select_related("holder")
    story += [
        Moment(link.since, "title", {"name": link.holder.name, "basis": link.get_basis_display()}) for link in later
    ]
    for row in right.encumbrances.all():
        named = {"kind": row.get_kind_display(), "name": row.in_favour_of}
        story.append(Moment(row.since, "burdened", named))
        if row.released_on:
            story.append(Moment(row.released_on, "released", named))
    for fact in journal.facts_about(right.ref, *others).filter(name__in=TOLD):
        data = {**fact.data, "state": Right.State(fact.data["state"]).label} if "state" in fact.data else fact.data
        story.append(Moment(read_day(fact.at), fact.name, data))
    story.reverse()  # of one day, what was noted last comes first
    return sorted(story, key=lambda moment: moment.day, reverse=True)
