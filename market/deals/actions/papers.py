"""The papers of a deal: drafted, signed by the roles that sign them, and the record of their signatures."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from market.deals import granting, queries, readiness
from market.deals.actions.holds import heed_rulebook
from market.deals.actions.rows import advance, everyone, locked, record
from market.deals.models import LICENCES, Deal, Paper, Signature
from market.deals.rules import moves, papers, particulars
from market.deals.rules.licensing import licence_terms, notice_terms
from market.deals.terms import queries as terms
from market.deals.terms.versions import check_bars
from market.documents import actions as documents
from market.documents import render, seal
from market.documents.models import Version
from market.kernel.errors import Conflict, Refused, ensure
from market.listings.models import Listing
from market.parties import access as parties
from market.parties.models import User
from market.trail import journal


@transaction.atomic
def draft_confirmation(deal: Deal, *, actor: str) -> Paper:
    """Draft the sale confirmation for buyer and agency to sign [paper.drafted]; again: the first draft."""
    deal = locked(deal)
    found = queries.paper_of(deal, Paper.Kind.CONFIRMATION)
    return found or _draft(deal, papers.confirmation_terms(queries.bargain_of(deal)), actor)


@transaction.atomic
def draft_contract(deal: Deal, *, actor: str, supplied: Mapping[str, str] | None = None) -> Paper:
    """Draft the contract of a confirmed deal, an assignment or, from the agreed terms, a licence [paper.drafted]; again: the
    first draft.

    `supplied` are particulars the register lacks, by name, as the agency vouches for them; they stay on the deal's
    record. Refused `deal.contract_incomplete` while a mandatory one is missing (R34), `paper.closed` before the
    confirmation is signed; of a licence `terms.unagreed` while its terms are not agreed, and as `check_bars`; `deal.no_contract`
    for a deal of another kind.
    """
    deal = locked(deal)
    found = queries.paper_of(deal, Paper.Kind.CONTRACT)
    if found is not None:
        return found
    if deal.state != Deal.State.CONFIRMED:
        raise Refused("paper.closed")
    if deal.mode not in (Listing.Mode.ASSIGNMENT, *LICENCES):
        raise Refused("deal.no_contract")
    if supplied:
        known = deal.facts_on_record.get("supplied", {})
        given = {name: text.strip() for name, text in supplied.items() if name in particulars.ASKED and text.strip()}
        deal.facts_on_record = {**deal.facts_on_record, "supplied": {**known, **given}}
        deal.save(update_fields=["facts_on_record"])
        heed_rulebook(deal, actor=actor)
    bargain = queries.bargain_of(deal)
    if deal.mode not in LICENCES:
        return _draft(deal, papers.contract_terms(bargain), actor)
    agreed = terms.agreed_terms(deal)
    if agreed is None:
        raise Refused("terms.unagreed")
    check_bars(agreed.document)
    return _draft(deal, licence_terms(bargain, agreed.document, agreed.number), actor)


@transaction.atomic
def draft_notice(deal: Deal, *, actor: str) -> Paper:
    """Draft the written notice by which the buyer of a fresh deal takes an open licence (专利法 51) [paper.drafted]; again: the
    first. The deal was opened with the terms declared."""
    deal = locked(deal)
    found = queries.paper_of(deal, Paper.Kind.NOTICE)
    if found is not None:
        return found
    agreed = terms.agreed_terms(deal)
    ensure(agreed is not None, f"{deal} takes an open licence without terms")
    return _draft(deal, notice_terms(queries.bargain_of(deal), agreed.document, agreed.number), actor)  # type: ignore[union-attr]


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
    record("paper.drafted", deal, actor, audience=audience, paper=kind, sha256=version.sha256)
    return paper


@transaction.atomic
def note_incomplete(deal: Deal, *, actor: str) -> None:
    """Tell the agency, once, which particulars the contract still lacks [deal.contract_incomplete]."""
    told = journal.facts_about(deal.ref).filter(name=queries.INCOMPLETE)
    if not told.exists():
        lacking = list(queries.missing_terms(deal))
        record(queries.INCOMPLETE, deal, actor, audience=[deal.agency.ref], missing=lacking)


@transaction.atomic
def sign(*, paper: Paper, role: str, by: User, sha256: str, statement: str) -> Signature:
    """Sign `paper` in `role` for the deal's party of that role; the last signature moves the deal on.

    `sha256` is of the document the signer read, `statement` the consent they gave (电子签名法 13-14). Signing twice gives
    the first signature. [paper.signed], then [deal.confirmed] or [deal.signed]. 404 for strangers; Refused
    `role.missing`, `signature.no_consent`, `paper.not_yours`, `paper.closed`, `right.blocked` while the rulebook bars what
    the contract is about, `grant.overlap` where a licence granted meanwhile covers part of it; Conflict `paper.changed` for
    another hash. The last signature under a licence contract enters the licence as a burden on the right; a sublicence burdens
    it no more than the licence it is granted under.
    """
    deal = locked(paper.deal)
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
    if paper.kind in moves.BINDING and (bars := readiness.bars_of(deal)):
        raise Refused("right.blocked", number=deal.right.number, blockers=bars)
    signature = Signature.objects.create(
        paper=paper, role=role, party=party, user=by, statement=statement.strip(), sha256=sha256
    )
    record("paper.signed", deal, by.ref, paper=paper.kind, role=role, **party.named("party_name"), sha256=sha256)
    if not moves.missing_signers(paper.kind, paper.signatures.values_list("role", flat=True)):
        document = readiness.agreed_document(deal)
        if paper.kind in moves.BINDING and document is not None and deal.within is None:
            granting.enter(deal, document, by=by)
        told = {} if queries.total_due(deal) else {"due": moves.NOTHING}
        advance(deal, moves.SIGNED_TO[paper.kind], by.ref, audience=everyone(deal), told=told)
    return signature


@transaction.atomic
def record_signatures(deal: Deal) -> Version:
    """Keep a record of every signature so far as a file of the deal (电子签名法 5, 13); unchanged: the same file."""
    deal = locked(deal)
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
