"""The walk of a filing at the office, each step entered as it happened.

The filing's row is locked first, then the deal's or the declaration's, then the right's. What the office did is an entry that
stays. Entering the same thing again gives the filing as it is; another thing that is not due now is a Conflict. Everything is
entered by somebody who may act for the agency: 404 for strangers, Refused `role.missing`.
"""

from datetime import date
from typing import Any

from django.db import transaction

from market.documents.uploads import Upload
from market.filings.actions.about_deals import AboutDeal
from market.filings.actions.about_open_licences import AboutDeclaration
from market.filings.actions.rows import check_due_now, enter, entered, kept, locked, record
from market.filings.models import Filing
from market.filings.rules import steps
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import User


def _about(filing: Filing) -> AboutDeal | AboutDeclaration:
    return AboutDeal(filing) if filing.deal else AboutDeclaration(filing)


@transaction.atomic
def submit(filing: Filing, *, number: str, on: date, by: User) -> Filing:
    """Enter that the pack was handed in `on` under the office's file `number` [filing.submitted]; the deal is filed.

    Refused `filing.number_missing`, `filing.date_ahead`, `filing.before_contract`, and `right.blocked` while the register
    bars the transfer, as the office would refuse it.
    """
    filing, number = locked(filing, by), steps.number_of(number)
    if entered(filing, steps.SUBMIT, by, on=on, number=number):
        return filing
    check_due_now(filing, steps.SUBMIT)
    about = _about(filing)
    if bars := about.bars():
        raise Refused("right.blocked", number=filing.right.number, blockers=bars)
    about.check_filed(on)
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
    filing, note = locked(filing, by), note.strip()
    anew = filing.state == Filing.State.REFUSED
    number = steps.number_of(number if number.strip() or anew else filing.office_number)
    if entered(filing, steps.RESUBMIT, by, on=on, number=number, note=note):
        return filing
    check_due_now(filing, steps.RESUBMIT)
    steps.check_answered(on, asked_on=filing.entries.order_by("-pk")[0].on, today=clock.today())
    proof = kept(filing, steps.RESUBMIT, document, by)
    _hand_in(filing, steps.RESUBMIT, by, on=on, number=number, note=note, document=proof)
    return filing


def _hand_in(filing: Filing, step: str, by: User, *, on: date, number: str, **said: Any) -> None:
    """Move on to submitted, the deal to filed; the office decides when it decides, so nothing is due."""
    columns = {"office_number": number, "submitted_on": on, "due_on": None}
    enter(filing, step, by, on=on, number=number, columns=columns, **said)
    _about(filing).handed_in(by.ref)
    record("filing.submitted", filing, by.ref, number=number, on=on.isoformat())


@transaction.atomic
def request_correction(filing: Filing, *, note: str, due_on: date, document: Upload | None, by: User) -> Filing:
    """Enter the office's notice to correct, with what it asks and by when [filing.correction].

    Refused `filing.note_missing`, `filing.due_early`.
    """
    filing, note, today = locked(filing, by), steps.note_of(note), clock.today()
    if entered(filing, steps.CORRECT, by, on=today, note=note):
        return filing
    check_due_now(filing, steps.CORRECT)
    steps.check_due(due_on, submitted_on=filing.submitted_on or today)
    proof = kept(filing, steps.CORRECT, document, by)
    enter(filing, steps.CORRECT, by, on=today, note=note, document=proof, columns={"due_on": due_on})
    record("filing.correction", filing, by.ref, note=note, due_on=due_on.isoformat())
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
    filing, number = locked(filing, by), steps.number_of(number)
    if entered(filing, steps.ACCEPT, by, on=on, number=number):
        return filing
    check_due_now(filing, steps.ACCEPT)
    steps.check_decided(filing.kind, on, submitted_on=filing.submitted_on or on, today=clock.today())
    if certificate is None:
        raise Refused("filing.no_certificate")
    passed_on = _about(filing).accepted(number, on, by)
    proof = kept(filing, steps.ACCEPT, certificate, by)
    columns = {"decided_on": on, "due_on": None, "certificate": proof}
    enter(filing, steps.ACCEPT, by, on=on, number=number, document=proof, columns=columns)
    told = {"number": number, "on": on.isoformat(), "title_on": passed_on.isoformat()}
    record("filing.accepted", filing, by.ref, audience=[], **told)
    return filing


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
    filing, note, today = locked(filing, by), steps.note_of(note), clock.today()
    if entered(filing, step, by, on=today, note=note):
        return filing
    check_due_now(filing, step)
    due_on = _about(filing).ended(by.ref)
    proof = kept(filing, step, document, by)
    enter(filing, step, by, on=today, note=note, document=proof, columns={"due_on": due_on})
    record(f"filing.{filing.state}", filing, by.ref, note=note)
    return filing
