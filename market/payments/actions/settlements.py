"""Settlements: how an escrow is shared out or given back, prepared by the market and posted once by the agency."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from market.deals import actions as deals
from market.deals.models import Deal
from market.deals.queries import is_held, with_parties
from market.deals.rules.moves import RIPE
from market.deals.undoing import AT_OFFICE
from market.documents import actions as documents
from market.documents.render import pdf
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.ledger import books
from market.parties.access import PAYING, require
from market.parties.models import User
from market.payments.actions.outcomes import released
from market.payments.actions.payouts import pay_out
from market.payments.actions.rows import locked
from market.payments.models import Payout, Settlement, SettlementLine
from market.payments.queries import escrow
from market.payments.settlements import queries, rules
from market.trail import journal

PAYOUT_WITHIN = timedelta(days=3)  # what a settlement pays out is sent within three days of its posting
INCOME = frozenset({SettlementLine.Kind.PREMIUM, SettlementLine.Kind.COMMISSION})
BACK = frozenset({SettlementLine.Kind.PRICE_BACK, SettlementLine.Kind.DEPOSIT_BACK})


@transaction.atomic
def prepare_settlement(deal: Deal, *, actor: str) -> Settlement:
    """Write down, line by line, how the escrow of a deal will be shared out whose title has passed or whose licence is
    recorded. Again: the same.

    Refused `settlement.too_early` in every other state, `settlement.unbalanced` when the escrow holds another sum.
    Writes `settlement.prepared`.
    """
    deal = with_parties().select_for_update(of=("self",)).get(pk=deal.pk)
    found = Settlement.objects.filter(deal=deal).first()
    if found is not None:
        return found
    if deal.state not in RIPE:
        raise Refused("settlement.too_early", deal=deal.code, state=deal.get_state_display())
    return _prepare(Settlement(deal=deal), actor)


@transaction.atomic
def prepare_return(deal: Deal, *, actor: str) -> Settlement | None:
    """Write down how the escrow of an undone deal goes back to its buyer; None when nothing was paid in. Again: the same.

    Refused `settlement.too_early` for a deal that was not undone. Writes `settlement.prepared`.
    """
    deal = with_parties().select_for_update(of=("self",)).get(pk=deal.pk)
    found = Settlement.objects.filter(deal=deal).first()
    if not escrow(deal) or (found is not None and found.purpose == Settlement.Purpose.UNDO):
        return found
    if deal.state not in queries.UNDONE:
        raise Refused("settlement.too_early", deal=deal.code, state=deal.get_state_display())
    settlement = found or Settlement(deal=deal)  # where title had passed, what was to be shared out goes back
    settlement.deal, settlement.purpose = deal, Settlement.Purpose.UNDO
    return _prepare(settlement, actor)


def _prepare(settlement: Settlement, actor: str) -> Settlement:
    settlement.save()
    write_lines(settlement)
    deal = settlement.deal
    told = {"deal": deal.code, "purpose": settlement.purpose}
    journal.record("settlement.prepared", subject=deal.ref, actor=actor, audience=[deal.agency.ref], **told)
    return settlement


def write_lines(settlement: Settlement) -> None:
    """Compute the lines of a prepared settlement anew. Refused `settlement.unbalanced` when they miss the escrow."""
    share_out = settlement.purpose == Settlement.Purpose.SHARE_OUT
    lines, payees = (queries.waterfall if share_out else queries.undoing)(settlement.deal)
    rules.check_balanced(escrow(settlement.deal), [line.amount for line in lines])
    settlement.lines.all().delete()
    SettlementLine.objects.bulk_create(
        SettlementLine(
            settlement=settlement,
            number=number,
            kind=line.kind,
            payee=payees[line.payee],
            currency=line.amount.currency,
            amount_minor=line.amount.minor,
            short_minor=line.short.minor,
            formula=line.formula,
            source=line.source,
            inputs=dict(line.inputs),
            claim_id=line.claim,
        )
        for number, line in enumerate(lines, 1)
    )


def post_settlement(*, settlement: Settlement, by: User) -> Settlement:
    """Move the escrow as prepared, and make a payout for everybody who gets something of it.

    Only now, after title has passed or the deal was undone, does money leave the escrow; a deal whose title has passed is
    settled [settlement.posted]. Then the statement is filed as a PDF, in a transaction of its own, because a file may go
    over the network. Again: the same, and the statement if it is still missing. Refused `settlement.too_early`,
    `settlement.under_review` while the deal is held, `settlement.at_office` while the filing of a deal undone lies there,
    `settlement.pledge_open` while the payoff of a pledge is unknown, `settlement.unbalanced`.
    """
    deal = settlement.deal
    require(by, deal.agency, PAYING)
    settlement = _post(settlement, by)
    if settlement.statement_id is None:
        statement = documents.store(
            subject=deal.ref,
            kind="settlement",
            title="结算单 Settlement statement",
            name=f"settlement-{deal.code}.pdf",
            content=pdf("settlement", queries.statement_data(settlement)),
            content_type="application/pdf",
            owner=deal.agency,
            by=by,
            readers=queries.payees_of(settlement.lines.select_related("payee"), deal),
        )
        Settlement.objects.filter(pk=settlement.pk).update(statement=statement)
        settlement.statement = statement
    return settlement


@transaction.atomic
def _post(settlement: Settlement, by: User) -> Settlement:
    settlement = locked(settlement)
    if settlement.state == Settlement.State.POSTED:
        return settlement
    deal = with_parties().select_for_update(of=("self",)).get(pk=settlement.deal_id)
    _check_ripe(settlement, deal)
    lines = list(settlement.lines.select_related("payee", "claim__holder"))
    rules.check_balanced(escrow(deal), [line.amount for line in lines])
    moment = clock.now()
    move(settlement, Settlement.State.POSTED, posted_at=moment, posted_by=by)
    _pay_out_lines(deal, lines, moment + PAYOUT_WITHIN)
    audience = {deal.agency.ref, *(line.payee.ref for line in lines)}
    told = {"deal": deal.code, "purpose": settlement.purpose, "shares": _shares_told(lines)}
    journal.record("settlement.posted", subject=deal.ref, actor=by.ref, audience=audience, **told)
    if settlement.purpose == Settlement.Purpose.SHARE_OUT:
        deals.mark_settled(deal, actor=by.ref)
    else:
        released(deal, actor=by.ref)
    for line in lines:
        if line.amount:
            books.transfer(
                line.amount,
                debit=f"escrow:{deal.origin}",
                credit=_account(deal, line),
                ref=f"settlement:{deal.code}:{line.number}",
                memo=f"{line.kind} of {deal.code}",
            )
    return settlement


def _shares_told(lines: Sequence[SettlementLine]) -> list[dict[str, Any]]:
    """What each holder's share came to after everything else, and what of it its inventors get."""
    told: dict[str, dict[str, Any]] = {}
    for line in lines:
        claim, inventors = line.claim, line.kind == SettlementLine.Kind.INVENTORS
        holder = (
            claim.holder if inventors and claim else line.payee if line.kind == SettlementLine.Kind.PROCEEDS else None
        )
        if holder is None:
            continue
        row = told.setdefault(holder.code, {"holder": holder.code, "net": Money.zero(line.currency), "inventors": []})
        row["net"] += line.amount
        if inventors:
            row["inventors"].append({"party": line.payee.code, "amount": line.amount.wire()})
    return [row | {"net": row["net"].wire()} for row in told.values()]


