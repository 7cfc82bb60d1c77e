"""Writes about rights: entered, described, owned, burdened, consented to, passed on.

Every write takes the right's row lock first. Under it the shares of the live holders are kept at one or less (fractions
of different denominators are not SQL's to add); that an ended title stays as it is, the database sees to itself.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from market.documents.models import Document, Version
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.states import move
from market.parties.models import Party, User
from market.rights import drafted, events
from market.rights.importers.drafts import RightDraft
from market.rights.models import Consent, Encumbrance, Event, Right, Title
from market.rights.queries import (
    DECLARED,
    DETAILS,
    entered,
    exclusive_grants,
    granted,
    holders,
)
from market.rights.rules import entry
from market.rights.rules.grants import clashes
from market.rights.rules.identifiers import cn_patent_number
from market.rights.rules.matrix import check_granted
from market.trail import journal

Holding = tuple[Party, int, int]
SYSTEM = "system:rights"
COLUMNS = frozenset(
    "title title_en abstract abstract_en industry region filed_on granted_on expires_on service_result".split()
)


@transaction.atomic
def register(*, draft: RightDraft, holders: Sequence[Holding], party: Party, by: User | None) -> Right:
    """Enter the right a checked `draft` describes, as the claim (state draft) of `party`; `holders` are its owners.

    `by` is None for a command. Refused `right.exists` when the number is in the register, `title.share`,
    `title.shares_over`.
    """
    found = entered(draft)
    if found is not None:
        raise Refused("right.exists", number=found.number)
    try:
        with transaction.atomic():
            right = Right.objects.create(registered_by=party, **drafted.columns(draft))
    except IntegrityError as taken:
        raise Refused("right.exists", number=draft.number) from taken
    DETAILS[draft.kind].objects.create(right=right, **drafted.particulars(draft))  # type: ignore[attr-defined]
    drafted.name_creators(right, [(name, None) for name in draft.inventors])
    _replace_titles(right, holders, draft.source or "claim")
    actor = by.ref if by else "system:import"
    journal.record(
        "right.registered", subject=right.ref, actor=actor, audience=[party.ref], number=right.number, kind=right.kind
    )
    return right


@transaction.atomic
def describe(right: Right, *, columns: Mapping[str, Any], particulars: Mapping[str, Any]) -> Right:
    """Write the bibliographic data of a draft; a last day left open follows from the dates (see `entry.last_day`).

    Among the `particulars`, "creators" are (name, party or None) in their order, "family" the `checked.Key` of the first
    application or None. Refused `right.fixed` once the right is verified: from then on the register speaks.
    """
    right = _locked_draft(right)
    detail = getattr(right, right.kind)
    own = dict(particulars)
    if "creators" in own:
        drafted.name_creators(right, own.pop("creators"))
    if "family" in own:
        right.family = drafted.family(right.kind, own.pop("family"))
    for name, value in own.items():
        setattr(detail, name, value)
    for name in COLUMNS & columns.keys():
        setattr(right, name, columns[name])
    if right.kind == Right.Kind.PATENT and right.office == "CN" and right.granted_on and detail.application_no:
        right.number = detail.grant_no = cn_patent_number(detail.application_no)
    if right.expires_on is None:
        of_type = getattr(detail, "type", "") or getattr(detail, "growth", "")
        dates = {name: getattr(detail, name, None) for name in ("completed_on", "published_on", "exploited_on")}
        dates |= {"filed_on": right.filed_on, "granted_on": right.granted_on}
        right.expires_on = entry.last_day(right.kind, of_type, right.office, **dates)
    detail.save()
    right.save(update_fields=[*COLUMNS, "number", "family"])
    return right


@transaction.atomic
def declare_title(right: Right, *, owners: Sequence[Holding], burdens: Sequence[Mapping[str, Any]]) -> Right:
    """Write who owns a draft and what burdens it, in place of what was declared before (an empty list says "none").

    Consents already given to the same owner or about the same burden stay. Refused `right.fixed`, `title.share`,
    `title.shares_over`.
    """
    right = _locked_draft(right)
    _replace_titles(right, owners, DECLARED)
    kept: list[int] = []
    for burden in burdens:
        known = right.encumbrances.filter(released_on=None, **burden).exclude(pk__in=kept).first()
        kept.append((known or right.encumbrances.create(**burden)).pk)
    gone = right.encumbrances.exclude(pk__in=kept)
    right.consents.filter(of_encumbrance__in=gone).delete()
    gone.delete()
    return right


def _replace_titles(right: Right, owners: Sequence[Holding], source: str) -> None:
    entry.check_shares([(numerator, denominator) for _party, numerator, denominator in owners])
    right.titles.all().delete()
    completed = right.copyright.completed_on if right.kind == Right.Kind.COPYRIGHT else None
    since = right.granted_on or right.filed_on or completed or clock.today()
    Title.objects.bulk_create(
        Title(
            right=right,
            holder=party,
            share_num=numerator,
            share_den=denominator,
            since=since,
            basis=Title.Basis.ORIGINAL,
            source=source[:120],
        )
        for party, numerator, denominator in owners
    )


@transaction.atomic
def take_over(right: Right, *, party: Party) -> Right:
    """Hand a draft nobody lists any more to another `party`; what was declared about its title is forgotten.

    The caller has seen that no listing is open. Refused `right.fixed`.
    """
    right = _locked_draft(right)
    right.consents.all().delete()
    right.encumbrances.all().delete()
    right.titles.all().delete()
    right.registered_by = party
    right.save(update_fields=["registered_by"])
    return right


@transaction.atomic
def verify(right: Right, *, by: User) -> Right:
    """Note that its status was looked up at the office today; a draft enters the state its dates tell [right.verified].

    Refused `title.shares_under` when a draft's owners do not own the whole: from now on nobody may add to them.
    """
    right = _locked(right)
    today = clock.today()
    if right.state == Right.State.DRAFT:
        entry.check_whole([(title.share_num, title.share_den) for title in holders(right)])
        move(right, entry.state_shown(right.kind, right.granted_on), checked_on=today)
        events.open_register(right, holders(right), actor=by.ref)
    else:
        right.checked_on = today
        right.save(update_fields=["checked_on"])
    _record("right.verified", right, by.ref, state=right.state)
    return right


@transaction.atomic
def set_state(right: Right, to: str, *, source: str, actor: str, document: Version | None = None) -> Right:
    """Enter the state the office shows (lapsed, restored, invalidated …), with its `source` and the paper that says so
    [right.state_changed]."""
    right = _locked(right)
    was = right.state
    move(right, to, checked_on=clock.today())
    events.moved(right, was, on=clock.today(), actor=actor, source=source, document=document)
    _record("right.state_changed", right, actor, was=was, state=to, source=source)
    return right


@transaction.atomic
def amend(
    right: Right,
    *,
    expires_on: date | None,
    annuity_paid_to: date | None,
    source: str,
    actor: str,
    document: Version | None = None,
) -> Right:
    """Enter another last day in force (renewed, compensated, disclaimed) or the day until which a patent's fees are
    paid, as the office shows it [right.amended]; None leaves a day as it is, and what changes nothing is not entered.

    Refused `right.unverified` for a draft, whose particulars its owner still writes.
    """
    right = _locked(right)
    if right.state == Right.State.DRAFT:
        raise Refused("right.unverified", number=right.number)
    said: dict[str, str] = {}
    if expires_on and expires_on != right.expires_on:
        right.expires_on = expires_on
        right.save(update_fields=["expires_on"])
        said["expires_on"] = expires_on.isoformat()
    if annuity_paid_to and right.kind == Right.Kind.PATENT and annuity_paid_to != right.patent.annuity_paid_to:
        right.patent.annuity_paid_to = annuity_paid_to
        right.patent.save(update_fields=["annuity_paid_to"])
        said["annuity_paid_to"] = annuity_paid_to.isoformat()
    if said:
        events.enter(right, Event.Kind.CHANGE, on=clock.today(), actor=actor, source=source, document=document, **said)
        _record("right.amended", right, actor, source=source, **said)
    return right


@transaction.atomic
def add_encumbrance(
    right: Right,
    *,
    kind: str,
    in_favour_of: str,
    since: date,
    by: User,
    until: date | None = None,
    number: str = "",
    detail: str = "",
    document: Version | None = None,
    **more: Any,
) -> Encumbrance:
    """Enter a burden (细则 106) [right.encumbered]. The same kind and registration number again give the first row.

    `document` is the paper the entry stands on. `more`: a licence's `grade`, `territory`, `fields` and `acts`
    (`rules.grants.Atoms`; everything unless told), a pledge's `debt_minor` and `currency`. Refused `grant.overlap` when
    two licences that keep others out would overlap, `grant.beyond`, `grant.unlisted` (著作权法 10, 29).
    """
    right = _locked(right)
    if number:
        known = right.encumbrances.filter(kind=kind, number=number).first()
        if known is not None:
            return known
    burden = Encumbrance(
        right=right,
        kind=kind,
        in_favour_of=in_favour_of,
        since=since,
        until=until,
        number=number,
        detail=detail,
        **more,
    )
    _check_granted(burden)
    _check_room(burden)
    try:
        with transaction.atomic():
            burden.save()
    except IntegrityError as overlapping:
        raise Refused("grant.overlap", number=right.number, name="") from overlapping
    if right.state != Right.State.DRAFT:
        events.burdened(burden, actor=by.ref, document=document)
    _record("right.encumbered", right, by.ref, burden=kind, in_favour_of=in_favour_of)
    return burden


def _check_granted(burden: Encumbrance) -> None:
    """Of a work only what the law lets be granted, by name."""
    if burden.kind == Encumbrance.Kind.LICENCE and burden.right.kind == Right.Kind.COPYRIGHT:
        check_granted(burden.right.copyright.work, granted(burden))


def _check_room(burden: Encumbrance) -> None:
    """Refused `grant.overlap` naming who holds part of what an exclusive or sole licence would cover."""
    if burden.kind == Encumbrance.Kind.LICENCE and granted(burden).excludes:
        for held in clashes(granted(burden), exclusive_grants(burden.right)):
            raise Refused("grant.overlap", number=burden.right.number, name=held.holder)


@transaction.atomic
def release_encumbrance(
    encumbrance: Encumbrance, *, on: date, by: User | None, document: Version | None = None
) -> Encumbrance:
    """Enter that a burden ended `on`, by the paper that proves it [right.released]; `by` is None for the market itself.

    Refused `encumbrance.released` when it has already, `encumbrance.too_early` on a day before it began.
    """
    right = _locked(encumbrance.right)
    encumbrance = right.encumbrances.get(pk=encumbrance.pk)
    if encumbrance.released_on is not None:
        raise Refused("encumbrance.released", day=encumbrance.released_on)
    if on < encumbrance.since:
        raise Refused("encumbrance.too_early", day=on, earliest=encumbrance.since)
    actor = by.ref if by else SYSTEM
    encumbrance.released_on = on
    encumbrance.save(update_fields=["released_on"])
    if right.state != Right.State.DRAFT:
        events.released(encumbrance, actor=actor, document=document)
    _record("right.released", right, actor, burden=encumbrance.kind, in_favour_of=encumbrance.in_favour_of)
    return encumbrance


@transaction.atomic
def file_licence(encumbrance: Encumbrance, *, number: str, by: User, document: Version | None = None) -> Encumbrance:
    """Enter the `number` under which the office has a licence on file (专利法实施细则 15; 商标法 43); again: the same row."""
    right = _locked(encumbrance.right)
    encumbrance = right.encumbrances.get(pk=encumbrance.pk)
    if encumbrance.number != number:
        encumbrance.number = number
        encumbrance.save(update_fields=["number"])
        events.burdened(encumbrance, actor=by.ref, document=document)
    return encumbrance


@transaction.atomic
def give_consent(
    right: Right,
    *,
    kind: str,
    document: Document | None,
    by: User,
    of_party: Party | None = None,
    of_encumbrance: Encumbrance | None = None,
) -> Consent:
    """File a written consent of a co-owner (专利法 14) or a pledgee (民法典 444) [right.consented].

    The same document again gives the first consent. Refused `consent.stranger` when the party owns nothing here or the
    burden is not this right's.
    """
    right = _locked(right)
    owner = of_party is not None and right.titles.filter(holder=of_party, until=None).exists()
    burden = of_encumbrance is not None and of_encumbrance.right_id == right.pk
    if not (owner if kind == Consent.Kind.CO_OWNER else burden):
        raise Refused("consent.stranger")
    consent, made = Consent.objects.get_or_create(
        right=right,
        kind=kind,
        of_party=of_party,
        of_encumbrance=of_encumbrance,
        document=document,
        defaults={"given_on": clock.today(), "by": by},
    )
    if made:
        whose = of_party.name if of_party else of_encumbrance.in_favour_of if of_encumbrance else ""
        _record("right.consented", right, by.ref, consent=kind, whose=whose)
    return consent


def _locked(right: Right) -> Right:
    """The right as it is now, its row held until the transaction ends."""
    return Right.objects.select_for_update().get(pk=right.pk)


def _locked_draft(right: Right) -> Right:
    right = _locked(right)
    if right.state != Right.State.DRAFT:
        raise Refused("right.fixed", number=right.number)
    return right


def _record(name: str, right: Right, actor: str, **data: Any) -> None:
    """Record a fact about the right for its owners."""
    audience = [title.holder.ref for title in holders(right)]
    journal.record(name, subject=right.ref, actor=actor, audience=audience, number=right.number, **data)
