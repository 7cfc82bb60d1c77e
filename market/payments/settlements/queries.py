"""Reads of a settlement: who held the right, what is claimed, how the escrow is shared out, and how that reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils import translation

from market.deals import queries as deals
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.formats import capital, day, money, percent
from market.kernel.money import Money, total
from market.listings.fees.words import source, stated
from market.parties.models import Party
from market.parties.queries import masked
from market.payments.models import Charge, Claim, Payout, Settlement, SettlementLine
from market.payments.queries import deposit_set_off, escrow, payouts, prices_of
from market.payments.settlements import rules, taxes
from market.rights.models import Encumbrance
from market.rights.queries import holders as holders_on

UNDONE = frozenset({Deal.State.RESCINDED, Deal.State.ANNULLED})


def holders(deal: Deal) -> list[tuple[Party, Fraction]]:
    """Who held the right, and how much of it, before title passed; the seller alone when the register names others.

    Two sales may pass title on one day: then the seller of the second held nothing the day before.
    """
    passed = deal.title_passed_on
    before = holders_on(deal.right, None if passed is None else passed - timedelta(days=1))
    shares = [(title.holder, Fraction(title.share_num, title.share_den)) for title in before]
    return shares if any(party.pk == deal.seller_id for party, _ in shares) else [(deal.seller, Fraction(1))]


def claims_on(deal: Deal) -> list[Claim]:
    """What the agency entered and did not drop: pledges in the order they were registered (民法典 414), then by entry."""
    live = Claim.objects.filter(deal=deal, dropped_at=None).select_related("payee", "holder", "burden", "document")
    return sorted(live, key=lambda claim: (claim.burden.since if claim.burden else date.max, claim.pk))


def pledges(deal: Deal) -> QuerySet[Encumbrance]:
    """The pledges that burdened the right when it passed and are not deleted, in the order they were registered."""
    live = deal.right.encumbrances.filter(kind=Encumbrance.Kind.PLEDGE, released_on=None)
    return live.filter(since__lte=deal.title_passed_on or clock.today()).order_by("since", "pk")


def unanswered(deal: Deal) -> QuerySet[Encumbrance]:
    """The pledges about which no payoff letter was entered yet."""
    entered = Claim.objects.filter(deal=deal, dropped_at=None, burden__isnull=False)
    return pledges(deal).exclude(pk__in=entered.values("burden"))


def taxpayers(deal: Deal) -> QuerySet[Party]:
    """The holders from whose shares a tax may be withheld."""
    return Party.objects.filter(pk__in=[party.pk for party, _share in holders(deal)])


def waterfall(deal: Deal) -> tuple[list[rules.Line], dict[str, Party]]:
    """How the deal's escrow is to be shared out, and the parties by code."""
    shares, claims = holders(deal), claims_on(deal)
    lines = rules.waterfall(
        deals.quote_of(deal),
        agency=deal.agency.code,
        seller=deal.seller.code,
        holders=[rules.Holder(party.code, share) for party, share in shares],
        claims=[_plain(claim) for claim in claims],
    )
    parties = [deal.agency, *(party for party, _share in shares), *(claim.payee for claim in claims)]
    return lines, {party.code: party for party in parties}


def undoing(deal: Deal) -> tuple[list[rules.Line], dict[str, Party]]:
    """How the escrow of an undone deal goes back to the buyer, and the parties by code."""
    claims, deposit = [claim for claim in claims_on(deal) if claim.kind == Claim.Kind.FEE], deposit_set_off(deal)
    lines = rules.undone(
        paid=escrow(deal) - deposit,
        deposit=deposit,
        buyer=deal.buyer.code,
        source=deal.state,
        claims=[_plain(claim) for claim in claims],
    )
    return lines, {party.code: party for party in (deal.buyer, *(claim.payee for claim in claims))}


def _plain(claim: Claim) -> rules.Claim:
    """A claim as the rules see it."""
    formula, inputs = money(claim.amount, "2"), {"on": claim.on.isoformat()}
    if claim.tax:
        tax = taxes.tax_of(claim.tax, claim.on)
        formula = f"{money(claim.base, '2')} × {percent(tax.rate)}"
        inputs |= {"tax": tax.code, "base": claim.base.plain(), "rate_bp": str(tax.rate_bp)}
    if claim.document is not None:
        inputs |= {"file": claim.document.name, "sha256": claim.document.sha256}
    of = claim.holder.code if claim.holder else ""
    part = Fraction(claim.part) if claim.part else None
    return rules.Claim(claim.kind, claim.payee.code, claim.amount, formula, of, inputs, claim.pk, part)


@dataclass(frozen=True, slots=True)
class Sides:
    """The two columns of a deal's money before it is shared out: rows of (kind, name, amount), each with its sum."""

    owes: list[tuple[str, str, Money]]
    remaining: Money
    gets: list[tuple[str, str, Money]]
    proceeds: Money


