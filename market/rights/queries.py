"""Reads of the register: who owns a right, what burdens it, what blocks it, and its story."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import F, Model, Q, QuerySet

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.formats import read_day
from market.parties.models import Party
from market.rights.importers.drafts import RightDraft
from market.rights.models import (
    Condition,
    Consent,
    Copyright,
    Encumbrance,
    Event,
    LayoutDesign,
    Patent,
    PlantVariety,
    Right,
    Title,
    Trademark,
)
from market.rights.rules import conditions, entry
from market.rights.rules.closure import Registered, classes
from market.rights.rules.facts import Burden, Facts, Mark, Owner
from market.rights.rules.grants import Granted
from market.rights.rules.register import Entry, Register, fold
from market.rights.rules.rulebook import Blocker, Readiness, readiness
from market.trail import journal

Bundles = Mapping[int, Collection[int]]  # by a right's pk, the pks of the rights that move with it
Bargains = Mapping[int, conditions.Terms]  # by a right's pk, what two sides would agree about it
DECLARED = "declared"  # the source of a title its claimant stated
NUMBERS = ("application_no", "publication_no", "grant_no")  # the numbers one patent bears
DETAILS: dict[str, type[Model]] = {
    "patent": Patent,
    "trademark": Trademark,
    "copyright": Copyright,
    "ic_layout": LayoutDesign,
    "plant_variety": PlantVariety,
}
DEAD = frozenset({Right.State.LAPSED, Right.State.EXPIRED, Right.State.INVALIDATED})


def entered(draft: RightDraft) -> Right | None:
    """The right the register has under the draft's number or another of the numbers it bears."""
    same = Q(key__in=_keys(draft))
    for column in NUMBERS:
        if draft.kind == Right.Kind.PATENT and getattr(draft, column):
            same |= Q(**{f"patent__{column}": getattr(draft, column)})
    found = Right.objects.filter(same, kind=draft.kind, office=draft.office)
    return found.select_related("registered_by", draft.kind).order_by("pk").first()


def _keys(draft: RightDraft) -> list[str]:
    """The keys it may stand under: its number's, and of a registered mark its application's."""
    return [
        entry.register_key(draft.kind, number, draft.nice_class) for number in (draft.key.number, *draft.other_keys)
    ]


