"""Writes about filings: the pack prepared, and each thing that happened at the office entered as it happened.

The filing's row is locked first, then the deal's, then the right's. What the office did is an entry that stays.
Entering the same thing again gives the filing as it is; another thing that is not due now is a Conflict. Everything
but the pack is entered by somebody who may act for the deal's agency: 404 for strangers, Refused `role.missing`.
"""

from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction

from market.deals import actions as deals
from market.deals import granting, undoing
from market.deals import queries as of_deals
from market.deals.models import LICENCES, Deal
from market.deals.readiness import agreed_document, bars_of
from market.deals.rules.moves import ENDED_BADLY
from market.documents import actions as documents
from market.documents import queries as of_documents
from market.documents import render
from market.documents.models import Version
from market.documents.rules import clean_name
from market.filings import queries
from market.filings.models import Filing
from market.filings.rules import steps
from market.filings.rules.pack import pack
from market.filings.rules.request import licence_form, request_form
from market.kernel import clock
from market.kernel.calendar import add_months
from market.kernel.errors import Conflict, Refused
from market.kernel.states import move
from market.parties.access import require
from market.parties.models import User
from market.rights import actions as rights
from market.rights import passing
from market.rights import queries as of_rights
from market.rights.rules.intents import CLOSE
from market.rights.rules.title import title_date
from market.trail import journal

LICENCE_MONTHS = 3  # within which a licence is filed, counted from its contract


class Upload(NamedTuple):
    """A file as it came in: the office's receipt, notice or certificate."""

    name: str
    content: bytes
    content_type: str = "application/pdf"


@transaction.atomic
def prepare(deal: Deal, *, actor: str) -> Filing:
    """Make the pack for the office once the price is in escrow [filing.prepared]; again: the first filing.

    Refused `filing.deal_unpaid` before the price is paid, `filing.no_contract` without a signed contract.
    """
    deal = of_deals.with_parties().get(pk=deal.pk)
    first = queries.passing_of(deal)
    if first is not None:
        return first
    if deal.state != Deal.State.PAID:
        raise Refused("filing.deal_unpaid", deal=deal.code)
    return _prepared(deal, Filing.Purpose.PASS, actor)


@transaction.atomic
def prepare_return(deal: Deal, *, actor: str) -> Filing:
    """Make the pack for the transfer back of a deal undone after title had passed [filing.prepared]; again: the same filing.

    Refused `filing.not_returning` for any other deal.
    """
    deal = of_deals.with_parties().get(pk=deal.pk)
    first = queries.filing_of(deal)
    if first is not None and first.back:
        return first
    if deal.state != Deal.State.RETURNING:
        raise Refused("filing.not_returning", deal=deal.code)
    return _prepared(deal, Filing.Purpose.RETURN, actor)


def _prepared(deal: Deal, purpose: str, actor: str) -> Filing:
    try:
        with transaction.atomic():
            filing = Filing.objects.create(deal=deal, purpose=purpose, office=deal.right.office, due_on=_due_on(deal))
    except IntegrityError:
        return queries.filings().get(deal=deal, purpose=purpose)
    filing.pack = _keep(filing, "filing-pack", Upload(f"{filing.code}.zip", pack(_papers(filing))), by=None)
    filing.save(update_fields=["pack"])  # the pack is kept under the filing's code, so the row comes first
    _record("filing.prepared", filing, actor, audience=[deal.agency.ref])
    return filing


def _due_on(deal: Deal) -> date | None:
    """By when it is handed in: as the deal has it, a licence within three months of its contract (专利法实施细则 15)."""
    signed_on = of_deals.contract_signed_on(deal)
    return add_months(signed_on, LICENCE_MONTHS) if deal.mode in LICENCES and signed_on else deal.due_on


