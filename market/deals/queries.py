"""Reads of deals: the figures, what comes next and for whom it waits, and what the papers are written from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet

from market.deals import register
from market.deals.models import LICENCES, Deal, Paper, Signature
from market.deals.rules import moves, particulars
from market.deals.rules.bargain import Bargain, Escrow, Side
from market.deals.rules.figures import Figures, Quote, quote
from market.deals.terms import queries as terms
from market.kernel.formats import read_day, when
from market.kernel.money import Money
from market.listings.fees.words import terms_both
from market.listings.models import Listing
from market.parties.models import Party
from market.rights import queries as rights
from market.rights.models import Right
from market.rights.rules.facts import Facts
from market.trail import journal
from market.trail.models import Fact

PARTIES = ("seller", "buyer", "agency")
INCOMPLETE = "deal.contract_incomplete"  # the fact that a contract waits for what the register lacks


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next: `what` ("sign_contract"), the parties it waits for (`who` is the first), and by when."""

    what: str
    waits_for: tuple[Party, ...]
    roles: tuple[str, ...]
    due_on: date | None

    @property
    def who(self) -> Party | None:
        """The first party the deal waits for; None while it waits for the office or the market itself."""
        return self.waits_for[0] if self.waits_for else None


def quote_of(deal: Deal) -> Quote:
    """What each side of the deal pays and gets, by the terms that were agreed when it was concluded."""
    return quote(deal.price, seller=deal.seller_fees, buyer=deal.buyer_fees)


def figures_of(deal: Deal) -> Figures:
    """The sums of the deal."""
    return quote_of(deal).figures


def premium(deal: Deal) -> Money:
    """The buyer's premium."""
    return figures_of(deal).premium


def commission(deal: Deal) -> Money:
    """The seller's commission."""
    return figures_of(deal).commission


def total_due(deal: Deal) -> Money:
    """What the buyer pays in all, before a deposit is set off."""
    return figures_of(deal).total_due


def by_ref(ref: str) -> Deal:
    """The deal a fact is about ("deal:D-…")."""
    return with_parties().get(code=ref.removeprefix("deal:"))


def by_origin(origin: str) -> Deal | None:
    """The deal that `origin` ("lot:L-…", "offer:O-…") concluded; None while it is not opened."""
    return with_parties().filter(origin=origin).first()


def companions(deal: Deal) -> list[Deal]:
    """The buyer's other deals over rights of the portfolio that the deal's listing is part of; none without one."""
    if deal.listing.bundle_id is None:
        return []
    together = with_parties().filter(listing__bundle=deal.listing.bundle_id, buyer=deal.buyer_id)
    return list(together.filter(state__in=moves.LIVE).exclude(pk=deal.pk).order_by("pk"))


def is_held(deal: Deal) -> bool:
    """Whether something keeps the escrow from being shared out."""
    return deal.holds.filter(released_at=None).exists()


def with_parties() -> QuerySet[Deal]:
    """Deals with what every page and paper names."""
    return Deal.objects.select_related(*PARTIES, "right", "listing__bundle__portfolio", "cross")


def paper_of(deal: Deal, kind: str) -> Paper | None:
    """The paper of that kind, None while it is not drafted."""
    papers = deal.papers.select_related("version__document").prefetch_related("signatures__user", "signatures__party")
    return papers.filter(kind=kind).first()


def contract_signed_on(deal: Deal) -> date | None:
    """The Beijing day the contract took effect: its last signature; None before."""
    last = Signature.objects.filter(paper__deal=deal, paper__kind__in=moves.BINDING).order_by("-at").first()
    signed = last is not None and deal.state not in (Deal.State.FORMED, Deal.State.CONFIRMED)
    return read_day(last.at) if last is not None and signed else None


def next_step(deal: Deal) -> Step:
    """What comes next in the deal, whom it waits for, and the day it is due."""
    (step,) = next_steps([deal])
    return step