def entered_among(drafts: Sequence[RightDraft]) -> list[bool]:
    """For each draft whether the register has it, as `entered` would say; four questions however many drafts."""
    keys = {key for draft in drafts for key in _keys(draft)}
    known = set(Right.objects.filter(key__in=keys).values_list("kind", "office", "key"))
    bearing: set[tuple[str, str, str]] = set()
    for column in NUMBERS:
        asked = {getattr(draft, column) for draft in drafts if draft.kind == Right.Kind.PATENT} - {""}
        rows = Patent.objects.filter(**{f"{column}__in": asked}).values_list("right__office", column)
        bearing |= {(office, column, number) for office, number in rows}
    return [
        any((draft.kind, draft.office, key) in known for key in _keys(draft))
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
    return [title for title, _share in _largest_first(held)]


def right_of(holder: Party, number: str) -> Right:
    """The right with that number that `holder` holds, alone or with others. Refused `licence.right` otherwise."""
    held = Right.objects.filter(number=number.strip(), titles__holder=holder, titles__until=None)
    found = held.first()
    if found is None:
        raise Refused("licence.right", number=number.strip()[:40], licensor=str(holder))
    return found


def title_declared(right: Right) -> bool:
    """Whether somebody stated a draft's owners and burdens in words of their own; a file's silence is not "none"."""
    return right.titles.filter(until=None, source=DECLARED).exists()


def burdens(right: Right) -> QuerySet[Encumbrance]:
    """The burdens nobody has released, oldest first."""
    return right.encumbrances.filter(released_on=None).order_by("since", "pk")


def entries(right: Right) -> QuerySet[Event]:
    """The entries of the register about a right, the latest day first."""
    return right.events.order_by("-on", "-pk")


def family_of(right: Right) -> list[Right]:
    """The other rights of its family, oldest application first; none without one."""
    if right.family_id is None:
        return []
    members = Right.objects.filter(family=right.family_id).exclude(pk=right.pk)
    return list(members.exclude(state=Right.State.DRAFT).order_by(F("filed_on").asc(nulls_last=True), "pk"))


def register_of(right: Right, on: date) -> Register:
    """What the register said of the right at the end of the day `on`, folded from its entries."""
    made = right.events.order_by("pk").values_list("kind", "on", "data")
    return fold([Entry(kind, day, data) for kind, day, data in made], on)


def granted(row: Encumbrance) -> Granted:
    """A licence as the rule of overlapping grants sees it."""
    return Granted(row.in_favour_of, row.grade, row.since, row.until, row.territory, row.fields, row.acts)


def exclusive_grants(right: Right) -> list[Granted]:
    """The licences nobody has ended that keep others out."""
    rows = burdens(right).filter(kind=Encumbrance.Kind.LICENCE)
    return [grant for grant in map(granted, rows) if grant.excludes]


def consents(right: Right) -> QuerySet[Consent]:
    """The consents on file, with whose they are and the paper they stand on."""
    return right.consents.select_related("of_party", "of_encumbrance", "document").order_by("pk")


def facts_of(right: Right, *, seller: Party | None = None) -> Facts:
    """What the rules look at about one right. `seller` is who would dispose of it: unless told, who registered the
    right while they own a share, else the largest owner."""
    return facts_of_many([right], sellers={right.pk: seller} if seller else {})[0]


def facts_of_many(
    rights: Sequence[Right],
    *,
    sellers: Mapping[int, Party] | None = None,
    bundles: Bundles | None = None,
    terms: Bargains | None = None,
) -> list[Facts]:
    """`facts_of` for each of the rights, in at most eleven questions however many they are. By the right's pk: `sellers`,
    `bundles`, the pks of the rights that move with it, and the `terms` two sides would agree on it."""
    keys, named, moving, agreed = [right.pk for right in rights], sellers or {}, bundles or {}, terms or {}
    live = _by_right(Title.objects.filter(right__in=keys, until=None).select_related("holder").order_by("pk"))
    given = _by_right(Consent.objects.filter(right__in=keys).order_by("given_on", "pk"))
    burdens = _by_right(Encumbrance.objects.filter(right__in=keys, released_on=None).order_by("since", "pk"))
    details = {
        kind: model.objects.in_bulk([right.pk for right in rights if right.kind == kind])  # type: ignore[attr-defined]
        for kind, model in DETAILS.items()
        if any(right.kind == kind for right in rights)
    }
    who = {
        right.pk: named[right.pk].pk if right.pk in named else _seller_among(live[right.pk], right) for right in rights
    }
    waited = Condition.objects.filter(right__in=keys).exclude(state=Condition.State.DROPPED)
    held = _by_right(waited.order_by("answered_at", "pk"))
    marks = marks_of({who[right.pk] for right in rights if right.kind == Right.Kind.TRADEMARK})
    return [
        _facts(
            right,
            details[right.kind][right.pk],
            live[right.pk],
            given[right.pk],
            burdens[right.pk],
            who[right.pk],
            _left_behind(right.pk, marks[who[right.pk]], moving.get(right.pk, ())),
            conditions.facts_from(
                [_held(row) for row in held[right.pk]],
                _selling(named.get(right.pk), live[right.pk], who[right.pk]),
                agreed.get(right.pk),
            ),
        )
        for right in rights
    ]


def _by_right(rows: QuerySet[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.right_id].append(row)
    return found


def _facts(
    right: Right,
    detail: Any,
    live: list[Title],
    given: list[Consent],
    burdens: list[Encumbrance],
    seller: int,
    siblings: tuple[Mark, ...],
    decided: Mapping[str, Any],
) -> Facts:
    """The facts from the rows; a consent speaks for the title its giver held that day, one under an earlier is spent."""
    said_yes = {consent.of_party_id: consent.given_on for consent in given if consent.of_party_id}
    agreed = {consent.of_encumbrance_id for consent in given if consent.of_encumbrance_id}
    shares = _largest_first(live)
    return Facts(
        kind=right.kind,
        state=right.state,
        number=right.number,
        seller=next((title.holder.code for title in live if title.holder_id == seller), ""),
        owners=tuple(
            Owner(title.holder.code, str(title.holder), share, said_yes.get(title.holder_id, date.min) >= title.since)
            for title, share in shares
        ),
        type=getattr(detail, "type", "") or getattr(detail, "work", ""),
        burdens=tuple(
            Burden(row.kind, row.in_favour_of, row.number, row.since, row.until, row.pk in agreed, row.grade)
            for row in burdens
        ),
        siblings=siblings,
        filed_on=right.filed_on,
        granted_on=right.granted_on,
        expires_on=right.expires_on,
        annuity_paid_to=getattr(detail, "annuity_paid_to", None),
        checked_on=right.checked_on,
        service_result=right.service_result,
        evaluation_report=getattr(detail, "evaluation_report", False),
        **decided,
    )


def _held(row: Condition) -> conditions.Held:
    return conditions.Held(row.kind, row.state, row.opened_for, row.since, row.grade, row.value, row.remark)


def _selling(named: Party | None, live: list[Title], seller: int) -> conditions.Seller:
    party = named or next((title.holder for title in live if title.holder_id == seller), None)
    return conditions.Seller(party.kind, party.state_owned) if party else conditions.Seller()


def _largest_first(live: Iterable[Title]) -> list[tuple[Title, Fraction]]:
    shared = [(title, Fraction(title.share_num, title.share_den)) for title in live]
    return sorted(shared, key=lambda pair: (-pair[1], pair[0].pk))


def _seller_among(live: list[Title], right: Right) -> int:
    owners = [title.holder_id for title, _share in _largest_first(live)]
    return right.registered_by_id if right.registered_by_id in owners or not owners else owners[0]


@dataclass(frozen=True, slots=True)
class Marks:
    """The living marks of one registrant, and the classes of those that move together."""

    by_key: Mapping[int, Trademark]
    classes: Sequence[frozenset[Hashable]]


def marks_of(owners: Collection[int]) -> Mapping[int, Marks]:
    """The living marks each of these parties owns, by the owner; one question."""
    held: dict[int, dict[int, Trademark]] = defaultdict(dict)
    if owners:
        titles = Title.objects.filter(holder__in=owners, until=None, right__kind=Right.Kind.TRADEMARK)
        for title in titles.exclude(right__state__in=DEAD).select_related("right__trademark__right").order_by("right"):
            held[title.holder_id][title.right_id] = title.right.trademark
    none = Marks({}, ())
    return defaultdict(lambda: none) | {owner: Marks(marks, _classes(marks)) for owner, marks in held.items()}


def _classes(marks: Mapping[int, Trademark]) -> list[frozenset[Hashable]]:
    return classes([Registered(key, mark.words, frozenset(mark.groups)) for key, mark in marks.items()])


def _left_behind(key: int, marks: Marks, moving: Collection[int]) -> tuple[Mark, ...]:
    """The registrant's marks that would stay: those the law ties to this one, and those that share a group in its class
    (商标法 42), without what moves with it."""
    if key not in marks.by_key:
        return ()
    mine = marks.by_key[key]
    tied = next(together for together in marks.classes if key in together)
    return tuple(
        Mark(mark.right.number, mark.words, other in tied)
        for other, mark in marks.by_key.items()
        if other != key and other not in moving and (other in tied or _shares_group(mine, mark))
    )


def _shares_group(one: Trademark, other: Trademark) -> bool:
    return one.nice_class == other.nice_class and bool({*one.groups} & {*other.groups})


def readiness_of(
    rights: Sequence[Right],
    intent: str,
    on: date | None = None,
    *,
    sellers: Mapping[int, Party] | None = None,
    bundles: Bundles | None = None,
    terms: Bargains | None = None,
) -> list[Readiness]:
    """For each right whether `intent` (`rules.intents`) may go on, on the day `on`, today unless told; a constant number
    of questions. `sellers`, `bundles` and `terms` as for `facts_of_many`."""
    day = on or clock.today()
    return [
        readiness(facts, intent, day) for facts in facts_of_many(rights, sellers=sellers, bundles=bundles, terms=terms)
    ]


def blockers_of(right: Right, intent: str, on: date | None = None, *, seller: Party | None = None) -> list[Blocker]:
    """What stands in the way of `intent` with one right on the day `on`, today unless told."""
    return list(readiness(facts_of(right, seller=seller), intent, on or clock.today()).blockers)


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
        Moment(link.since, "title", {"name": str(link.holder), "basis": link.get_basis_display()}) for link in later
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
