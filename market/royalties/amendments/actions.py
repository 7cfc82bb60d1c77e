"""Writes about supplementary agreements: proposed, adopted and drafted, signed by both sides, withdrawn."""

from datetime import date
from typing import Any

from django.db import transaction

from market.deals.terms import check, digest
from market.deals.terms.versions import check_bars, check_paid, check_within
from market.documents import actions as documents
from market.documents import render, seal
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.states import move
from market.parties.access import require
from market.parties.models import Party, User
from market.royalties import queries as licences
from market.royalties.amendments import queries, rules
from market.royalties.amendments.models import Amendment, AmendmentSignature
from market.royalties.models import Licence, Sublicence
from market.royalties.rules import reading
from market.royalties.telling import named
from market.trail import journal

State = Amendment.State
ROLES = ("licensor", "licensee")


@transaction.atomic
def propose(*, licence: Licence, role: str, document: Any, since: date, by: User) -> Amendment:
    """Propose other terms for the periods from the day `since` on, in the `role` of licensor or licensee
    [amendment.proposed -> the other side, agency]; one that is proposed already is withdrawn. The same again: the first.

    404 for strangers; Refused `role.missing`, `amendment.not_yours`, `amendment.drafted` while one waits for signatures,
    `amendment.ended`, `amendment.scope`, `amendment.same`, `amendment.since`, `terms.…` as `check`, `terms.unpaid`,
    `licence.void`, `licence.no_reports`, `sublicence.beyond`.
    """
    licence, party = _locked(licence, role, by)
    document = dict(check(document))
    known = queries.open_of(licence)
    if known is not None and (known.sha256, known.since) == (digest(document), since):
        return known
    if known is not None and known.state == State.DRAFTED:
        raise Refused("amendment.drafted")
    _check(licence, document, since)
    if known is not None:
        move(known, State.WITHDRAWN)
    made = Amendment.objects.create(
        licence=licence,
        number=licence.amendments.count() + 1,
        document=document,
        sha256=digest(document),
        since=since,
        proposed_by=party,
        by=by,
    )
    other = licence.licensee if party.pk == licence.licensor_id else licence.licensor
    _record("amendment.proposed", made, by, [other, licence.agency])
    return made


@transaction.atomic
def adopt(*, amendment: Amendment, role: str, sha256: str, by: User) -> Amendment:
    """The other side agrees to the terms under the hash it read, and the agreement is drafted for both to sign
    [amendment.drafted -> both]. Again: the same. Refused as `propose`, `terms.own` for one's own proposal; Conflict
    `terms.outrun` where it is not the open one or other terms were read."""
    licence, party = _locked(amendment.licence, role, by)
    amendment = queries.amendments().get(pk=amendment.pk)
    if amendment.state in (State.DRAFTED, State.SIGNED) and amendment.sha256 == sha256:
        return amendment
    if amendment.state != State.PROPOSED or amendment.sha256 != sha256:
        raise Conflict("terms.outrun")
    if amendment.proposed_by_id == party.pk:
        raise Refused("terms.own")
    _check(licence, amendment.document, amendment.since)
    move(amendment, State.DRAFTED, paper=_drafted(amendment))
    _record("amendment.drafted", amendment, by, [licence.licensor, licence.licensee])
    return amendment


@transaction.atomic
def sign(*, amendment: Amendment, role: str, sha256: str, statement: str, by: User) -> AmendmentSignature:
    """Sign the agreement for licensor or licensee, under the hash of the file that was read (电子签名法 13-14); with the second
    signature its terms hold for the periods from its day on [amendment.signed -> both, agency]. Again: the first signature.

    Refused `paper.closed` unless it waits for signatures, `signature.no_consent`, `amendment.since` where periods were opened
    meanwhile; Conflict `paper.changed` for another hash.
    """
    licence, party = _locked(amendment.licence, role, by)
    amendment = queries.amendments().get(pk=amendment.pk)
    first = amendment.signatures.filter(role=role).first()
    if first is not None:
        return first
    if amendment.state != State.DRAFTED or amendment.paper is None:
        raise Refused("paper.closed")
    if sha256 != amendment.paper.sha256:
        raise Conflict("paper.changed")
    if not statement.strip():
        raise Refused("signature.no_consent")
    _check(licence, amendment.document, amendment.since)
    given = {"party": party, "user": by, "statement": statement.strip(), "sha256": sha256}
    made = AmendmentSignature.objects.create(amendment=amendment, role=role, **given)
    if amendment.signatures.count() == len(ROLES):
        _take_effect(licence, amendment)
        _record("amendment.signed", amendment, by, [licence.licensor, licence.licensee, licence.agency])
    return made


