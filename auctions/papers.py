"""The papers of a lot whose bidding is over: its record, drafted from the log under the market's seal, and signed."""

from django.db import transaction

from auctions import live
from auctions.models import Lot, Record, RecordSignature, Sale
from auctions.rules import record as rules
from market.documents import actions as documents
from market.documents import render, seal
from market.kernel.errors import Conflict, Refused
from market.parties import access as parties
from market.parties.models import User
from market.trail import journal

SHOWN = ("sale__agency", "sale__auctioneer", "listing__seller", "listing__right", "leader__party")


@transaction.atomic
def draft_record(lot: Lot) -> Record:
    """Set the record of a lot that was sold or passed in as a sealed PDF and ask whoever must sign [record.drafted].

    Seller, buyer and agency may read it; the other bidders stand in it by paddle alone. Again: the first record.
    """
    lot = Lot.objects.select_for_update(no_key=True, of=("self",)).select_related(*SHOWN).get(pk=lot.pk)
    found = Record.objects.filter(lot=lot).first()
    if found is not None:
        return found
    sold, won = lot.state == Lot.State.SOLD, live.won_by(lot)
    buyers = [row for row in lot.bidders.select_related("party") if row.paddle in won]
    host = lot.sale.auctioneer if lot.sale.mode == Sale.Mode.AUCTION else None
    right = lot.listing.right
    of = rules.Particulars(
        lot=lot.code,
        number=lot.number,
        mode=lot.sale.mode,
        sale=lot.sale.title,
        agency=lot.sale.agency.name,
        seller=lot.listing.seller.name,
        right=right.title,
        right_number=right.number,
        ruleset=live.state_of(lot).terms.ruleset,
        auctioneer=f"{host.name} {host.certificate}" if host else "",
        buyers=tuple((row.party.name, row.paddle or 0, won[row.paddle or 0]) for row in buyers),
        price=lot.price if sold else None,
        head=lot.head,
    )
    said = rules.terms(of, [live.as_public(event) for event in lot.events.order_by("seq")])
    version = documents.store(
        subject=lot.ref,
        kind="record",
        title=f"{said['heading'][0]} {lot.code}",
        name=f"{lot.code}-record.pdf",
        content=seal.sealed(render.pdf("record", said), reason=" ".join(said["heading"])),
        content_type="application/pdf",
        owner=lot.sale.agency,
        by=None,
        readers=[lot.listing.seller, *(row.party for row in buyers)],
    )
    roles = rules.roles(lot.sale.mode, buyers=len(buyers))
    record = Record.objects.create(lot=lot, version=version, terms=said, roles=roles)
    audience = [lot.sale.agency.ref, *(row.party.ref for row in buyers if rules.BUYER in roles)]
    data = {"lot": lot.code, **right.named, "sha256": version.sha256}
    journal.record("record.drafted", subject=lot.ref, actor="system:papers", audience=audience, **data)
    return record


def role_of(record: Record, user: User) -> str:
    """In which role `user` may sign now: the named auctioneer, another of the agency's people, the buyer's; "" for none.

    One person signs once: who conducted the auction does not also record it.
    """
    signed = {signature.role: signature.user_id for signature in record.signatures.all()}
    if user.pk in signed.values():
        return ""
    lot, acting = record.lot, parties.acting_party(user)
    host = lot.sale.auctioneer
    hosts = host is not None and host.user_id == user.pk and RecordSignature.Role.AUCTIONEER in record.roles
    may = acting is not None and parties.may_act(user, acting)
    fits = {
        RecordSignature.Role.AUCTIONEER: hosts,
        RecordSignature.Role.RECORDER: may and not hosts and acting == lot.sale.agency,
        RecordSignature.Role.BUYER: may and lot.leader is not None and acting == lot.leader.party,
    }
    return next((role for role in record.roles if role not in signed and fits[role]), "")


@transaction.atomic
def sign_record(*, record: Record, by: User, sha256: str, statement: str) -> RecordSignature:
    """Sign the record in the one role `by` has there [record.signed].

    Refused `paper.not_yours`, `signature.no_consent`; Conflict `paper.changed` for another hash than the file's.
    """
    record = Record.objects.select_for_update(of=("self",)).select_related("version", "lot").get(pk=record.pk)
    record.lot = Lot.objects.select_related(*SHOWN).get(pk=record.lot_id)
    role = role_of(record, by)
    if not role:
        raise Refused("paper.not_yours")
    if sha256 != record.version.sha256:
        raise Conflict("paper.changed")
    if not statement.strip():
        raise Refused("signature.no_consent")
    made = RecordSignature.objects.create(record=record, role=role, user=by, statement=statement.strip(), sha256=sha256)
    lot = record.lot
    journal.record("record.signed", subject=lot.ref, actor=by.ref, audience=[], lot=lot.code, role=role, sha256=sha256)
    return made