def sides(deal: Deal) -> Sides:
    """What the buyer owes (price and premium less what was paid) and what the holders get (price less what comes first)."""
    sums, (lines, parties) = deals.figures_of(deal), waterfall(deal)
    received = [row for row in prices_of(deal) if row.state == Charge.State.CONFIRMED]
    paid = [("deposit", "", -deposit_set_off(deal)), *(("paid", row.reference, -row.amount) for row in received)]
    owes = [("price", "", sums.price), ("premium", stated(deal.buyer_fees), sums.premium)]
    owes += [row for row in paid if row[2]]
    names = {rules.COMMISSION: stated(deal.seller_fees)}
    first = [line for line in lines if line.kind not in (rules.PREMIUM, rules.PROCEEDS)]
    gets = [("price", "", sums.price)]
    gets += [(line.kind, names.get(line.kind, str(parties[line.payee])), -line.amount) for line in first]
    shared = [("share", str(parties[line.payee]), line.amount) for line in lines if line.kind == rules.PROCEEDS]
    proceeds = total([amount for _, _, amount in shared], deal.currency)
    gets += shared if len(shared) > 1 else []
    return Sides(owes, total([amount for _, _, amount in owes], deal.currency), gets, proceeds)


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of a settlement with the payout that carries it, None before it is posted."""

    line: SettlementLine
    payout: Payout | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A settlement in two columns: what the buyer paid in, and where it goes; `gap` is nothing when it is right.

    `received` are (charge or None for the deposit set off, amount); `short` is what the escrow could not pay.
    """

    received: list[tuple[Charge | None, Money]]
    lines: list[Moved]
    shared: Money
    escrow: Money
    short: Money

    @property
    def gap(self) -> Money:
        """What the escrow holds beyond the lines."""
        return self.escrow - self.shared

    @property
    def came_in(self) -> Money:
        """The sum of what was received."""
        return total([amount for _charge, amount in self.received], self.escrow.currency)


def sheet(settlement: Settlement) -> Sheet:
    """The settlement against its escrow: as it stands now while prepared, as it was shared out once posted."""
    deal = settlement.deal
    lines = list(settlement.lines.select_related("payee", "claim__document__document"))
    shared = total([line.amount for line in lines], deal.currency)
    posted = settlement.state == Settlement.State.POSTED
    carried = {row.ref: row for row in payouts_of(settlement)}
    deposit = deposit_set_off(deal)
    received: list[tuple[Charge | None, Money]] = [(None, deposit)] if deposit else []
    received += [(row, row.amount) for row in prices_of(deal) if row.state == Charge.State.CONFIRMED]
    return Sheet(
        received=received,
        lines=[Moved(line, carried.get(payout_ref(deal, line))) for line in lines],
        shared=shared,
        escrow=shared if posted else escrow(deal),
        short=total([line.short for line in lines], deal.currency),
    )


def payout_ref(deal: Deal, line: SettlementLine) -> str:
    """The ref of the payout that carries a line: premium and commission leave together, everything else alone."""
    together = line.kind in (SettlementLine.Kind.PREMIUM, SettlementLine.Kind.COMMISSION)
    return f"settlement:{deal.code}:out:{0 if together else line.number}"


def payouts_of(settlement: Settlement) -> QuerySet[Payout]:
    """The payouts a settlement made."""
    return payouts().filter(subject=settlement.deal.ref, ref__startswith="settlement:").order_by("pk")


def statement_data(settlement: Settlement) -> dict[str, Any]:
    """What the settlement's statement prints, all of it text; Chinese words with English ones beside them."""
    deal, seen = settlement.deal, sheet(settlement)
    return {
        "code": deal.code,
        "undone": settlement.purpose == Settlement.Purpose.UNDO,
        "dated": day(settlement.posted_at),
        "right": f"{deal.right.title} {deal.right.number}".strip(),
        "agency": deal.agency.name,
        "seller": deal.seller.name,
        "buyer": deal.buyer.name,
        "title_passed_on": day(deal.title_passed_on),
        "received": [
            {
                "name": "竞买保证金冲抵 Bid deposit set off" if charge is None else f"转账 Transfer {charge.reference}",
                "number": "" if charge is None else f"{day(charge.received_on)} {charge.bank_reference}",
                "amount": money(amount, "2"),
            }
            for charge, amount in seen.received
        ],
        "came_in": money(seen.came_in, "2"),
        "lines": [_printed(moved.line) for moved in seen.lines],
        "short": money(seen.short, "2") if seen.short else "",
        "total": money(seen.shared, "2"),
        "capital": capital(seen.shared),
    }


def _printed(line: SettlementLine) -> dict[str, str]:
    short = f"；不足 Short by {money(line.short, '2')}" if line.short else ""
    return {
        "number": str(line.number),
        "kind": _both(lambda: str(line.get_kind_display())),
        "payee": line.payee.name,
        "account": masked(line.payee.bank_account),
        "formula": f"{line.formula}{short}",
        "ground": _both(lambda: ground(line)),
        "amount": money(line.amount, "2"),
    }


def ground(line: SettlementLine) -> str:
    """The rule and source of a line in the reader's language: a tax names its own law, a fee the terms agreed for it."""
    if line.kind in (SettlementLine.Kind.PREMIUM, SettlementLine.Kind.COMMISSION) and "agreed" in line.inputs:
        return source(
            line.inputs["agreed"] == "yes", *(line.inputs.get(name, "") for name in ("schedule", "schedule_name"))
        )
    if "tax" not in line.inputs:
        return str(line.get_source_display())
    tax = taxes.tax_of(line.inputs["tax"], date.fromisoformat(line.inputs["on"]))
    return tax.ground(translation.get_language() or "")


def _both(word: Any) -> str:
    """A word in Chinese, and beside it in English."""
    with translation.override("zh-hans"):
        han = word()
    with translation.override("en"):
        return f"{han} {word()}"


def payees_of(lines: Iterable[SettlementLine], deal: Deal) -> list[Party]:
    """Who gets something, the agency aside: they may read the statement."""
    return list({line.payee_id: line.payee for line in lines if line.payee_id != deal.agency_id}.values())
