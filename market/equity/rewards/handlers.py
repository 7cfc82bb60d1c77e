"""What rewards do when a right earns something: its line in the settlement or in the royalty, a statement for each person, and the
unit's income of its results."""

from fractions import Fraction
from typing import Any

from market.deals import queries as deals
from market.equity import queries as equity
from market.equity.rewards import actions, queries
from market.equity.rewards.models import Income, Reward
from market.kernel.formats import read_day, read_money
from market.kernel.money import total
from market.parties.models import Party
from market.rights.models import Right
from market.trail import journal
from market.trail.models import Fact

ACTOR = "system:equity"


def on_deal_title_passed(fact: Fact) -> None:
    """Tell for each holder with a plan in force what part of its proceeds goes to whom [reward.of_deal]: the settlement has a
    line for each of them. The seller's title has ended by now, so the plans of the right are asked, not its holders. What a
    sublicence brings in is the licensee's, not the unit's."""
    deal = deals.by_ref(fact.subject)
    if deal.within is not None:
        return
    for plan in queries.plans().filter(right=deal.right, state="in_force"):
        parts = [
            {"party": row.party.code, "part": str(plan.transfer_part * row.part)}
            for row in plan.people.select_related("party")
        ]
        told = {"holder": plan.unit.code, "plan": plan.code, "parts": parts, "deal": deal.code}
        journal.record("reward.of_deal", subject=deal.ref, actor=ACTOR, audience=[], **told)


def on_settlement_posted(fact: Fact) -> None:
    """State what each person got of a settlement, and enter the unit's income."""
    deal = deals.by_ref(fact.subject)
    on, assigned = read_day(fact.at), deal.mode == deal.listing.Mode.ASSIGNMENT
    kind, way = (Reward.Kind.TRANSFER, Income.Way.TRANSFER) if assigned else (Reward.Kind.LICENCE, Income.Way.LICENCE)
    for row in fact.data.get("shares", ()):
        unit, net = Party.objects.get(code=row["holder"]), read_money(row["net"])
        plan = queries.in_force(deal.right, unit)
        ref = f"settlement:{deal.code}"
        if plan is not None and row["inventors"]:
            actions.share(plan, kind=kind, ref=ref, net=net, on=on, actor=ACTOR)
        theirs = total([read_money(line["amount"]) for line in row["inventors"]], net.currency)
        given: dict[str, Any] = {"right": deal.right, "amount": net, "inventors": theirs, "on": on}
        actions.earned(unit=unit, way=way, ref=ref, **given)


def on_royalty_paid(fact: Fact) -> None:
    """Say who gets how much of a royalty that came in [royalty.shared]: its holders by their shares and largest remainder (专利法
    14), and of a holder with a plan in force the inventors first. No costs of a royalty are on record: all of it is net income."""
    said, on = fact.data, read_day(fact.data["on"])
    right = Right.objects.get(code=said["right"])
    ref = f"statement:{said['statement']}"
    amounts = read_money(said["amount"]).shared([Fraction(one["part"]) for one in said["shares"]])
    lines = []
    for one, amount in zip(said["shares"], amounts, strict=True):
        holder = Party.objects.get(code=one["party"])
        plan = queries.in_force(right, holder)
        stated = actions.share(plan, kind=Reward.Kind.LICENCE, ref=ref, net=amount, on=on, actor=ACTOR) if plan else []
        theirs = total([row.amount for row in stated], amount.currency)
        lines += [{"party": row.party.code, "amount": row.amount.wire(), "purpose": "inventors"} for row in stated]
        lines.append({"party": holder.code, "amount": (amount - theirs).wire(), "purpose": "royalty"})
        given: dict[str, Any] = {"right": right, "amount": amount, "inventors": theirs, "on": on}
        actions.earned(unit=holder, way=Income.Way.LICENCE, ref=ref, **given)
    told = {key: said[key] for key in ("statement", "licence", "agency")}
    journal.record("royalty.shared", subject=fact.subject, actor=ACTOR, audience=[], lines=lines, **told)


def on_contribution_certified(fact: Fact) -> None:
    """Enter what a unit's contribution is worth, and what of it its inventors hold."""
    found = equity.contributions().get(code=fact.data["code"])
    shares = equity.split_of(found)
    theirs = total([value for row, value, _capital in shares if row.holder != found.contributor.name], found.currency)
    given: dict[str, Any] = {"right": found.right, "amount": found.value, "inventors": theirs, "on": found.title_on}
    actions.earned(unit=found.contributor, way=Income.Way.EQUITY, ref=found.ref, **given)
