"""Writes about rewards: a plan made public, objected to and put in force, what each person is due, and what was paid.

The plan's row is locked first. What is stated twice of one source is stated once.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction

from market.documents import actions as documents
from market.documents.uploads import Upload
from market.equity.rewards import queries, rules
from market.equity.rewards.models import Income, Reward, RewardPlan, RewardShare
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.parties.access import ANY, require
from market.parties.models import Party, User
from market.rights.models import Right
from market.rights.queries import holders
from market.trail import journal

REMINDER = "system:equity"
RESULTS = frozenset({Party.Kind.UNIVERSITY, Party.Kind.INSTITUTE})  # whose income the yearly report is about


@transaction.atomic
def publish(
    *,
    right: Right,
    unit: Party,
    ground: str,
    agreed: rules.Terms,
    people: Sequence[tuple[Party, Fraction]],
    paper: Upload | None,
    by: User,
) -> RewardPlan:
    """Make a plan public in the unit, with who made the right and what each is to get [reward.published].

    Refused `reward.holder` when the unit does not hold the right, `equity.not_whole`, `equity.twice`, `equity.paper` for a contract
    or a rule without it, `reward.least`, `reward.years`, `reward.taken` while another plan of the unit lives.
    """
    require(by, unit)
    if unit.pk not in {title.holder_id for title in holders(right)}:
        raise Refused("reward.holder", number=right.number)
    whole = sum((part for _party, part in people), Fraction(0))
    if whole != 1:
        raise Refused("equity.not_whole", whole=whole)
    parties = [party for party, _part in people]
    if twice := next((party for party in parties if parties.count(party) > 1), None):
        raise Refused("equity.twice", holder=twice.name)
    if ground != rules.STATUTE and paper is None:
        raise Refused("equity.paper")
    kind = queries.patent_type(right)
    terms = rules.terms_of(ground, agreed, patent_type=kind, state_unit=unit.state_owned)
    today = clock.today()
    try:
        with transaction.atomic():
            made = RewardPlan.objects.create(
                right=right,
                unit=unit,
                ground=ground,
                transfer_part=terms.transfer,
                equity_part=terms.equity,
                profit_part=terms.profit,
                profit_years=terms.years,
                currency=terms.award.currency,
                award_minor=terms.award.minor,
                award_due_on=rules.award_due(right.granted_on) if kind and right.granted_on else None,
                published_on=today,
                public_until=rules.public_until(today),
            )
    except IntegrityError as taken:
        raise Refused("reward.taken", number=right.number) from taken
    RewardShare.objects.bulk_create(RewardShare(plan=made, party=party, part=part) for party, part in people)
    if paper is not None:
        made.paper = documents.store(
            subject=made.ref,
            kind="ground",
            title="奖酬依据 Ground of the rewards",
            name=paper.name,
            content=paper.content,
            content_type=paper.content_type,
            owner=unit,
            by=by,
            readers=parties,
        )
        made.save(update_fields=["paper"])
    _record("reward.published", made, by.ref, until=made.public_until.isoformat())
    return made


@transaction.atomic
def object_to(*, plan: RewardPlan, by: User, party: Party, note: str) -> RewardPlan:
    """Object to a plan while it is public, as one of those who share in it [reward.objected]; again: the first objection.

    Refused `reward.note`, `reward.not_public`.
    """
    require(by, party, ANY)
    plan, note = _locked(plan), note.strip()[:2000]
    if plan.state == RewardPlan.State.OBJECTED:
        return plan
    if not note:
        raise Refused("reward.note")
    if plan.state != RewardPlan.State.PUBLIC or clock.today() > plan.public_until:
        raise Refused("reward.not_public")
    move(plan, RewardPlan.State.OBJECTED, remark=note)
    _record("reward.objected", plan, by.ref, note=note)
    return plan


@transaction.atomic
def put_in_force(*, plan: RewardPlan, decision: str, by: User) -> RewardPlan:
    """Put a plan in force once its publicity is over, an objection answered by a `decision`; the award for the grant is stated
    with it [reward.in_force]. Again: the plan. Refused `reward.public`, `reward.note` without a decision."""
    require(by, plan.unit)
    plan, decision = _locked(plan), decision.strip()[:2000]
    if plan.state == RewardPlan.State.IN_FORCE:
        return plan
    if clock.today() <= plan.public_until:
        raise Refused("reward.public", until=plan.public_until)
    if plan.state == RewardPlan.State.OBJECTED and not decision:
        raise Refused("reward.note")
    move(plan, RewardPlan.State.IN_FORCE, remark=decision or plan.remark)
    _record("reward.in_force", plan, by.ref, decision=decision)
    if plan.award and plan.award_due_on is not None:
        _state(plan, Reward.Kind.AWARD, "award", plan.award, Fraction(1), plan.award_due_on, by.ref)
    return plan


@transaction.atomic
def profit(*, plan: RewardPlan, year: int, earned: Money, by: User) -> list[Reward]:
    """Enter the operating profit that own use earned in a year: at least five percent of it is due (促进科技成果转化法 45(3))
    [reward.stated]. The same year again gives the first statements. Refused `reward.not_in_force`, `reward.year`."""
    require(by, plan.unit)
    plan = _locked(plan)
    if plan.state != RewardPlan.State.IN_FORCE:
        raise Refused("reward.not_in_force")
    stated = plan.rewards.filter(kind=Reward.Kind.PROFIT).order_by("pk")
    first = stated.values_list("ref", flat=True).first()
    began = int(first.partition(":")[2]) if first else None
    rules.check_year(year, began, plan.profit_years, clock.today())
    due_on = date(clock.today().year, 12, 31)
    return _state(plan, Reward.Kind.PROFIT, f"profit:{year}", earned, plan.profit_part, due_on, by.ref)


@transaction.atomic
def pay(*, reward: Reward, on: date, by: User) -> Reward:
    """Enter that the unit paid a reward on the day `on` [reward.paid]; again: the first day. Refused `equity.date_ahead`,
    `reward.by_market` for what settlement or agency pays."""
    require(by, reward.plan.unit)
    plan = _locked(reward.plan)
    row = Reward.objects.select_related("party").get(pk=reward.pk)
    if row.by_market:
        raise Refused("reward.by_market")
    if on > clock.today():
        raise Refused("equity.date_ahead", day=on, latest=clock.today())
    if row.paid_on is None:
        row.paid_on = on
        row.save(update_fields=["paid_on"])
        told = {"amount": row.amount.wire(), "on": on.isoformat()}
        _record("reward.paid", plan, by.ref, audience=[row.party], **told)
    return row


@transaction.atomic
def remind_overdue(limit: int = 100) -> int:
    """Remind unit and person of the next `limit` rewards whose day has gone by unpaid [reward.overdue], each once; how many. Any
    number of workers may call it."""
    late = queries.rewards().filter(queries.overdue(), reminded_on=None).order_by("pk")
    rows = list(late.select_for_update(of=("self",), skip_locked=True)[:limit])
    Reward.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_on=clock.today())
    for row in rows:
        told = {"kind": row.kind, "amount": row.amount.wire(), "due_on": row.due_on.isoformat()}
        _record("reward.overdue", row.plan, REMINDER, audience=[row.party], **told)
    return len(rows)


def share(plan: RewardPlan, *, kind: str, ref: str, net: Money, on: date, actor: str) -> list[Reward]:
    """State what each person is due of a net income that settlement or agency pays on [reward.stated]; for a handler, whose
    transaction it is. The same `ref` again gives the first statements."""
    return _state(_locked(plan), kind, ref, net, plan.transfer_part, on, actor, by_market=True)


def earned(*, unit: Party, way: str, ref: str, right: Right, amount: Money, inventors: Money, on: date) -> None:
    """Enter what a university or institute earned of a result; once for a `ref`, nothing for others."""
    if unit.kind in RESULTS:
        told = {"title": right.title[:300], "number": right.number, "currency": amount.currency, "on": on}
        sums = {"amount_minor": amount.minor, "inventors_minor": inventors.minor}
        Income.objects.get_or_create(unit=unit, ref=ref, defaults={"way": way, **told, **sums})


def _state(
    plan: RewardPlan,
    kind: str,
    ref: str,
    base: Money,
    part: Fraction,
    due_on: date,
    actor: str,
    *,
    by_market: bool = False,
) -> list[Reward]:
    """A statement for everybody who made the right, of one source."""
    first = list(plan.rewards.filter(ref=ref).order_by("pk"))
    if first:
        return first
    people = list(plan.people.select_related("party"))
    amounts = rules.split(base, part, [row.part for row in people])
    made = Reward.objects.bulk_create(
        Reward(
            plan=plan,
            party=row.party,
            kind=kind,
            ref=ref,
            part=part * row.part,
            currency=base.currency,
            base_minor=base.minor,
            amount_minor=amount.minor,
            due_on=due_on,
            by_market=by_market,
            paid_on=due_on if by_market else None,
        )
        for row, amount in zip(people, amounts, strict=True)
    )
    _record("reward.stated", plan, actor, kind=kind, base=base.wire(), due_on=due_on.isoformat())
    return made


def _locked(plan: RewardPlan) -> RewardPlan:
    return queries.plans().select_for_update(of=("self",)).get(pk=plan.pk)


def _record(name: str, plan: RewardPlan, actor: str, *, audience: Sequence[Party] | None = None, **data: Any) -> None:
    people = [row.party for row in plan.people.select_related("party")] if audience is None else audience
    right = plan.right
    told = {"number": right.number, **right.named, "unit": plan.unit.name}
    journal.record(
        name,
        subject=plan.ref,
        actor=actor,
        audience=sorted({plan.unit.ref, *(party.ref for party in people)}),
        plan=plan.code,
        **told,
        **data,
    )
