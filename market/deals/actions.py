"""Writes about deals: formed, their papers drafted and signed, and each further step on the walk to the closing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from market.deals import queries, readiness
from market.deals.models import Deal, Hold, Paper, Signature
from market.deals.rules import moves, papers, particulars
from market.deals.terms.versions import version_of
from market.documents import actions as documents
from market.documents import render, seal
from market.documents.models import Version
from market.kernel import clock
from market.kernel.bulk import create_many
from market.kernel.errors import Conflict, Refused, ensure
from market.kernel.money import Money
from market.kernel.states import move
from market.listings.fees.rules import Schedule, unagreed
from market.listings.models import Listing
from market.parties import access as parties
from market.parties.models import Party, User
from market.rights.conditions import actions as conditions
from market.rights.rules.rulebook import Blocker
from market.trail import journal
from market.trail.models import Fact

DRAFTER = "system:deals"
RULEBOOK = "rulebook"  # why a deal is held that the register bars


@dataclass(frozen=True, slots=True)
class Concluded:
    """What the hammer concluded: `origin` ("lot:L-…", one of several deals "lot:L-…#B-…") names it for ever.

    Fees of None were never agreed and are capped (拍卖法 56). `on_record` are words the confirmation states (see
    `papers.RECORD`), `agreed_days` the working days for its steps where the sale's rules say so (see `moves.DAYS`),
    `document` the terms of a licence (`terms`) that both sides agreed to.
    """

    origin: str
    listing: Listing
    buyer: Party
    price: Money
    seller_fees: Schedule | None
    buyer_fees: Schedule | None
    on_record: Mapping[str, str] = field(default_factory=dict)
    agreed_days: Mapping[str, int] = field(default_factory=dict)
    document: Mapping[str, Any] | None = None


def open(
    *,
    origin: str,
    listing: Listing,
    buyer: Party,
    price: Money,
    seller_fees: Schedule | None,
    buyer_fees: Schedule | None,
    actor: str,
    on_record: Mapping[str, str] | None = None,
    document: Mapping[str, Any] | None = None,
) -> Deal:
    """Open the deal that `origin` concluded (see `Concluded`) [deal.formed]; the same origin again gives the first deal.

    The contract is concluded by the hammer, not by a signature (拍卖法 51). Refused `deal.self` when the buyer is the
    seller, `deal.no_agency`, `fees.currency`, `deal.right_taken` while another deal about the right lives, and for a
    `document` `terms.…` as `terms.versions.version_of`.
    """
    concluded = Concluded(origin, listing, buyer, price, seller_fees, buyer_fees, on_record or {}, document=document)
    return open_many([concluded], actor=actor)[0]


@transaction.atomic
def open_many(concluded: Sequence[Concluded], *, actor: str) -> list[Deal]:
    """`open` for many, in their order: all or, when one is refused, none. The number of statements does not grow with
    them. Needs the right, seller and agency of each listing.
    """
    origins = [one.origin for one in concluded]
    known = {deal.origin: deal for deal in Deal.objects.filter(origin__in=origins)}
    today = clock.today()
    fresh = [_formed(one, today) for one in concluded if one.origin not in known]
    documents_of = {one.origin: one.document for one in concluded if one.document is not None}
    try:
        with transaction.atomic():
            made = create_many(fresh)
            create_many(
                version_of(deal, documents_of[deal.origin], number=1, by=actor)
                for deal in made
                if deal.origin in documents_of
            )
    except IntegrityError as taken:
        made, known = [], {deal.origin: deal for deal in Deal.objects.filter(origin__in=origins)}
        lost = next((deal for deal in fresh if deal.origin not in known), None)
        if lost is not None:
            raise Refused("deal.right_taken", number=lost.right.number) from taken
    journal.record_many(_said("deal.formed", deal, actor, _everyone(deal), price=deal.price.wire()) for deal in made)
    known |= {deal.origin: deal for deal in made}
    return [known[origin] for origin in origins]


def _formed(one: Concluded, on: date) -> Deal:
    """The deal that was concluded on the day `on`, not yet written."""
    if one.listing.agency is None:
        raise Refused("deal.no_agency", listing=one.listing.code)
    if one.buyer.pk == one.listing.seller_id:
        raise Refused("deal.self")
    return Deal(
        origin=one.origin,
        listing=one.listing,
        right=one.listing.right,
        mode=one.listing.mode,
        seller=one.listing.seller,
        buyer=one.buyer,
        agency=one.listing.agency,
        currency=one.price.currency,
        price_minor=one.price.minor,
        seller_fees=(one.seller_fees or unagreed(one.price.currency)).in_currency(one.price.currency),
        buyer_fees=(one.buyer_fees or unagreed(one.price.currency)).in_currency(one.price.currency),
        due_on=moves.due_on(Deal.State.FORMED, on, one.agreed_days),
        agreed_days=dict(one.agreed_days),
        facts_on_record=dict(one.on_record),
    )


@transaction.atomic
def draft_confirmation(deal: Deal, *, actor: str) -> Paper:
    """Draft the sale confirmation for buyer and agency to sign [paper.drafted]; again: the first draft."""
    deal = _locked(deal)
    found = queries.paper_of(deal, Paper.Kind.CONFIRMATION)
    return found or _draft(deal, papers.confirmation_terms(queries.bargain_of(deal)), actor)


@transaction.atomic
def draft_contract(deal: Deal, *, actor: str, supplied: Mapping[str, str] | None = None) -> Paper:
    """Draft the assignment contract of a confirmed deal [paper.drafted]; again: the first draft.

    `supplied` are particulars the register lacks, by name, as the agency vouches for them; they stay on the deal's
    record. Refused `deal.contract_incomplete` while a mandatory one is missing (R34), `paper.closed` before the
    confirmation is signed, `deal.not_assignment` for a licence, of which this contract would be the wrong one.
    """
    deal = _locked(deal)
    found = queries.paper_of(deal, Paper.Kind.CONTRACT)
    if found is not None:
        return found
    if deal.state != Deal.State.CONFIRMED:
        raise Refused("paper.closed")
    if deal.mode != Listing.Mode.ASSIGNMENT:
        raise Refused("deal.not_assignment")
    if supplied:
        known = deal.facts_on_record.get("supplied", {})
        given = {name: text.strip() for name, text in supplied.items() if name in particulars.ASKED and text.strip()}
        deal.facts_on_record = {**deal.facts_on_record, "supplied": {**known, **given}}
        deal.save(update_fields=["facts_on_record"])
        heed_rulebook(deal, actor=actor)
    return _draft(deal, papers.contract_terms(queries.bargain_of(deal)), actor)


def _draft(deal: Deal, terms: dict[str, Any], actor: str) -> Paper:
    """Set the terms as a PDF under the market's seal, keep it, and ask whoever must sign."""
    kind = terms["paper"]
    version = documents.store(
        subject=deal.ref,
        kind=kind,
        title=f"{terms['heading'][0]} {deal.code}",
        name=f"{deal.code}-{kind}.pdf",
        content=seal.sealed(render.pdf(kind, terms), reason=" ".join(terms["heading"])),
        content_type="application/pdf",
        owner=deal.agency,
        by=None,
        readers=[deal.seller, deal.buyer],
    )
    paper = Paper.objects.create(deal=deal, kind=kind, version=version, terms=terms)
    audience = [getattr(deal, role).ref for role in moves.SIGNERS[kind]]
    _record("paper.drafted", deal, actor, audience=audience, paper=kind, sha256=version.sha256)
    return paper