def _papers(filing: Filing) -> dict[str, bytes]:
    """The request form, the signed papers, the record of their signatures and the consents on file, by name."""
    deal = filing.deal
    signed = {paper.kind: _bytes(paper.version) for paper in of_deals.papers_of(deal)}
    consents = {
        f"5-consent-{version.document.code}-{version.name}": _bytes(version)
        for consent in of_rights.consents(deal.right)
        if consent.document is not None
        for version in of_documents.latest_about(consent.document.subject).filter(document=consent.document)
    }
    enclosed = [*sorted(signed, reverse=True), "signatures", *(["consent"] if consents else [])]
    bargain = of_deals.bargain_of(deal)
    if filing.back:
        bargain = replace(bargain, seller=bargain.buyer, buyer=bargain.seller, owners=(bargain.buyer.name,))
        ground = list(of_documents.latest_about(deal.ref, "rescission"))
        consents = {f"5-ground-{version.name}": _bytes(version) for version in ground}
        enclosed = [*sorted(signed, reverse=True), "signatures", *(["ground"] if ground else [])]
    form = request_form(bargain, contract_on=_contract_on(filing), enclosed=enclosed)
    template = f"recordal_{deal.right.kind}"
    document = agreed_document(deal)
    if document is not None:
        form, template = {**form, **licence_form(bargain.kind, document, sorted(signed))}, "recordal_licence"
    return {
        "1-request.pdf": render.pdf(template, form),
        **{f"{2 + place}-{kind}.pdf": signed[kind] for place, kind in enumerate(sorted(signed, reverse=True))},
        "4-signatures.pdf": render.pdf("signatures", of_deals.signature_record(deal)),
        **consents,
    }


def _bytes(version: Version) -> bytes:
    with version.file.open("rb") as file:
        return bytes(file.read())


@transaction.atomic
def submit(filing: Filing, *, number: str, on: date, by: User) -> Filing:
    """Enter that the pack was handed in `on` under the office's file `number` [filing.submitted]; the deal is filed.

    Refused `filing.number_missing`, `filing.date_ahead`, `filing.before_contract`, and `right.blocked` while the register
    bars the transfer, as the office would refuse it.
    """
    filing, number = _locked(filing, by), steps.number_of(number)
    if _entered(filing, steps.SUBMIT, by, on=on, number=number):
        return filing
    _check_due_now(filing, steps.SUBMIT)
    if not filing.back and (bars := bars_of(filing.deal, "" if filing.grants else CLOSE)):
        raise Refused("right.blocked", number=filing.deal.right.number, blockers=bars)
    steps.check_filed(on, contract_on=_contract_on(filing), today=clock.today())
    _hand_in(filing, steps.SUBMIT, by, on=on, number=number)
    return filing


@transaction.atomic
def resubmit(
    filing: Filing, *, on: date, by: User, number: str = "", note: str = "", document: Upload | None = None
) -> Filing:
    """Enter that the correction asked for was handed in, or a refused recordal applied for anew [filing.submitted].

    A correction keeps its file number unless told another; a new application has a new one. Refused
    `filing.number_missing`, `filing.date_ahead`, `filing.before_notice`.
    """
    filing, note = _locked(filing, by), note.strip()
    anew = filing.state == Filing.State.REFUSED
    number = steps.number_of(number if number.strip() or anew else filing.office_number)
    if _entered(filing, steps.RESUBMIT, by, on=on, number=number, note=note):
        return filing
    _check_due_now(filing, steps.RESUBMIT)
    steps.check_answered(on, asked_on=filing.entries.order_by("-pk")[0].on, today=clock.today())
    kept = _kept(filing, steps.RESUBMIT, document, by)
    _hand_in(filing, steps.RESUBMIT, by, on=on, number=number, note=note, document=kept)
    return filing


def _hand_in(filing: Filing, step: str, by: User, *, on: date, number: str, **said: Any) -> None:
    """Move on to submitted, the deal to filed; the office decides when it decides, so nothing is due."""
    columns = {"office_number": number, "submitted_on": on, "due_on": None}
    _enter(filing, step, by, on=on, number=number, columns=columns, **said)
    if not filing.back:
        deals.mark_filed(filing.deal, actor=by.ref, filing=filing.ref)
    _record("filing.submitted", filing, by.ref, number=number, on=on.isoformat())


