"""Claims: what the agency enters before a settlement is posted, with its paper: payoffs, fees, taxes, inventors' shares."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.core.files import File
from django.db import transaction

from market.deals.models import Deal
from market.deals.queries import with_parties
from market.documents import actions as documents
from market.documents.models import Version
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.parties.access import PAYING, require
from market.parties.models import Party, User
from market.payments import rules
from market.payments.actions.settlements import write_lines
from market.payments.models import Claim, Settlement
from market.payments.settlements import queries, taxes
from market.rights.models import Encumbrance
from market.trail import journal

WITH_PAPER = frozenset({Claim.Kind.PLEDGE, Claim.Kind.FEE})


def claim_payoff(
    *, deal: Deal, pledge: Encumbrance, payee: Party, amount: Money, on: date, note: str, paper: File | None, by: User
) -> Claim:
    """Enter what the pledgee's payoff letter of the day `on` asks for; nothing where it agrees to keep its pledge.

    民法典 444: a pledged right passes with the pledgee's agreement, and the price pays its debt first. Refused
    `claim.pledge` when the pledge does not burden the right, `claim.pledge_named` when another letter was entered, and as
    `_enter`. Writes `claim.entered`.
    """
    if pledge not in queries.pledges(deal):
        raise Refused("claim.pledge", number=deal.right.number)
    said = {"kind": Claim.Kind.PLEDGE, "burden": pledge, "payee": payee, "on": on, "note": note}
    return _with_paper(deal, amount, paper, by, said)


def claim_fee(*, deal: Deal, amount: Money, on: date, note: str, paper: File | None, by: User) -> Claim:
    """Enter a fee the agency laid out (`note` says for what), with its receipt of the day `on`. Refused as `_enter`."""
    return _with_paper(deal, amount, paper, by, {"kind": Claim.Kind.FEE, "payee": deal.agency, "on": on, "note": note})


def claim_tax(
    *, deal: Deal, tax: str, holder: Party, base: Money, on: date, note: str, paper: File | None, by: User
) -> Claim:
    """Enter a tax withheld from a holder's share, at the law's rate of the day `on` on a base the agency declares.

    Refused `claim.tax` when no such tax is in force, `claim.holder` for a stranger to the right, and as `_enter`.
    """
    amount = taxes.tax_of(tax, on).on(base)
    said = {"kind": Claim.Kind.TAX, "payee": deal.agency, "holder": holder, "on": on, "note": note}
    return _with_paper(deal, amount, paper, by, said | {"tax": tax, "base_minor": base.minor})


@transaction.atomic
def claim_reward(*, deal: Deal, payee: Party, holder: Party, amount: Money, on: date, note: str, by: User) -> Claim:
    """Enter what `payee` gets of the holder's share as an inventor's reward (促进科技成果转化法 44-45).

    The amount is computed elsewhere; `note` says by which rule or agreement. Refused as `_enter`.
    """
    said = {"kind": Claim.Kind.INVENTORS, "payee": payee, "holder": holder, "on": on, "note": note}
    return _enter(deal, amount, None, by, said)


@transaction.atomic
def claim_parts(*, deal: Deal, holder: Party, parts: Sequence[tuple[Party, Fraction]], note: str, actor: str) -> None:
    """Enter what part of the holder's proceeds each inventor gets by the plan in force (促进科技成果转化法 44-45). Again, or
    once the settlement is posted: nothing more. Writes `reward.claimed`."""
    deal = with_parties().select_for_update(of=("self",)).get(pk=deal.pk)
    known = Claim.objects.filter(deal=deal, holder=holder, dropped_at=None).exclude(part="").exists()
    settlement = Settlement.objects.select_for_update(of=("self",)).filter(deal=deal).first()
    if known or (settlement is not None and settlement.state == Settlement.State.POSTED):
        return
    said = {"deal": deal, "kind": Claim.Kind.INVENTORS, "holder": holder, "currency": deal.currency, "amount_minor": 0}
    day = {"on": clock.today(), "note": note}
    Claim.objects.bulk_create(Claim(**said, **day, payee=party, part=str(part)) for party, part in parts)
    if settlement is not None:
        settlement.deal = deal
        write_lines(settlement)
    journal.record(
        "reward.claimed", subject=deal.ref, actor=actor, audience=[deal.agency.ref, holder.ref], deal=deal.code
    )


def _with_paper(deal: Deal, amount: Money, paper: File | None, by: User, said: dict[str, Any]) -> Claim:
    """Store the paper, in a transaction of its own because a file may go over the network, and enter the claim."""
    require(by, deal.agency, PAYING)
    if paper is None:
        return _enter(deal, amount, None, by, said)
    stored = documents.store(
        subject=deal.ref,
        kind="claim",
        title=f"{said['kind']} {said['on'].isoformat()}",
        name=paper.name or "",
        content=paper.read(),
        content_type="",
        owner=deal.agency,
        by=by,
        readers=[deal.seller],
    )
    return _enter(deal, amount, stored, by, said)


@transaction.atomic
def _enter(deal: Deal, amount: Money, document: Version | None, by: User, said: dict[str, Any]) -> Claim:
    """Write the claim and compute the settlement's lines anew; the same claim again is the first.

    Refused `claim.paper` without its paper, `claim.amount` for nothing, `payment.date_ahead`, `claim.holder`,
    `claim.currency`, `claim.pledge_named`, `settlement.posted`.
    """
    deal = with_parties().select_for_update(of=("self",)).get(pk=deal.pk)
    require(by, deal.agency, PAYING)
    settlement = _open_settlement(deal)
    rules.check_day(said["on"], clock.today())
    if amount.currency != deal.currency:
        raise Refused("claim.currency", currency=deal.currency)
    if document is None and said["kind"] in WITH_PAPER:
        raise Refused("claim.paper")
    if not amount and said["kind"] != Claim.Kind.PLEDGE:
        raise Refused("claim.amount")
    if "holder" in said and said["holder"] not in [party for party, _share in queries.holders(deal)]:
        raise Refused("claim.holder", party=str(said["holder"]))
    row = {**said, "deal": deal, "amount_minor": amount.minor, "currency": amount.currency, "document": document}
    first = Claim.objects.filter(dropped_at=None, **row).first()
    if first is not None:
        return first
    if "burden" in said and Claim.objects.filter(deal=deal, burden=said["burden"], dropped_at=None).exists():
        raise Refused("claim.pledge_named", pledgee=said["burden"].in_favour_of)
    claim = Claim.objects.create(**row, entered_by=by)
    _rewritten(settlement, claim, "claim.entered", by)
    return claim


@transaction.atomic
def drop_claim(*, claim: Claim, by: User) -> Claim:
    """Take a claim back that was entered wrongly; the row stays. Again: nothing more. Refused `settlement.posted`.

    Writes `claim.dropped`.
    """
    deal = with_parties().select_for_update(of=("self",)).get(pk=claim.deal_id)
    require(by, deal.agency, PAYING)
    claim = Claim.objects.select_related("deal__agency", "deal__seller").get(pk=claim.pk)
    if claim.dropped_at is not None:
        return claim
    settlement = _open_settlement(deal)
    claim.dropped_at, claim.dropped_by = clock.now(), by
    claim.save(update_fields=["dropped_at", "dropped_by"])
    _rewritten(settlement, claim, "claim.dropped", by)
    return claim


def _open_settlement(deal: Deal) -> Settlement | None:
    """The deal's settlement if it is prepared. Refused `settlement.posted` once the money has moved."""
    settlement = Settlement.objects.select_for_update(of=("self",)).filter(deal=deal).first()
    if settlement is not None:
        settlement.deal = deal
        if settlement.state == Settlement.State.POSTED:
            raise Refused("settlement.posted", deal=deal.code)
    return settlement


def _rewritten(settlement: Settlement | None, claim: Claim, fact: str, by: User) -> None:
    deal = claim.deal
    if settlement is not None:
        write_lines(settlement)
    said = {"deal": deal.code, "kind": claim.kind, "amount": claim.amount.wire(), "on": claim.on.isoformat()}
    journal.record(fact, subject=deal.ref, actor=by.ref, audience=[deal.agency.ref, deal.seller.ref], **said)
