"""Writes about conditions: asked for where the rulebook misses something somebody can give, and answered.

Every write takes the right's row lock first, as `market.rights.actions` does.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from market.documents import actions as documents
from market.documents.models import Version
from market.kernel import clock
from market.kernel.formats import read_day
from market.kernel.money import Money
from market.kernel.states import move
from market.parties.access import require
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.conditions import access
from market.rights.conditions.models import Condition
from market.rights.models import Consent, Encumbrance, Right
from market.rights.queries import burdens
from market.rights.rules import conditions as rules
from market.rights.rules.rulebook import Blocker
from market.trail import journal

REMINDER = "system:conditions"


class Paper(NamedTuple):
    """A file somebody sent."""

    name: str
    content: bytes
    content_type: str


@transaction.atomic
def ask(
    right: Right,
    *,
    blockers: Iterable[Blocker],
    opened_for: str,
    seller: Party,
    asked_by: Party,
    actor: str,
    price: Money | None = None,
) -> list[Condition]:
    """Open a condition for each of the `blockers` that somebody can cure [condition.opened -> its owner]; those there
    already stay as they are. What was opened now.

    `opened_for` is the listing or deal that needs them. A co-owner answers for itself, a pledgee that is on the market,
    too; everything else the seller brings.
    """
    curable = [blocker for blocker in blockers if blocker.code in rules.CURES]
    if not curable:
        return []
    right = Right.objects.select_for_update().get(pk=right.pk)
    today, opened = clock.today(), []
    for kind, owner, burden in _asked(right, curable, seller):
        terms: dict[str, Any] = {} if price is None else {"currency": price.currency, "price_minor": price.minor}
        asked = {"seller": seller, "asked_by": asked_by, "due_on": rules.due_on(kind, rules.OPEN, today), **terms}
        key = {"right": right, "kind": kind, "owner": owner, "of_encumbrance": burden, "opened_for": opened_for}
        condition, new = Condition.objects.get_or_create(**key, defaults=asked)
        if new:
            opened.append(condition)
            _record("condition.opened", condition, actor, [owner.ref], due_on=asked["due_on"].isoformat())
    return opened


def _asked(
    right: Right, blockers: Iterable[Blocker], seller: Party
) -> Iterable[tuple[rules.Kind, Party, Encumbrance | None]]:
    """Of whom each curable blocker asks what, and about which burden."""
    for blocker in blockers:
        kind = rules.CURES[blocker.code]
        if kind is rules.Kind.CO_OWNER:
            yield kind, Party.objects.get(code=blocker.facts["code"]), None
        elif kind is rules.Kind.PLEDGEE:
            named = {"in_favour_of": blocker.facts["name"], "number": blocker.facts["number"]}
            for pledge in burdens(right).filter(kind=Encumbrance.Kind.PLEDGE, consents=None, **named):
                yield kind, _on_the_market(pledge.in_favour_of) or seller, pledge
        else:
            yield kind, seller, None


def _on_the_market(name: str) -> Party | None:
    """The one verified organisation of that name; None where there is none, or where a name alone tells too little."""
    named = Party.objects.filter(name=name, state=Party.State.VERIFIED).exclude(kind=Party.Kind.PERSON)[:2]
    return named[0] if len(named) == 1 else None


def answer(
    condition: Condition,
    *,
    answer: str,
    by: User,
    paper: Paper | None = None,
    day: date | None = None,
    value: Money | None = None,
    remark: str = "",
) -> Condition:
    """Give an answer the condition may have (`rules.conditions.ANSWERS`) [condition.answered -> who asked and the seller].

    A consent is filed with the right [right.consented]. `day` is when a notice was published or an appraisal's base date,
    `value` the appraisal. The paper is stored first, in a transaction of its own, because a file may go over the network.
    The same answer again by the same person changes nothing. 404 for strangers; Refused `role.missing`,
    `condition.answer`, `condition.paper_missing`, `condition.day_missing`, `condition.day_ahead`,
    `condition.value_missing`, `condition.remark_missing`, `file.…`.
    """
    require(by, access.answers_for(by, condition, answer))
    if (condition.answer, condition.answered_by_id) == (answer, by.pk) and answer not in rules.answers(
        condition.kind, condition.state
    ):
        return condition
    given = {"paper": paper, "day": day, "value": value, "remark": remark.strip()}
    said = {name for name, what in given.items() if what}
    rules.check(condition.kind, condition.state, answer, given=said, day=day, today=clock.today())
    kept = _kept(condition, paper, by) if paper else None
    return _answer(condition, answer, by, kept, day, value, remark.strip()[:300])


def _kept(condition: Condition, paper: Paper, by: User) -> Version:
    """Keep the paper among those about the right; whoever asked, the seller and the owner may read it."""
    return documents.store(
        subject=condition.right.ref,
        kind="consent" if condition.kind in (Condition.Kind.CO_OWNER, Condition.Kind.PLEDGEE) else "condition",
        title=f"{condition.get_kind_display()} {condition.code}",
        name=paper.name,
        content=paper.content,
        content_type=paper.content_type,
        owner=condition.owner,
        by=by,
        readers=[condition.asked_by, condition.seller],
    )


@transaction.atomic
def _answer(
    condition: Condition,
    answer: str,
    by: User,
    paper: Version | None,
    day: date | None,
    value: Money | None,
    remark: str,
) -> Condition:
    """Write the answer under the right's lock: what was allowed when it was given is asked again."""
    Right.objects.select_for_update().get(pk=condition.right_id)
    condition = access.conditions().get(pk=condition.pk)
    today, had = clock.today(), {name for name, what in (("paper", paper), ("day", day), ("value", value)) if what}
    had |= {"remark"} if remark else set()
    known = rules.check(condition.kind, condition.state, answer, given=had, day=day, today=today)
    since = day or condition.since
    counted = since if condition.kind == Condition.Kind.PUBLICITY and since else today
    columns: dict[str, Any] = {
        "answer": answer,
        "remark": remark,
        "since": since,
        "answered_at": clock.now(),
        "answered_by": by,
    }
    columns |= {"due_on": rules.due_on(condition.kind, known.to, counted)}
    columns |= {"paper": paper} if paper else {}
    columns |= {"currency": value.currency, "value_minor": value.minor} if value else {}
    if condition.kind in (Condition.Kind.EXPORT, Condition.Kind.APPRAISAL) and answer != "licensed":
        columns["grade"] = answer
    move(condition, known.to, **columns)
    if condition.kind in (Condition.Kind.CO_OWNER, Condition.Kind.PLEDGEE) and known.to == rules.MET:
        of = (
            {"of_party": condition.owner}
            if condition.of_encumbrance is None
            else {"of_encumbrance": condition.of_encumbrance}
        )
        document = paper.document if paper else None
        rights.give_consent(condition.right, kind=condition.kind, document=document, by=by, **of)
    told = {condition.asked_by.ref, condition.seller.ref, condition.owner.ref}
    _record("condition.answered", condition, by.ref, sorted(told), answer=answer, remark=remark)
    return condition


