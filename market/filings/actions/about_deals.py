"""What a filing about a deal packs, and what each step at the office does to the deal and to the title of its right."""

from dataclasses import replace
from datetime import date

from django.db import transaction

from market.deals import actions as deals
from market.deals import granting, undoing
from market.deals import queries as of_deals
from market.deals.models import LICENCES, Deal
from market.deals.readiness import agreed_document, bars_of
from market.deals.register import consents_of
from market.deals.rules.recordal import licence_form, request_form, transfer_of
from market.documents import queries as of_documents
from market.documents import render
from market.filings import queries
from market.filings.actions.rows import prepared
from market.filings.models import Filing
from market.filings.rules import steps
from market.kernel import clock
from market.kernel.calendar import add_months
from market.kernel.errors import Refused
from market.parties.models import User
from market.rights import actions as rights
from market.rights import passing
from market.rights.rules.intents import CLOSE
from market.rights.rules.rulebook import Blocker
from market.rights.rules.title import title_date

LICENCE_MONTHS = 3  # within which a licence is filed, counted from its contract


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
    told = [deal.agency.ref]
    return prepared(_papers, actor, told=told, due_on=_due_on(deal), deal=deal, purpose=purpose)


def _due_on(deal: Deal) -> date | None:
    """By when it is handed in: as the deal has it, a licence within three months of its contract (专利法实施细则 15)."""
    signed_on = of_deals.contract_signed_on(deal)
    return add_months(signed_on, LICENCE_MONTHS) if deal.mode in LICENCES and signed_on else deal.due_on


def _papers(filing: Filing) -> dict[str, bytes]:
    """The request form, the signed papers, the record of their signatures and the consents on file, by name."""
    about = AboutDeal(filing)
    deal = about.deal
    signed = {paper.kind: of_documents.content_of(paper.version) for paper in of_deals.papers_of(deal)}
    extra = consents_of(deal.right, 5)
    enclosed = [*sorted(signed, reverse=True), "signatures", *(["consent"] if extra else [])]
    bargain = of_deals.bargain_of(deal)
    if filing.back:
        bargain = replace(bargain, seller=bargain.buyer, buyer=bargain.seller, owners=(bargain.buyer.name,))
        ground = list(of_documents.latest_about(deal.ref, "rescission"))
        extra = {f"5-ground-{version.name}": of_documents.content_of(version) for version in ground}
        enclosed = [*sorted(signed, reverse=True), "signatures", *(["ground"] if ground else [])]
    form = request_form(transfer_of(bargain, about.contract_on()), enclosed=enclosed)
    template = f"recordal_{deal.right.kind}"
    document = agreed_document(deal)
    if document is not None:
        form, template = {**form, **licence_form(bargain.kind, document, sorted(signed))}, "recordal_licence"
    return {
        "1-request.pdf": render.pdf(template, form),
        **{f"{2 + place}-{kind}.pdf": signed[kind] for place, kind in enumerate(sorted(signed, reverse=True))},
        "4-signatures.pdf": render.pdf("signatures", of_deals.signature_record(deal)),
        **extra,
    }


class AboutDeal:
    """The deal a filing is about, as the walk asks it and tells it."""

    def __init__(self, filing: Filing) -> None:
        self.filing = filing
        self.deal: Deal = filing.about  # type: ignore[assignment]

    def contract_on(self) -> date:
        """The day the contract took effect, before which nothing is filed. Refused `filing.no_contract` when it has not."""
        signed_on = of_deals.contract_signed_on(self.deal)
        if signed_on is None:
            raise Refused("filing.no_contract", deal=self.deal.code)
        return signed_on

    def check_filed(self, on: date) -> None:
        """Refused `filing.date_ahead`, `filing.before_contract`, `filing.no_contract`."""
        steps.check_filed(on, contract_on=self.contract_on(), today=clock.today())

    def bars(self) -> tuple[Blocker, ...]:
        """Why the office would refuse it; nothing bars the way back."""
        return () if self.filing.back else bars_of(self.deal, "" if self.filing.grants else CLOSE)

    def handed_in(self, actor: str) -> None:
        """The deal is filed."""
        if not self.filing.back:
            deals.mark_filed(self.deal, actor=actor, filing=self.filing.ref)

    def accepted(self, number: str, on: date, by: User) -> date:
        """Title passes, or goes back, or the licence is on file; the day it did."""
        if self.filing.grants:
            return self._record_licence(number, on, by)
        return self._return_title(on, by) if self.filing.back else self._pass_title(on, by)

    def ended(self, actor: str) -> date | None:
        """The office does not record it: a deal undone meanwhile need not wait for it any more, another one is refused; when
        its next step is due."""
        if self.filing.undone:
            deals.release_hold(self.deal, ref=undoing.AT_OFFICE, actor=actor)
        elif not self.filing.back:
            return deals.mark_refused(self.deal, actor=actor, filing=self.filing.ref).due_on
        return self.deal.due_on

    def _record_licence(self, number: str, on: date, by: User) -> date:
        """The office has the licence on file under `number`; title stays where it is."""
        deals.mark_recorded(self.deal, on=on, actor=by.ref, filing=self.filing.ref)
        burden = granting.entered(self.deal)
        if burden is not None:
            rights.file_licence(burden, number=number, by=by)
        return on

    def _pass_title(self, on: date, by: User) -> date:
        deal, source = self.deal, self.filing.ref
        passed_on = title_date(deal.right.kind, self.contract_on(), on) or on
        deals.mark_title_passed(deal, on=passed_on, actor=by.ref, filing=source)
        sold = {"seller": deal.seller, "to": deal.buyer}
        passing.pass_title(deal.right, on=passed_on, source=source, actor=by.ref, **sold)
        return passed_on

    def _return_title(self, on: date, by: User) -> date:
        """The register's day counts for every kind: no contract passes the title back. The deal ends, its money goes back."""
        deal, first = self.deal, queries.passing_of(self.deal)
        ref, passed_by = self.filing.ref, first.ref if first else ""
        passing.return_title(deal.right, holder=deal.buyer, passed_by=passed_by, on=on, source=ref, actor=by.ref)
        undoing.end_return(deal, actor=by.ref, filing=ref)
        return on