@transaction.atomic
def note_incomplete(deal: Deal, *, actor: str) -> None:
    """Tell the agency, once, which particulars the contract still lacks [deal.contract_incomplete]."""
    told = journal.facts_about(deal.ref).filter(name=queries.INCOMPLETE)
    if not told.exists():
        lacking = list(queries.missing_terms(deal))
        _record(queries.INCOMPLETE, deal, actor, audience=[deal.agency.ref], missing=lacking)


@transaction.atomic
def sign(*, paper: Paper, role: str, by: User, sha256: str, statement: str) -> Signature:
    """Sign `paper` in `role` for the deal's party of that role; the last signature moves the deal on.

    `sha256` is of the document the signer read, `statement` the consent they gave (电子签名法 13-14). Signing twice gives
    the first signature. [paper.signed], then [deal.confirmed] or [deal.signed]. 404 for strangers; Refused
    `role.missing`, `signature.no_consent`, `paper.not_yours`, `paper.closed`, `right.blocked` while the rulebook bars the
    assignment the contract is about; Conflict `paper.changed` for another hash.
    """
    deal = _locked(paper.deal)
    paper = deal.papers.select_related("version").get(pk=paper.pk)
    if role not in moves.SIGNERS[paper.kind]:
        raise Refused("paper.not_yours")
    party = getattr(deal, role)
    parties.require(by, party)
    first = paper.signatures.filter(role=role).first()
    if first is not None:
        return first
    moves.check_signing(paper.kind, role, deal.state)
    if sha256 != paper.version.sha256:
        raise Conflict("paper.changed")
    if not statement.strip():
        raise Refused("signature.no_consent")
    if paper.kind == Paper.Kind.CONTRACT and (bars := readiness.bars_of(deal)):
        raise Refused("right.blocked", number=deal.right.number, blockers=bars)
    signature = Signature.objects.create(
        paper=paper, role=role, party=party, user=by, statement=statement.strip(), sha256=sha256
    )
    _record("paper.signed", deal, by.ref, paper=paper.kind, role=role, party_name=party.name, sha256=sha256)
    if not moves.missing_signers(paper.kind, paper.signatures.values_list("role", flat=True)):
        _advance(deal, moves.SIGNED_TO[paper.kind], by.ref, audience=_everyone(deal), told={})
    return signature


