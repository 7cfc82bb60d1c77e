"""Settlements: how an escrow is shared out, prepared when title has passed and posted once by the agency."""

from datetime import datetime, timedelta

from django.db import transaction

from market.deals import actions as deals
from market.deals.models import Deal
from market.deals.queries import is_held
from market.documents import actions as documents
from market.documents.render import pdf
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.ledger import books
from market.parties.access import PAYING, require
from market.parties.models import User
from market.payments import queries, rules
from market.payments.actions.payouts import pay_out
from market.payments.actions.rows import locked
from market.payments.models import Settlement, SettlementLine
from market.trail import journal

PAYOUT_WITHIN = timedelta(days=3)  # what a settlement pays out is sent within three days of its posting


@transaction.atomic
def prepare_settlement(deal: Deal, *, actor: str) -> Settlement:
    """Write down, line by line, how the escrow of a deal whose title has passed will be shared out. Again: the same.

    Refused `settlement.too_early` in every other state, `settlement.unbalanced` when the escrow holds another sum.
    Writes `settlement.prepared`.
    """
    deal = Deal.objects.select_for_update(of=("self",)).select_related("agency", "seller", "right").get(pk=deal.pk)
    found = Settlement.objects.filter(deal=deal).first()
    if found is not None:
        return found
    if deal.state != Deal.State.TITLE_PASSED:
        raise Refused("settlement.too_early", deal=deal.code, state=deal.get_state_display())
    lines, payees = queries.waterfall(deal)
    rules.check_balanced(queries.escrow(deal), [line.amount for line in lines])
    settlement = Settlement.objects.create(deal=deal)
    SettlementLine.objects.bulk_create(
        SettlementLine(
            settlement=settlement,
            number=number,
            kind=line.kind,
            payee=payees[line.payee],
            currency=line.amount.currency,
            amount_minor=line.amount.minor,
            formula=line.formula,
            source=line.source,
        )
        for number, line in enumerate(lines, 1)
    )
    journal.record("settlement.prepared", subject=deal.ref, actor=actor, audience=[deal.agency.ref], deal=deal.code)
    return settlement


def post_settlement(*, settlement: Settlement, by: User) -> Settlement:
    """Share out the escrow as prepared: commissions to the agency, proceeds to the holders, and a payout for each.

    Only now, after title has passed, does money leave the escrow; the deal is settled [settlement.posted]. Then the
    statement is filed as a PDF, in a transaction of its own, because a file may go over the network. Again: the same,
    and the statement if it is still missing. Refused `settlement.too_early`, `settlement.under_review` while the deal is
    held, `settlement.unbalanced`.
    """
    deal = settlement.deal
    require(by, deal.agency, PAYING)
    settlement = _post(settlement, by)
    if settlement.statement_id is None:
        payees = [line.payee for line in settlement.lines.select_related("payee") if line.payee_id != deal.agency_id]
        statement = documents.store(
            subject=deal.ref,
            kind="settlement",
            title="结算单 Settlement statement",
            name=f"settlement-{deal.code}.pdf",
            content=pdf("settlement", queries.statement_data(settlement)),
            content_type="application/pdf",
            owner=deal.agency,
            by=by,
            readers=payees,
        )
        Settlement.objects.filter(pk=settlement.pk).update(statement=statement)
        settlement.statement = statement
    return settlement


@transaction.atomic
def _post(settlement: Settlement, by: User) -> Settlement:
    settlement = locked(settlement)
    if settlement.state == Settlement.State.POSTED:
        return settlement
    deal = Deal.objects.select_for_update(of=("self",)).select_related("agency").get(pk=settlement.deal_id)
    if deal.state != Deal.State.TITLE_PASSED:
        raise Refused("settlement.too_early", deal=deal.code, state=deal.get_state_display())
    if is_held(deal):
        raise Refused("settlement.under_review", deal=deal.code)
    lines = list(settlement.lines.select_related("payee"))
    rules.check_balanced(queries.escrow(deal), [line.amount for line in lines])
    moment = clock.now()
    move(settlement, Settlement.State.POSTED, posted_at=moment, posted_by=by)
    _pay_out_lines(deal, lines, moment + PAYOUT_WITHIN)
    audience = {deal.agency.ref, *(line.payee.ref for line in lines)}
    journal.record("settlement.posted", subject=deal.ref, actor=by.ref, audience=audience, deal=deal.code)
    deals.mark_settled(deal, actor=by.ref)
    for line in lines:
        books.transfer(
            line.amount,
            debit=f"escrow:{deal.origin}",
            credit=_account(deal, line),
            ref=f"settlement:{deal.code}:{line.number}",
            memo=f"{line.kind} of {deal.code}",
        )
    return settlement


def _account(deal: Deal, line: SettlementLine) -> str:
    """Where a line's money goes: the holder's payable, or the agency's income."""
    if line.kind == SettlementLine.Kind.PROCEEDS:
        return f"payable:{line.payee.code}"
    return f"commission:{deal.agency.code}"


def _pay_out_lines(deal: Deal, lines: list[SettlementLine], due_at: datetime) -> None:
    """A payout for each holder, and one for the agency's premium and commission together."""
    sums: dict[int, tuple[str, SettlementLine, Money]] = {}
    for line in lines:
        purpose = "proceeds" if line.kind == SettlementLine.Kind.PROCEEDS else "commission"
        key = line.number if purpose == "proceeds" else 0
        before = sums[key][2] if key in sums else Money.zero(line.currency)
        sums[key] = (purpose, line, before + line.amount)
    for key, (purpose, line, amount) in sums.items():
        ref, account = f"settlement:{deal.code}:out:{key}", _account(deal, line)
        pay_out(purpose, ref, deal.ref, line.payee, deal.agency, account, amount, due_at)
