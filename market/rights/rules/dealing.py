"""What the agreement about a right must be: R26, R27, R29 to R31, R33 to R36."""

from collections.abc import Iterator
from datetime import date

from market.kernel.calendar import earliest_after_notice, months_later
from market.rights.rules.facts import Facts, Found, found
from market.rights.rules.intents import CLOSE, SALES, Intent

PUBLICITY_DAYS = 15
PAID_IN_MONTHS = 60
APPRAISAL_MONTHS = 12  # an appraisal report serves for a year from its base date


def publicity(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R26: a state institute that agrees a price publishes it inside for fifteen days and settles every objection."""
    if facts.publicity is None:
        return
    since = facts.publicity.since
    if since is None or on < earliest_after_notice(since, PUBLICITY_DAYS):
        earliest = earliest_after_notice(since, PUBLICITY_DAYS) if since else None
        yield found("publicity_short", days=PUBLICITY_DAYS, earliest=earliest)
    if facts.publicity.objections:
        yield found("publicity_objection", count=facts.publicity.objections)


def reward(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R27: the contributors get half of the net income where nothing was agreed, and never less in a state unit."""
    plan = facts.reward
    if plan and (plan.state_unit or not plan.agreed) and plan.given_minor * 2 < plan.net_minor:
        yield found("reward_low", given_minor=plan.given_minor, least_minor=-(-plan.net_minor // 2))


def contribution(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R29: what is contributed for equity is valued, passes to the company and is paid in within five years."""
    plan = facts.contribution
    if plan is None:
        return
    if plan.appraised_minor is None:
        yield found("contribution_unvalued")
    elif plan.appraised_minor != plan.credited_minor:
        yield found("contribution_value", credited_minor=plan.credited_minor, appraised_minor=plan.appraised_minor)
    if intent is CLOSE and not plan.title_transferred:
        yield found("contribution_untitled")
    last = months_later(plan.established_on, PAID_IN_MONTHS)
    if plan.pay_by > last:
        yield found("contribution_late", last=last)


def increase(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R30: a capital increase needs two thirds of the votes, and every holder's word on the pre-emptive right."""
    plan = facts.contribution
    if plan is None or plan.votes_for is None:
        return
    if plan.votes_for * 3 < plan.votes_all * 2:
        yield found("votes_short", votes=plan.votes_for, of=plan.votes_all)
    for name in plan.waiting:
        yield found("preemption_open", name=name)


def export(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R31: technology is classified before a foreign party is negotiated with; restricted technology needs a licence,
    and a plant variety bred at home passes to a foreigner only with its authority's approval."""
    if facts.export is None or facts.kind == "trademark":
        return
    if facts.export.classified == "prohibited":
        yield found("export_prohibited")
    elif facts.export.classified == "restricted" and not facts.export.licensed:
        yield found("export_unlicensed")
    elif facts.export.classified not in ("restricted", "free"):
        yield found("export_unclassified")
    if facts.kind == "plant_variety" and intent in SALES | {CLOSE} and not facts.export.approved:
        yield found("variety_abroad")


def void_terms(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R33: six kinds of terms that monopolise technology are void."""
    for term in facts.contract.void_terms if facts.contract else ():
        yield found("void_term", term=term)


def contents(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R34: a contract states what the law asks of it."""
    if facts.contract and facts.contract.missing:
        yield found("field_missing", fields=facts.contract.missing)


def state_asset(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R35: a state asset is appraised, and goes below 90 % only with approval; where three institutions could not value
    it, the floor is set by decision."""
    asset = facts.state_asset
    if asset is None:
        return
    old = asset.appraised_on is not None and months_later(asset.appraised_on, APPRAISAL_MONTHS) < on
    if old or (asset.appraised_minor is None and asset.floor_minor is None):
        yield found("no_appraisal")
    elif asset.appraised_minor is None and asset.consultations < 3:
        yield found("few_consultations", count=asset.consultations)
    elif asset.appraised_minor is not None:
        if asset.price_minor * 10 < asset.appraised_minor * 9 and not asset.approved_below:
            yield found("below_ninety", appraised_minor=asset.appraised_minor)
    elif asset.floor_minor is not None and asset.price_minor < asset.floor_minor:
        yield found("below_floor", floor_minor=asset.floor_minor)


def earnest(facts: Facts, intent: Intent, on: date) -> Iterator[Found]:
    """R36: earnest money is at most a fifth of the price, and its receiver who breaks the contract returns double."""
    given = facts.earnest
    if given is None:
        return
    if given.minor * 5 > given.price_minor:
        yield found("earnest_over", most_minor=given.price_minor // 5)
    if given.returned_minor is not None:
        owed = 2 * min(given.minor, given.price_minor // 5)
        if given.returned_minor < owed:
            yield found("earnest_return", owed_minor=owed)
