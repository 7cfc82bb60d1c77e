"""Reads of filings: an agency's desk in the order things are due, and one filing's history."""

from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language

from market.deals.models import Deal
from market.deals.open_licences.models import Declaration
from market.deals.rules.moves import ENDED_BADLY
from market.deals.rules.papers import office_of
from market.filings.models import Filing, FilingEntry
from market.filings.rules import steps
from market.parties.models import Party

# What still waits, for the agency or for the office.
OPEN = (Filing.State.PREPARED, Filing.State.SUBMITTED, Filing.State.CORRECTION, Filing.State.REFUSED)


def filings() -> QuerySet[Filing]:
    """Filings with what every page names."""
    named = [f"deal__{name}" for name in ("right", "seller", "buyer", "agency")]
    named += [f"declaration__{name}" for name in ("right", "holder", "agency", "pack")]
    return Filing.objects.select_related(*named, "pack__document__owner", "certificate__document__owner")


def _handed_in_by(agency: Party) -> QuerySet[Filing]:
    return filings().filter(Q(deal__agency=agency) | Q(declaration__agency=agency))


def waiting(agency: Party) -> QuerySet[Filing]:
    """The agency's open filings, the first due first; those that wait for the office's decision last."""
    at_office = Q(state__in=[Filing.State.SUBMITTED, Filing.State.CORRECTION])
    given_up = Q(declaration__state=Declaration.State.WITHDRAWN, purpose=Filing.Purpose.OPEN)
    undone = Q(deal__state__in=ENDED_BADLY) | given_up
    rows = _handed_in_by(agency).filter(state__in=OPEN).filter(at_office | ~undone)
    return rows.order_by(F("due_on").asc(nulls_last=True), "submitted_on", "pk")


def recorded(agency: Party) -> QuerySet[Filing]:
    """The agency's filings whose change is recorded, newest first."""
    return _handed_in_by(agency).filter(state=Filing.State.ACCEPTED).order_by("-decided_on", "-pk")


def filing_of(deal: Deal) -> Filing | None:
    """The filing of a deal that is under way, the transfer back once there is one; None before its pack was made."""
    return filings().filter(deal=deal).order_by("-pk").first()


def filing_about(declaration: Declaration) -> Filing | None:
    """The filing of a declaration that is under way, its withdrawal once there is one."""
    return filings().filter(declaration=declaration).order_by("-pk").first()


def passing_of(deal: Deal) -> Filing | None:
    """The filing by which title passed to the buyer."""
    return filings().filter(deal=deal, purpose=Filing.Purpose.PASS).first()


def steps_of(filing: Filing) -> tuple[str, ...]:
    """What may be entered next."""
    return steps.steps_of(filing.state, undone=filing.undone)


def history(filing: Filing) -> QuerySet[FilingEntry]:
    """What happened at the office, newest first."""
    return filing.entries.select_related("document__document__owner", "by").order_by("-pk")


def office(filing: Filing) -> str:
    """The office's name in the reader's language."""
    han, english = office_of(filing.right.kind, filing.office)
    return han if (get_language() or "").startswith("zh") else english.removeprefix("the ")
