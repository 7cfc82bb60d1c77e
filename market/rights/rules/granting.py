"""What may be granted over a right: R21, R23, R24 and R32, licences and the rights of a work."""

from collections.abc import Iterator
from datetime import date

from market.rights.rules.facts import Facts, Found, found
from market.rights.rules.holding import live
from market.rights.rules.intents import CLOSED, LICENCES, SALES, Intent

# 著作权法 10(5)-(17) in its order; (1)-(4) belong to the author's person.
MORAL = ("publication", "authorship", "revision", "integrity")
ECONOMIC = (
    *("reproduction", "distribution", "rental", "exhibition", "performance", "projection", "broadcasting"),
    *("communication", "filming", "adaptation", "translation", "compilation", "other"),
)
# 计算机软件保护条例 8: what the owner of a program has of them.
SOFTWARE = ("reproduction", "distribution", "rental", "communication", "translation", "other")


def matrix(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R21: of a work only the economic rights are granted, and only those named; the rest stays with the owner."""
    if facts.kind != "copyright" or facts.grant is None:
        return
    allowed = SOFTWARE if facts.type == "software" else ECONOMIC
    beyond = [name for name in facts.grant.rights if name not in allowed]
    if beyond:
        yield found("moral_rights", rights=beyond)
    if not facts.grant.rights:
        yield found("grant_unlisted")


def term(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R23: no licence outlives the right; one that runs goes on against the buyer."""
    grant, last = facts.grant, facts.expires_on
    if intent not in SALES and grant and last and grant.until and grant.until > last:
        yield found("licence_outlives", day=grant.until, last=last)
    if intent in SALES:
        for burden in live(facts, "licence", on):
            yield found("licence", name=burden.in_favour_of, until=burden.until)


def grade(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R24: a contract that is silent grants an ordinary licence; an exclusive grant leaves no room for another."""
    if facts.grant is None:
        return
    if intent in CLOSED and facts.grant.grade not in ("exclusive", "sole"):
        yield found("grade_silent", variant=facts.type)
    for name in facts.grant.clashes:
        yield found("grant_overlap", name=name)


def open_licence(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R32: an open licence needs the evaluation report and excludes licences that keep others out, both ways."""
    if intent is Intent.LICENSE_OPEN:
        if facts.type in ("utility", "design") and not facts.evaluation_report:
            yield found("open_no_report")
        for burden in live(facts, "licence", on):
            if burden.grade in ("exclusive", "sole"):
                yield found("open_barred", name=burden.in_favour_of)
    for burden in live(facts, "open_licence", on):
        if intent in CLOSED:
            yield found("open_running", since=burden.since)
        elif intent not in LICENCES:
            yield found("open_licence", since=burden.since)