def next_steps(deals: Iterable[Deal]) -> list[Step]:
    """The same for several deals, with one question for all their papers and one for what their contracts lack."""
    rows = list(deals)
    signed: dict[int, dict[str, list[str]]] = defaultdict(dict)
    unsigned = [row.pk for row in rows if row.state in moves.SIGNED_IN.values()]
    for paper in Paper.objects.filter(deal__in=unsigned).prefetch_related("signatures") if unsigned else ():
        signed[paper.deal_id][paper.kind] = [signature.role for signature in paper.signatures.all()]
    undrafted = [row.ref for row in rows if row.state == Deal.State.CONFIRMED and moves.CONTRACT not in signed[row.pk]]
    told = journal.facts_about(*undrafted).filter(name=INCOMPLETE) if undrafted else ()
    lacking = {fact.subject: fact.data["missing"] for fact in told}
    to_speak = terms.to_speak(row for row in rows if row.mode in LICENCES and row.ref in undrafted)
    return [_step(row, signed[row.pk], lacking.get(row.ref, ()), to_speak.get(row.pk, ())) for row in rows]


def _step(deal: Deal, signed: dict[str, list[str]], lacking: Iterable[str], to_speak: tuple[str, ...]) -> Step:
    what, roles = moves.next_of(deal.state, signed, missing_terms=lacking, to_speak=to_speak)
    return Step(what, tuple(getattr(deal, role) for role in roles), roles, deal.due_on)


def papers_of(deal: Deal) -> QuerySet[Paper]:
    """The papers of the deal with their files and signatures, the latest first."""
    papers = deal.papers.select_related("version__document").prefetch_related("signatures__party", "signatures__user")
    return papers.order_by("-pk")


def page(deals: QuerySet[Deal], view: str, after: str, size: int) -> tuple[list[Deal], str]:
    """Up to `size` of the deals of a `view` ("open", "ended", "all") older than the one coded `after`, newest first,
    and the code the next page goes on after ("" at the end)."""
    if view != "all":
        deals = deals.filter(state__in=moves.LIVE) if view == "open" else deals.exclude(state__in=moves.LIVE)
    last = Deal.objects.filter(code=after).values_list("pk", flat=True).first() if after else None
    rows = list((deals.filter(pk__lt=last) if last else deals).order_by("-pk")[: size + 1])
    return rows[:size], rows[size - 1].code if len(rows) > size else ""


def deals_of(party: Party) -> QuerySet[Deal]:
    """The deals `party` is in, newest first."""
    return with_parties().filter(Q(seller=party) | Q(buyer=party) | Q(agency=party))


def waiting_for(party: Party) -> list[tuple[Deal, Step]]:
    """The deals in which `party` has a paper to sign or to complete, the first due first."""
    rows = list(deals_of(party).filter(state__in=moves.SIGNED_IN.values()).order_by("due_on", "pk"))
    pairs = zip(rows, next_steps(rows), strict=True)
    return [(deal, step) for deal, step in pairs if party in step.waits_for]


def queue_of(agency: Party, shown: int) -> tuple[list[tuple[str, int]], list[tuple[Deal, Step]]]:
    """How many live deals of `agency` stand in each state, in the order of the walk, and the first `shown` by due day."""
    live = Deal.objects.filter(agency=agency, state__in=moves.LIVE)
    counted = dict(live.order_by().values_list("state").annotate(Count("pk")))
    counts = [(state, counted[state]) for state in Deal.State.values if state in counted]
    rows = list(
        with_parties()
        .filter(agency=agency, state__in=moves.LIVE, due_on__isnull=False)
        .order_by("due_on", "pk")[:shown]
    )
    return counts, list(zip(rows, next_steps(rows), strict=True))


def story(deal: Deal) -> QuerySet[Fact]:
    """The facts about the deal and about what its own facts name (a filing, a charge), oldest first."""
    own = list(journal.facts_about(deal.ref))
    named = {str(fact.data[kind]) for fact in own for kind in ("filing", "charge", "settlement") if fact.data.get(kind)}
    return journal.facts_about(deal.ref, *sorted(named))


