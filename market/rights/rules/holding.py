"""Who holds a right, what burdens it and whether it lives: R16 to R20, R25 and R28."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction

from market.kernel.calendar import add_months, months_later
from market.rights.rules.facts import Burden, Facts, Found, Mark, found
from market.rights.rules.intents import CLOSE, LICENCES, LIST, PLEDGE, Intent
from market.rights.rules.law import award_due
from market.rights.rules.title import title_date

STATUS_GOOD_FOR = timedelta(days=30)
GRACE_MONTHS = 6  # a late annuity may still be paid, with a surcharge (专利法实施细则 2010 art. 98)


def in_force(burden: Burden, on: date) -> bool:
    """Whether an unreleased burden binds on that day.

    A registered pledge binds until its registration is deleted, whatever the term of the debt (民法典 444); the others
    end with their term.
    """
    return burden.since <= on and (burden.kind == "pledge" or burden.until is None or on <= burden.until)


def live(facts: Facts, kind: str, on: date) -> Iterator[Burden]:
    """The burdens of a kind that bind on that day."""
    return (burden for burden in facts.burdens if burden.kind == kind and in_force(burden, on))


def owners(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R16: co-owners act together, but each may grant an ordinary licence of a patent or a work alone and share the
    fee (专利法 14, 著作权法 14); no such word is written for marks, layout designs and varieties. Whoever owns nothing
    has no co-owners: that is R19's."""
    held = sum((owner.share for owner in facts.owners), Fraction(0))
    if facts.owners and held != 1:
        yield found("shares", held=str(held))
    alone = intent is Intent.LICENSE_ORDINARY and facts.kind in ("patent", "copyright")
    sells = any(owner.code == facts.seller for owner in facts.owners)
    for owner in facts.owners:
        if sells and owner.code != facts.seller and not owner.consented:
            yield found("fee_shared" if alone else "co_owner", name=owner.name, code=owner.code)


def pledges(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R17: a pledged right is not transferred or licensed without the pledgee's agreement; the price prepays the debt."""
    for burden in live(facts, "pledge", on):
        given = {"name": burden.in_favour_of, "number": burden.number}
        if intent is PLEDGE:
            yield found("pledged_already", **given)
        else:
            yield found("pledge_prepays" if burden.consented else "pledge", **given)


def freezes(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R18: while a court preserves the right, procedures are suspended or its ownership is disputed, nothing passes."""
    for kind in ("preservation", "suspension"):
        for burden in live(facts, kind, on):
            yield found(kind, name=burden.in_favour_of, number=burden.number, until=burden.until)
    for burden in live(facts, "dispute", on):
        yield found("dispute", name=burden.in_favour_of)


def title(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R19: only an owner disposes of a right, only of a living one, and title passes on the law's own day.

    At the close the office judges the right's life by its own register.
    """
    if facts.seller not in {owner.code for owner in facts.owners}:
        yield found("not_owner")
    if facts.title_day is not None:
        said = facts.title_day
        right_day = title_date(facts.kind, said.contract_on, said.decided_on)
        if right_day != said.entered_on:
            yield found("wrong_title_day", day=said.entered_on, legal=right_day)
    if intent is not CLOSE:
        yield from _life(facts, intent, on)
        yield from _annuity(facts, intent, on)
        yield from _status(facts, on)


def _life(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    if facts.state in ("lapsed", "invalidated"):
        yield found(facts.state)
    elif facts.state == "expired" or (facts.expires_on and facts.expires_on < on):
        yield found("expired", day=facts.expires_on)
    elif facts.state == "pending":
        yield found("not_granted" if intent is PLEDGE else "pending")
    elif facts.state in ("draft", "verified") and intent is not LIST:
        yield found("unverified")


def _annuity(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """A patent whose annuity is late may be listed during the six months of grace, but no more; then it has lapsed."""
    paid_to = facts.annuity_paid_to
    if facts.kind != "patent" or paid_to is None or paid_to >= on or facts.state != "granted":
        return
    last = months_later(paid_to, GRACE_MONTHS)
    if on > last:
        yield found("annuity_lapsed", day=paid_to, last=last)
    else:
        yield found("annuity", severity="amber" if intent is LIST else "", day=paid_to, last=last)


def _status(facts: Facts, on: date) -> Iterator[Found]:
    """A status nobody has looked up for thirty days is hearsay."""
    if facts.state != "draft" and (facts.checked_on is None or on - facts.checked_on > STATUS_GOOD_FOR):
        yield found("status_old", day=facts.checked_on)


def marks(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R20: the marks that are alike on like goods go together (`closure`); those that only share a group are named.

    Each may be listed by itself, as they meet in one sale.
    """
    tied = [mark for mark in facts.siblings if mark.alike]
    if tied:
        yield found("marks_left", severity="amber" if intent is LIST else "", marks=_named(tied))
    others = [mark for mark in facts.siblings if not mark.alike]
    if others:
        yield found("similar_marks", marks=_named(others))


def _named(marks: Iterable[Mark]) -> str:
    return "、".join(f"{mark.number} {mark.words}" for mark in marks)


def inventors(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R25: who made a service result may buy it first on equal terms, so they are told; once they want to, they come first."""
    if facts.service_result and facts.kind != "trademark" and not facts.inventors_answered:
        yield found("inventors_claim" if facts.inventors_claim else "inventors")


def award(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R28: an award of the least amount within three months of the grant, where nothing else was agreed."""
    if facts.kind != "patent" or facts.award_minor is None or facts.granted_on is None:
        return
    least, due = award_due(facts.type, facts.granted_on), add_months(facts.granted_on, 3)
    if facts.award_minor < least and on > due:
        yield found("award_missing", least_minor=least, paid_minor=facts.award_minor, due=due)


def licences(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R22: a patent licence is filed within three months of taking effect, a mark's within its term."""
    for burden in live(facts, "licence", on):
        due = _filing_due(facts.kind, burden.since, burden.until)
        if not burden.number and due is not None and (facts.kind == "trademark" or on > due):
            yield found("licence_unfiled", name=burden.in_favour_of, due=due)
    grant = facts.grant
    if grant and grant.effective_on and grant.filed_on is None and intent in LICENCES | {CLOSE}:
        due = _filing_due(facts.kind, grant.effective_on, grant.until)
        if due is not None and on > due:
            yield found("licence_unfiled", name="", due=due)


def _filing_due(kind: str, since: date, until: date | None) -> date | None:
    if kind == "patent":
        return add_months(since, 3)
    return (until or date.max) if kind == "trademark" else None
