"""Writes about dividend rights: a plan, the declaration of each period, and that its money came in.

The plan's row is locked first, so that of two declarations of one period the second finds the first.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import transaction

from market.documents import actions as documents
from market.documents.uploads import Upload
from market.equity.dividends import queries, rules
from market.equity.dividends.models import Beneficiary, Declaration, DividendPlan, DividendStatement
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.kernel.typed import tidy
from market.parties.access import PAYING, require
from market.parties.models import Party, User
from market.trail import journal

PAY_WITHIN = timedelta(days=30)


@transaction.atomic
def plan(
    *,
    key: UUID,
    payer: Party,
    agency: Party,
    title: str,
    base: str,
    part: Fraction,
    cap: Money | None,
    currency: str,
    since: date,
    until: date | None,
    months: int,
    beneficiaries: Sequence[tuple[Party, Fraction]],
    by: User,
) -> DividendPlan:
    """Promise `part` of a base to the beneficiaries, who share what is declared by parts that make up one [dividend.planned]. The
    same `key` again gives the first plan. Refused `equity.not_whole`, `equity.twice`, `dividend.dates`, `role.missing`."""
    require(by, payer)
    first = DividendPlan.objects.filter(key=key, payer=payer).first()
    if first is not None:
        return first
    whole = sum((share for _party, share in beneficiaries), Fraction(0))
    if whole != 1:
        raise Refused("equity.not_whole", whole=whole)
    named = [party.name for party, _share in beneficiaries if [p for p, _ in beneficiaries].count(party) > 1]
    if named:
        raise Refused("equity.twice", holder=named[0])
    if until is not None and until < since:
        raise Refused("dividend.dates")
    made = DividendPlan.objects.create(
        key=key,
        payer=payer,
        agency=agency,
        title=tidy(title)[:160],
        base=base,
        part=part,
        currency=currency,
        cap_minor=cap.minor if cap else None,
        since=since,
        until=until,
        months=months,
    )
    Beneficiary.objects.bulk_create(Beneficiary(plan=made, party=party, part=share) for party, share in beneficiaries)
    _record("dividend.planned", made, by.ref, [party for party, _share in beneficiaries], part=str(part))
    return made


@transaction.atomic
def declare(*, plan: DividendPlan, number: int, base: Money, evidence: Upload | None, by: User) -> Declaration:
    """Declare what the period `number` came to: a statement for every beneficiary, and the payer is asked for the sum
    [dividend.declared]. The same figure again gives the first declaration.

    Refused `dividend.declared` for another figure, `dividend.order` for any period but the next, `dividend.not_over`,
    `dividend.ended`, `equity.paper` without evidence.
    """
    require(by, plan.payer, PAYING)
    plan = queries.plans().select_for_update(of=("self",)).get(pk=plan.pk)
    first = plan.declarations.filter(number=number).first()
    if first is not None:
        if first.base != base:
            raise Refused("dividend.declared", until=first.until, base=first.base)
        return first
    if number != plan.declarations.count() + 1:
        raise Refused("dividend.order")
    since, until = rules.period_of(plan.since, plan.until, plan.months, number)
    rules.check_over(until, clock.today())
    if evidence is None:
        raise Refused("equity.paper")
    amount = rules.declared(base, plan.part, cap=plan.cap, before=queries.declared_before(plan))
    people = list(plan.beneficiaries.select_related("party"))
    made = Declaration.objects.create(
        plan=plan,
        number=number,
        since=since,
        until=until,
        currency=plan.currency,
        base_minor=base.minor,
        amount_minor=amount.minor,
        due_on=clock.today() + PAY_WITHIN,
        declared_by=by,
        evidence=documents.store(
            subject=plan.ref,
            kind="evidence",
            title=f"分红基数依据 Evidence {since} – {until}",
            name=evidence.name,
            content=evidence.content,
            content_type=evidence.content_type,
            owner=plan.payer,
            by=by,
            readers=[plan.agency, *(row.party for row in people)],
        ),
    )
    shares = amount.shared([row.part for row in people])
    DividendStatement.objects.bulk_create(
        DividendStatement(
            declaration=made, party=row.party, part=row.part, currency=plan.currency, amount_minor=share.minor
        )
        for row, share in zip(people, shares, strict=True)
    )
    told = {"declaration": made.code, "amount": amount.wire(), "due_on": made.due_on.isoformat(), "until": str(until)}
    _record("dividend.declared", plan, by.ref, [row.party for row in people], **told)
    last_day = plan.until is not None and until >= plan.until
    if last_day or (plan.cap and queries.declared_before(plan) >= plan.cap):
        move(plan, DividendPlan.State.ENDED)
    return made


@transaction.atomic
def paid(*, declaration: Declaration, on: date, actor: str) -> Declaration:
    """What a declaration came to has arrived at the agency: it goes on to each person [dividend.paid]. Again: nothing more."""
    plan = queries.plans().select_for_update(of=("self",)).get(pk=declaration.plan_id)
    found = Declaration.objects.get(pk=declaration.pk)
    if found.state == Declaration.State.PAID:
        return found
    move(found, Declaration.State.PAID, paid_on=on)
    rows = list(found.statements.select_related("party"))
    lines = [{"party": row.party.code, "amount": row.amount.wire()} for row in rows]
    told = {"declaration": found.code, "amount": found.amount.wire(), "lines": lines, "on": on.isoformat()}
    _record("dividend.paid", plan, actor, [row.party for row in rows], **told)
    return found


def _record(name: str, plan: DividendPlan, actor: str, people: Sequence[Party], **data: Any) -> None:
    journal.record(
        name,
        subject=plan.ref,
        actor=actor,
        audience=sorted({party.ref for party in (plan.payer, plan.agency, *people)}),
        plan=plan.code,
        title=plan.title,
        payer=plan.payer.code,
        **plan.payer.named("payer_name"),
        agency=plan.agency.code,
        **data,
    )
