"""What the lint found, in the reader's words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from market.deals.terms.documents import Document
from market.deals.terms.lint import lint

FINDINGS = {
    "improvements": _("Improvements go to one side for nothing, or may not be made: void."),
    "competing": _("Competing technology may not be used: void."),
    "limits": _("Quantity, price, channels or export are limited without reason: void."),
    "tying": _("Something not needed must be taken as well: void."),
    "sources": _("Materials or equipment must come from one source: void."),
    "no_challenge": _("The right may not be challenged: void."),
    "outlives_right": _("The licence outlives its right: void from then on."),
    "no_reports": _("Royalties run, but nobody has to report sales: add the reporting period and its days."),
    "patent_particulars": _("The contract lacks particulars of the patent."),
    "copyright_particulars": _("The contract lacks what a contract about a work must state."),
    "paid_after_right": _("A sum falls due after the right has ended."),
    "no_end": _("No end is agreed: the licence has no limit in time."),
    "no_books": _("Royalties run, but nobody may inspect the books."),
    "no_base": _("Royalties run, but their base is not defined."),
    "sole_grant_back": _("Improvements go exclusively to one side: look at the price and at competition law."),
}


def findings_of(document: Document) -> list[dict[str, Any]]:
    """Every finding about the document, with its grade, its provision, its place and what exactly it is about."""
    return [
        {"grade": found.grade, "text": FINDINGS[found.code], "law": found.law, "place": found.place, "what": found.what}
        for found in lint(document)
    ]