def missing_terms(deal: Deal) -> tuple[str, ...]:
    """The particulars the law wants in the contract and neither the register nor the agency has supplied (R34)."""
    pending = deal.right.state == Right.State.PENDING
    return particulars.missing(deal.right.kind, particulars_of(deal), pending=pending)


def particulars_of(deal: Deal) -> dict[str, str]:
    """The right's particulars as text, from the register; what the agency supplied fills the gaps only."""
    bank = f"{deal.agency.bank_name} {deal.agency.bank_account}" if deal.agency.bank_account else ""
    known = {**register.particulars_of(deal.right), "bank": bank}
    supplied: dict[str, str] = deal.facts_on_record.get("supplied", {})
    return {**supplied, **{name: value for name, value in known.items() if value}}


def bargain_of(deal: Deal) -> Bargain:
    """Everything the papers of the deal state, as it stands in the register today."""
    right, agency = deal.right, deal.agency
    seen = rights.facts_of(right, seller=deal.seller)
    record = {name: str(value) for name, value in deal.facts_on_record.items() if name != "supplied"}
    bundle = deal.listing.bundle
    portfolio = f"{bundle.portfolio.name}（{bundle.code}）" if bundle else ""
    return Bargain(
        code=deal.code,
        licence=deal.mode in LICENCES,
        kind=right.kind,
        pending=right.state == Right.State.PENDING,
        office=right.office,
        formed_at=deal.formed_at,
        seller=side_of(deal.seller),
        buyer=side_of(deal.buyer),
        agency=side_of(agency),
        escrow=Escrow(agency.name, agency.bank_name, agency.bank_account),
        figures=figures_of(deal),
        premium=terms_both(deal.buyer_fees),
        particulars=particulars_of(deal),
        owners=owners_of(seen),
        burdens=tuple(
            _burden(register.both(row.get_kind_display), row.in_favour_of, row.number) for row in rights.burdens(right)
        ),
        siblings=tuple(f"{mark.number} {mark.words}" for mark in seen.siblings),
        days={**moves.DAYS, **deal.agreed_days},
        record=record | ({"portfolio": portfolio} if portfolio else {}),
        together=tuple(f"{one.right.number} {one.right.title}" for one in companions(deal)),
    )


def owners_of(seen: Facts) -> tuple[str, ...]:
    """The right's owners as a paper names them, each with its share unless it is the only one."""
    return tuple(f"{owner.name} {_share(owner.share)}" for owner in seen.owners)


def _share(share: Fraction) -> str:
    return "" if share == 1 else f"{share.numerator}/{share.denominator}"


def _burden(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def side_of(party: Party) -> Side:
    """A party as a paper names it."""
    return Side(party.name, party.name_en, party.uscc or "", party.address, party.phone, party.foreign)


def signature_record(deal: Deal) -> dict[str, Any]:
    """Who signed which paper of the deal, when, with which words and under which hash (电子签名法 13), as plain JSON."""
    return {
        "number": deal.code,
        "papers": [
            {
                "heading": paper.terms["heading"],
                "file": paper.version.name,
                "sha256": paper.version.sha256,
                "signatures": [
                    {
                        "role": f"{signature.role_name} / {signature.role_name_en}",
                        "party": signature.party.name,
                        "person": str(signature.user),
                        "at": f"{when(signature.at)} (UTC+8)",
                        "statement": signature.statement,
                        "sha256": signature.sha256,
                    }
                    for signature in paper.signatures.all()
                ],
            }
            for paper in reversed(papers_of(deal))
        ],
    }


def taken(rights: Iterable[int]) -> set[int]:
    """Those of `rights` (pk) that an assignment under way has already: no other can open about them."""
    under_way = Deal.objects.filter(right__in=rights, mode=Listing.Mode.ASSIGNMENT).exclude(state__in=Deal.FREE)
    return set(under_way.values_list("right", flat=True))