@transaction.atomic
def withdraw(*, amendment: Amendment, role: str, by: User) -> Amendment:
    """Either side gives up what is not signed by both [amendment.withdrawn -> both]. Again: the same. Refused `state.illegal`
    once it is."""
    licence, _party = _locked(amendment.licence, role, by)
    amendment = queries.amendments().get(pk=amendment.pk)
    if amendment.state != State.WITHDRAWN:
        move(amendment, State.WITHDRAWN)
        _record("amendment.withdrawn", amendment, by, [licence.licensor, licence.licensee])
    return amendment


def _take_effect(licence: Licence, amendment: Amendment) -> None:
    """The terms hold: periods are opened where something is owed by now, and sublicences are shared as they say."""
    move(amendment, State.SIGNED)
    terms = reading.royalty_terms(amendment.document, licence.currency)
    if reading.is_owed(terms):
        Licence.objects.filter(pk=licence.pk).update(opens_on=None)  # a run looks when the next period is over
    Sublicence.objects.filter(head=licence).update(shared=bool(terms.sublicence))


def _check(licence: Licence, document: Any, since: date) -> None:
    """Whether the terms may hold for the licence from that day on."""
    if licence.state == Licence.State.ENDED:
        raise Refused("amendment.ended")
    rules.check_changes(queries.last_terms(licence), document, currency=licence.currency, every=licence.every)
    check_paid(document)
    check_bars(document)
    above = Sublicence.objects.filter(licence=licence).first()
    if above is not None:
        check_within(document, above.document)
    last = queries.signed_of(licence).last()
    opened = max(filter(None, (queries.last_opened(licence), last.since if last else None)), default=None)
    rules.check_since(since, today=clock.today(), begun=licence.since, until=licence.until, opened=opened)


def _drafted(amendment: Amendment) -> Any:
    """The agreement as a PDF under the market's seal."""
    licence = amendment.licence
    terms = rules.paper_terms(
        queries.last_terms(licence),
        amendment.document,
        code=licence.code,
        number=amendment.number,
        since=amendment.since,
        sides={"licensor": licence.licensor.name, "licensee": licence.licensee.name},
        dated=clock.today(),
    )
    return documents.store(
        subject=licence.ref,
        kind="supplement",
        title=f"{terms['heading'][0]} {terms['number']}",
        name=f"{licence.code}-supplement-{amendment.number}.pdf",
        content=seal.sealed(render.pdf("contract", terms), reason=" ".join(terms["heading"])),
        content_type="application/pdf",
        owner=licence.agency,
        by=None,
        readers=[licence.licensor, licence.licensee],
    )


def _locked(licence: Licence, role: str, by: User) -> tuple[Licence, Party]:
    """The licence behind its lock and the party of its `role`, for somebody who may act for it."""
    if role not in ROLES:
        raise Refused("amendment.not_yours")
    party: Party = getattr(licence, role)
    require(by, party)
    return licences.licences().select_for_update(of=("self",)).get(pk=licence.pk), party


def _record(name: str, amendment: Amendment, by: User, told: list[Party]) -> None:
    licence = amendment.licence
    said = {"place": amendment.number, "since": amendment.since.isoformat(), "sha256": amendment.sha256}
    audience = [party.ref for party in told]
    journal.record(name, subject=licence.ref, actor=by.ref, audience=audience, **named(licence), **said)