def _check_ripe(settlement: Settlement, deal: Deal) -> None:
    if settlement.purpose == Settlement.Purpose.UNDO:
        if deal.state not in queries.UNDONE:
            raise Refused("settlement.too_early", deal=deal.code, state=deal.get_state_display())
        if deal.holds.filter(reason=AT_OFFICE, released_at=None).exists():
            raise Refused("settlement.at_office", deal=deal.code)
        return
    if deal.state not in RIPE:
        raise Refused("settlement.too_early", deal=deal.code, state=deal.get_state_display())
    if is_held(deal):
        raise Refused("settlement.under_review", deal=deal.code)
    if waiting := queries.unanswered(deal):
        raise Refused("settlement.pledge_open", deal=deal.code, pledgees=[row.in_favour_of for row in waiting])


def _account(deal: Deal, line: SettlementLine) -> str:
    """Where a line's money goes: the agency's income, or what is owed to the payee."""
    return f"commission:{deal.agency.code}" if line.kind in INCOME else f"payable:{line.payee.code}"


def _pay_out_lines(deal: Deal, lines: list[SettlementLine], due_at: datetime) -> None:
    """A payout for each line, premium and commission together."""
    sums: dict[str, tuple[SettlementLine, Money]] = {}
    for line in lines:
        ref = queries.payout_ref(deal, line)
        before = sums[ref][1] if ref in sums else Money.zero(line.currency)
        sums[ref] = (line, before + line.amount)
    for ref, (line, amount) in sums.items():
        if amount:
            pay_out(_purpose(line), ref, deal.ref, line.payee, deal.agency, _account(deal, line), amount, due_at)


def _purpose(line: SettlementLine) -> str:
    if line.kind in INCOME:
        return Payout.Purpose.COMMISSION
    return Payout.Purpose.RETURN if line.kind in BACK else line.kind