@transaction.atomic
def request_correction(filing: Filing, *, note: str, due_on: date, document: Upload | None, by: User) -> Filing:
    """Enter the office's notice to correct, with what it asks and by when [filing.correction].

    Refused `filing.note_missing`, `filing.due_early`.
    """
    filing, note, today = _locked(filing, by), steps.note_of(note), clock.today()
    if _entered(filing, steps.CORRECT, by, on=today, note=note):
        return filing
    _check_due_now(filing, steps.CORRECT)
    steps.check_due(due_on, submitted_on=filing.submitted_on or today)
    kept = _kept(filing, steps.CORRECT, document, by)
    _enter(filing, steps.CORRECT, by, on=today, note=note, document=kept, columns={"due_on": due_on})
    _record("filing.correction", filing, by.ref, note=note, due_on=due_on.isoformat())
    return filing


@transaction.atomic
def accept(filing: Filing, *, number: str, on: date, certificate: Upload | None, by: User) -> Filing:
    """Enter that the office recorded the change `on`, proved by its `certificate`: title passes, or the licence is on file
    [filing.accepted].

    `on` is the day of registration of a patent (专利法 10), of the gazette of a mark (商标法 42), of the recordal of a
    copyright contract, whose title passed with the contract already (R19). The deal tells everybody. Refused
    `filing.number_missing`, `filing.no_certificate`, `filing.date_ahead`, `filing.before_submission`, and
    `right.blocked` while the register bars the transfer.
    """
    filing, number = _locked(filing, by), steps.number_of(number)
    if _entered(filing, steps.ACCEPT, by, on=on, number=number):
        return filing
    _check_due_now(filing, steps.ACCEPT)
    deal, contract_on = filing.deal, _contract_on(filing)
    steps.check_decided(deal.right.kind, on, submitted_on=filing.submitted_on or contract_on, today=clock.today())
    if certificate is None:
        raise Refused("filing.no_certificate")
    if filing.grants:
        passed_on = _record_licence(filing, number, on, by)
    else:
        passed_on = _return_title(filing, on, by) if filing.back else _pass_title(filing, contract_on, on, by)
    proof = _kept(filing, steps.ACCEPT, certificate, by)
    columns = {"decided_on": on, "due_on": None, "certificate": proof}
    _enter(filing, steps.ACCEPT, by, on=on, number=number, document=proof, columns=columns)
    told = {"number": number, "on": on.isoformat(), "title_on": passed_on.isoformat()}
    _record("filing.accepted", filing, by.ref, audience=[], **told)
    return filing


def _record_licence(filing: Filing, number: str, on: date, by: User) -> date:
    """The office has the licence on file under `number`; title stays where it is."""
    deals.mark_recorded(filing.deal, on=on, actor=by.ref, filing=filing.ref)
    burden = granting.entered(filing.deal)
    if burden is not None:
        rights.file_licence(burden, number=number, by=by)
    return on


def _pass_title(filing: Filing, contract_on: date, on: date, by: User) -> date:
    deal = filing.deal
    passed_on = title_date(deal.right.kind, contract_on, on) or on
    deals.mark_title_passed(deal, on=passed_on, actor=by.ref, filing=filing.ref)
    sold = {"seller": deal.seller, "to": deal.buyer}
    passing.pass_title(deal.right, on=passed_on, source=filing.ref, actor=by.ref, **sold)
    return passed_on


def _return_title(filing: Filing, on: date, by: User) -> date:
    """The register's day counts for every kind: no contract passes the title back. The deal ends, its money goes back."""
    deal, first = filing.deal, queries.passing_of(filing.deal)
    passed_by = first.ref if first else ""
    passing.return_title(deal.right, holder=deal.buyer, passed_by=passed_by, on=on, source=filing.ref, actor=by.ref)
    undoing.end_return(deal, actor=by.ref, filing=filing.ref)
    return on


@transaction.atomic
def withdraw(filing: Filing, *, note: str, by: User, document: Upload | None = None) -> Filing:
    """Enter that the filing of a deal undone was withdrawn at the office [filing.withdrawn]: its escrow may go back.

    Refused `filing.note_missing`.
    """
    return _end_at_office(filing, steps.WITHDRAW, note, by, document)