@transaction.atomic
def record_signatures(deal: Deal) -> Version:
    """Keep a record of every signature so far as a file of the deal (电子签名法 5, 13); unchanged: the same file."""
    deal = _locked(deal)
    return documents.store(
        subject=deal.ref,
        kind="signatures",
        title=f"电子签名记录 {deal.code}",
        name=f"{deal.code}-signatures.pdf",
        content=render.pdf("signatures", queries.signature_record(deal)),
        content_type="application/pdf",
        owner=deal.agency,
        by=None,
        readers=[deal.seller, deal.buyer],
    )


@transaction.atomic
def mark_paid(deal: Deal, *, actor: str, **because: str) -> Deal:
    """The whole price is in escrow [deal.paid]; `because` names what made it so ("charge": "charge:C-…")."""
    return _step(deal, Deal.State.PAID, actor, audience=(moves.SELLER, moves.BUYER, moves.AGENCY), told=because)


@transaction.atomic
def mark_filed(deal: Deal, *, actor: str, **because: str) -> Deal:
    """The change was filed at the office, also again after a refusal [deal.filed]; the filing itself tells people."""
    return _step(deal, Deal.State.FILED, actor, audience=(), told=because)


@transaction.atomic
def mark_title_passed(deal: Deal, *, on: date, actor: str, **because: str) -> Deal:
    """Title passed on the day `on` (R19) [deal.title_passed]: from now on the escrow may be shared out."""
    ensure(on <= clock.today(), f"title of {deal} passes in the future")
    passed = _step(
        deal,
        Deal.State.TITLE_PASSED,
        actor,
        audience=(moves.SELLER, moves.BUYER, moves.AGENCY),
        columns={"title_passed_on": on},
        told={"on": on.isoformat(), **because},
    )
    heed_rulebook(passed, actor=actor)
    return passed


@transaction.atomic
def mark_defaulted(deal: Deal, *, actor: str, **because: str) -> Deal:
    """The buyer did not do what the deal asked of it in time [deal.defaulted] (拍卖法 39); what becomes of the money and who
    may not bid again is for those who wake on the fact."""
    roles = (moves.SELLER, moves.BUYER, moves.AGENCY)
    return _step(deal, Deal.State.DEFAULTED, actor, audience=roles, told=because)


@transaction.atomic
def hold(deal: Deal, *, ref: str, reason: str, actor: str) -> Hold:
    """Keep the escrow from being shared out until `ref` releases it [deal.held, told to the agency]. Again: the same hold."""
    deal = _locked(deal)
    made, new = Hold.objects.get_or_create(deal=deal, ref=ref, defaults={"reason": reason, "placed_by": actor})
    if new:
        _record("deal.held", deal, actor, audience=[deal.agency.ref], reason=reason)
    return made


@transaction.atomic
def release_hold(deal: Deal, *, ref: str, actor: str) -> None:
    """Take back the hold that `ref` placed [deal.hold_released, told to the agency]. Again, or none there: nothing."""
    deal = _locked(deal)
    done = {"released_at": clock.now(), "released_by": actor}
    if Hold.objects.filter(deal=deal, ref=ref, released_at=None).update(**done):
        _record("deal.hold_released", deal, actor, audience=[deal.agency.ref], ref=ref)


