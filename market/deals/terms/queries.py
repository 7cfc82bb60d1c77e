"""Reads of a deal's terms: its versions, which one both sides agreed to, who has to speak next, and what a draft starts from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from market.deals import register
from market.deals.rules import moves
from market.deals.rules.moves import BUYER, SELLER
from market.deals.terms.documents import Document
from market.deals.terms.lint import BARS, VOID, Finding, lint
from market.deals.terms.models import TermsVersion
from market.deals.terms.words import USUAL_BREACH
from market.kernel.calendar import add_working_days, months_later
from market.kernel.money import Money
from market.parties.models import Party
from market.rights.models import Right

BOTH = (SELLER, BUYER)
USUAL_MONTHS = 60  # how long a licence lasts in a first draft, unless its right ends before
# What a licence of each kind of right grants in a first draft: everything the law lets one do with it.
USUAL_GRANT: Mapping[str, tuple[str, ...]] = {
    "patent": ("make", "use", "offer", "sell", "import"),
    "trademark": ("use",),
    "copyright": ("reproduction", "distribution", "communication"),
    "ic_layout": ("reproduction", "sell", "import"),
    "plant_variety": ("make", "sell"),
}


def versions_of(deal: Any) -> QuerySet[TermsVersion]:
    """The versions of a deal's terms, the newest first."""
    return deal.terms.select_related("proposed_by", "adoption__party").order_by("-number")  # type: ignore[no-any-return]


def agreed_terms(deal: Any) -> TermsVersion | None:
    """The newest version that both sides agreed to; None before there is one."""
    return next((version for version in versions_of(deal) if version.agreed), None)


def are_open(deal: Any) -> bool:
    """Whether the terms can still change: until a contract is drafted from them."""
    return deal.state in moves.SIGNED_IN.values() and not deal.papers.filter(kind__in=moves.BINDING).exists()


def to_speak(deals: Iterable[Any]) -> dict[int, tuple[str, ...]]:
    """By the pk of each deal, who has to propose or adopt terms before a contract can be drafted: nobody once agreed
    terms are there that nothing bars. One question for all of them."""
    rows, seen = list(deals), defaultdict[int, list[TermsVersion]](list)
    found = TermsVersion.objects.filter(deal__in=[deal.pk for deal in rows]).select_related("adoption")
    for version in found.order_by("-number") if rows else ():
        seen[version.deal_id].append(version)
    return {deal.pk: _to_speak(deal, seen[deal.pk]) for deal in rows}


def _to_speak(deal: Any, versions: list[TermsVersion]) -> tuple[str, ...]:
    if not versions:
        return BOTH
    latest = versions[0]
    if latest.agreed:
        return BOTH if bars_in(latest.document) else ()
    return (BUYER,) if latest.proposed_by_id == deal.seller_id else (SELLER,)


def bars_in(document: Document) -> list[Finding]:
    """The findings each of which keeps the contract from being signed."""
    return [finding for finding in lint(document) if finding.grade in BARS]


def void_in(document: Document) -> list[Finding]:
    """Those of them that make a clause void."""
    return [finding for finding in bars_in(document) if finding.grade == VOID]


def standard(
    *,
    right: Right,
    licensor: Party,
    licensee: Party,
    price: Money,
    start: date,
    asset: Document | None = None,
    months: int = USUAL_MONTHS,
) -> dict[str, Any]:
    """The terms a draft starts from: an ordinary licence in China for five years, paid in one sum on signing; without a price
    the royalties are yet to be written.

    Silence means an ordinary licence (技术合同解释 25); `asset` are the register's particulars unless given.
    """
    end = months_later(start, months)
    due_on = add_working_days(start, moves.DAYS["confirmed"] + moves.DAYS["signed"])  # time to sign, then to pay
    sum_ = {"kind": "lump_sum", "amount": price.wire(), "due_on": due_on.isoformat(), "in_escrow": True}
    return {
        "version": "terms/1",
        **about(right, licensor, licensee, asset),
        "grant": list(USUAL_GRANT[right.kind]),
        "exclusivity": "non",
        "territory": ["CN"],
        "field": [],
        "term": {"start": start.isoformat(), "end": min(end, right.expires_on or end).isoformat()},
        "sublicence": "none",
        "transferable": False,
        "improvements": {"grantback": "none"},
        "payments": [sum_] if price else [],
        "breach": " ".join(USUAL_BREACH),
        "disputes": "court",
        "governing_law": "CN",
    }


def about(right: Right, licensor: Party, licensee: Party, asset: Document | None = None) -> dict[str, Any]:
    """What nobody negotiates: the right as the register has it, and the two sides."""
    return {
        "right": right.kind,
        "asset": [asset or asset_of(register.particulars_of(right))],
        "licensor": {"name": licensor.name, "code": licensor.code},
        "licensee": {"name": licensee.name, "code": licensee.code},
    }


def asset_of(particulars: Mapping[str, str]) -> dict[str, str]:
    """A right's particulars (`rules.particulars.LABELS`) as the document names them; blank ones left out."""
    numbers = ("patent_no", "registration_no", "certificate_no", "variety_no")
    owners = ("patentee", "registrant", "owner", "holder")
    found = {
        "name": particulars.get("words") or particulars["title"],
        "number": next((particulars[name] for name in numbers if particulars.get(name)), ""),
        "application_number": particulars.get("application_no", ""),
        "applicant": particulars.get("applicant", ""),
        "holder": next((particulars[name] for name in owners if particulars.get(name)), ""),
        "filed_on": particulars.get("filed_on", ""),
        "expires_on": particulars.get("expires_on", ""),
    }
    return {name: said[:500] for name, said in found.items() if said}