@transaction.atomic
def refuse(filing: Filing, *, note: str, by: User, document: Upload | None = None) -> Filing:
    """Enter that the office refused to record the change, and why [filing.refused]; the deal waits for a cure.

    Refused `filing.note_missing`.
    """
    return _end_at_office(filing, steps.REFUSE, note, by, document)


def _end_at_office(filing: Filing, step: str, note: str, by: User, document: Upload | None) -> Filing:
    """Enter that the office does not record the change; a deal undone meanwhile need not wait for it any more."""
    filing, note, today = _locked(filing, by), steps.note_of(note), clock.today()
    if _entered(filing, step, by, on=today, note=note):
        return filing
    _check_due_now(filing, step)
    deal = filing.deal
    if _undone(filing):
        deals.release_hold(deal, ref=undoing.AT_OFFICE, actor=by.ref)
    elif not filing.back:
        deal = deals.mark_refused(deal, actor=by.ref, filing=filing.ref)
    kept = _kept(filing, step, document, by)
    _enter(filing, step, by, on=today, note=note, document=kept, columns={"due_on": deal.due_on})
    _record(f"filing.{filing.state}", filing, by.ref, note=note)
    return filing


def _undone(filing: Filing) -> bool:
    return filing.deal.state in ENDED_BADLY


def _locked(filing: Filing, by: User) -> Filing:
    """The filing as it is now, its row held until the transaction ends, for who may act for its agency."""
    filing = queries.filings().select_for_update(of=("self",)).get(pk=filing.pk)
    require(by, filing.deal.agency)
    return filing


def _entered(filing: Filing, step: str, by: User, *, on: date, number: str = "", note: str = "") -> bool:
    """Whether the last entry says just this, by the same person: the form came twice."""
    last = filing.entries.order_by("-pk").first()
    said = (steps.LEADS_TO[step], on, number, note, by.pk)
    return last is not None and (last.kind, last.on, last.number, last.note, last.by_id) == said


def _check_due_now(filing: Filing, step: str) -> None:
    """Conflict `filing.outrun` when the filing is no longer where this step may be entered."""
    if step not in queries.steps_of(filing):
        raise Conflict("filing.outrun", state=filing.get_state_display())


def _contract_on(filing: Filing) -> date:
    """The day the contract took effect. Refused `filing.no_contract` when it has not."""
    signed_on = of_deals.contract_signed_on(filing.deal)
    if signed_on is None:
        raise Refused("filing.no_contract", deal=filing.deal.code)
    return signed_on


def _enter(
    filing: Filing,
    step: str,
    by: User,
    *,
    on: date,
    columns: dict[str, Any],
    number: str = "",
    note: str = "",
    document: Version | None = None,
) -> None:
    """Move the filing and write the entry that says why."""
    to = steps.LEADS_TO[step]
    move(filing, to, **columns)
    filing.entries.create(kind=to, on=on, number=number, note=note, document=document, by=by)


def _kept(filing: Filing, step: str, upload: Upload | None, by: User) -> Version | None:
    """The office's paper, kept last, when nothing else can be refused any more."""
    return _keep(filing, f"filing-{steps.LEADS_TO[step]}", upload, by=by) if upload else None


def _keep(filing: Filing, kind: str, upload: Upload, *, by: User | None) -> Version:
    """Keep a file about the filing: the agency's, open to seller and buyer."""
    deal = filing.deal
    return documents.store(
        subject=filing.ref,
        kind=kind,
        title=clean_name(upload.name),
        name=upload.name,
        content=upload.content,
        content_type=upload.content_type,
        owner=deal.agency,
        by=by,
        readers=[deal.seller, deal.buyer],
    )


def _record(name: str, filing: Filing, actor: str, *, audience: list[str] | None = None, **data: Any) -> None:
    """Record a fact about the filing, for the deal's three parties unless told otherwise."""
    deal = filing.deal
    told = [deal.seller.ref, deal.buyer.ref, deal.agency.ref] if audience is None else audience
    title = {"title": deal.right.title, "title_en": deal.right.title_en}
    journal.record(name, subject=filing.ref, actor=actor, audience=told, deal=deal.code, **title, **data)