@transaction.atomic
def heed_rulebook(deal: Deal, *, actor: str) -> tuple[Blocker, ...]:
    """Hold a deal the rulebook bars today, and release it when a later ask passes: what bars it, none once title passed.

    Whoever can cure something is asked for it (`market.rights.conditions`). A bar that is new is told to seller and agency
    [deal.barred], its end too [deal.unbarred]; asked again: nothing more.
    """
    deal = _locked(deal)
    found = readiness.readiness_of(deal).blockers if deal.state in moves.UNTITLED else ()
    need = {"opened_for": deal.ref, "seller": deal.seller, "asked_by": deal.agency, "price": deal.price}
    conditions.ask(deal.right, blockers=found, actor=actor, **need)
    bars = tuple(blocker for blocker in found if blocker.red)
    told = [deal.seller.ref, deal.agency.ref]
    held = deal.holds.filter(reason=RULEBOOK, released_at=None).first()
    if bars and held is None:
        earlier = deal.holds.filter(reason=RULEBOOK).count()
        hold(deal, ref=f"{RULEBOOK}:{earlier + 1}", reason=RULEBOOK, actor=actor)
        _record("deal.barred", deal, actor, audience=told, articles=[bar.article for bar in bars])
    elif held is not None and not bars:
        release_hold(deal, ref=held.ref, actor=actor)
        _record("deal.unbarred", deal, actor, audience=told)
    return bars


@transaction.atomic
def mark_refused(deal: Deal, *, actor: str, **because: str) -> Deal:
    """The office refused to record the change [deal.refused]; the filing itself tells people why."""
    return _step(deal, Deal.State.REFUSED, actor, audience=(), told=because)


@transaction.atomic
def mark_settled(deal: Deal, *, actor: str, **because: str) -> Deal:
    """The escrow has been shared out in the books [deal.settled]."""
    return _step(deal, Deal.State.SETTLED, actor, audience=(moves.SELLER, moves.AGENCY), told=because)


@transaction.atomic
def close(deal: Deal, *, actor: str, **because: str) -> Deal:
    """Everything is paid out [deal.closed]."""
    return _step(deal, Deal.State.CLOSED, actor, audience=(moves.SELLER, moves.BUYER, moves.AGENCY), told=because)


def _step(
    deal: Deal,
    to: str,
    actor: str,
    *,
    audience: tuple[str, ...],
    told: Mapping[str, str],
    columns: Mapping[str, Any] | None = None,
) -> Deal:
    """Move the locked deal to the state `to`, tell the roles named, and give it back; there already: nothing."""
    deal = _locked(deal)
    if deal.state != to:
        refs = [getattr(deal, role).ref for role in audience]
        _advance(deal, to, actor, audience=refs, told=told, columns=columns)
    return deal


def _advance(
    deal: Deal,
    to: str,
    actor: str,
    *,
    audience: list[str],
    told: Mapping[str, str],
    columns: Mapping[str, Any] | None = None,
) -> None:
    """Move a deal we hold, set the day the next step is due, and record it."""
    move(deal, to, due_on=moves.due_on(to, clock.today(), deal.agreed_days), **(columns or {}))
    _record(f"deal.{to}", deal, actor, audience=audience, **told)


def _locked(deal: Deal) -> Deal:
    """The deal as it is now, its row held until the transaction ends."""
    return queries.with_parties().select_for_update(of=("self",)).get(pk=deal.pk)


def _everyone(deal: Deal) -> list[str]:
    return [deal.seller.ref, deal.buyer.ref, deal.agency.ref]


def _record(name: str, deal: Deal, actor: str, *, audience: list[str] | None = None, **data: Any) -> None:
    """Record a fact about the deal, for its three parties unless told otherwise."""
    journal.record_many([_said(name, deal, actor, _everyone(deal) if audience is None else audience, **data)])


def _said(name: str, deal: Deal, actor: str, audience: list[str], **data: Any) -> Fact:
    title = {"title": deal.right.title, "title_en": deal.right.title_en}
    return journal.said(name, subject=deal.ref, actor=actor, audience=audience, deal=deal.code, **title, **data)