@transaction.atomic
def remind_overdue(limit: int = 100) -> int:
    """Remind the owners of the next `limit` conditions whose day has gone by without an answer [condition.overdue -> its
    owner and who asked], each once for each day; how many. Any number of workers may call it."""
    today = clock.today()
    news = Q(reminded_of=None) | ~Q(reminded_of=F("due_on"))
    late = access.conditions().filter(news, due_on__lt=today, state__in=rules.WAITING).order_by("pk")
    rows = list(late.select_for_update(of=("self",), skip_locked=True)[:limit])
    for row in rows:
        row.reminded_of = row.due_on
        if row.due_on and rules.waits(row.kind, row.state, row.due_on, today):
            told = sorted({row.owner.ref, row.asked_by.ref})
            _record("condition.overdue", row, REMINDER, told, due_on=row.due_on.isoformat())
    Condition.objects.bulk_update(rows, ["reminded_of"])
    return len(rows)


@transaction.atomic
def drop(opened_for: str, *, states: Iterable[str] = rules.DROPPING) -> None:
    """Ask nobody any more for what a listing or deal needed that has ended or whose title has passed, as far as it stands
    in one of `states`."""
    waiting = Condition.objects.select_for_update().filter(opened_for=opened_for, state__in=states)
    for condition in waiting.order_by("pk"):
        move(condition, Condition.State.DROPPED, due_on=None)


@transaction.atomic
def meet_by_consents(right: Right, *, by: User) -> None:
    """Take what was asked for and came on paper by another way, as through the agency's desk, for given."""
    Right.objects.select_for_update().get(pk=right.pk)
    waiting = right.conditions.filter(kind__in=[Condition.Kind.CO_OWNER, Condition.Kind.PLEDGEE]).exclude(
        state__in=rules.ENDED
    )
    consents = list(Consent.objects.filter(right=right).select_related("document"))
    for condition in waiting.order_by("pk"):
        pledge = condition.of_encumbrance_id
        given = [one for one in consents if one.given_on >= read_day(condition.opened_at)]
        if any(one.of_encumbrance_id == pledge if pledge else one.of_party_id == condition.owner_id for one in given):
            move(condition, rules.MET, due_on=None, answered_at=clock.now(), answered_by=by)


def _record(name: str, condition: Condition, actor: str, audience: list[str], **data: Any) -> None:
    """Record a fact about the condition, naming the right it is about."""
    right = condition.right
    journal.record(
        name,
        subject=condition.ref,
        actor=actor,
        audience=audience,
        about=right.ref,
        condition=condition.code,
        kind=condition.kind,
        state=condition.state,
        number=right.number,
        **right.named,
        **condition.owner.named("owner"),
        **data,
    )
