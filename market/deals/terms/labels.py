"""How the terms form names what a document can say, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from market.deals.rules.bargain import Text
from market.deals.terms import paying, words
from market.rights.rules.granting import ECONOMIC

Words = Mapping[str, str | Promise]


def _own(pair: Text) -> str:
    return pair[0] if (get_language() or "").startswith("zh") else pair[1]


own = lazy(_own, str)  # a text in the reader's language, of its Chinese and English


EXCLUSIVITY: Words = {
    "non": _("Ordinary: the licensor may use it and license others"),
    "sole": _("Sole: besides the licensee only the licensor may use it"),
    "exclusive": _("Exclusive: only the licensee may use it"),
}
ACTS: Words = {act: own(pair) for act, pair in words.ACTS.items()}
_WORKED = ("make", "use", "offer", "sell", "import")
GRANTABLE: Mapping[str, tuple[str, ...]] = {
    "patent": _WORKED,
    "know_how": _WORKED,
    "trademark": ("use", "sell", "import"),
    "copyright": ECONOMIC,
    "ic_layout": ("reproduction", "sell", "import", "use"),
    "plant_variety": ("make", "offer", "sell", "import", "use"),
}
SUBLICENCE: Words = {
    "none": _("No sublicences"),
    "with_consent": _("With the licensor's consent"),
    "free": _("Freely"),
}
# What a sublicence may go beyond, by the places of `scope.beyond`.
NAMES: Words = {
    "right": _("The right"),
    "exclusivity": _("Kind of licence"),
    "grant": _("What may be done"),
    "territory": _("Territory"),
    "field": _("Field of use"),
    "term.start": _("From"),
    "term.end": _("Until"),
    "term.evergreen": _("Goes on after its end"),
    "sublicence": _("Sublicences"),
    "transferable": _("The licence may be transferred"),
}
SUMS: Words = {
    "": "—",
    "lump_sum": _("Lump sum"),
    "instalment": _("Instalment"),
    "entry_fee": _("Entry fee"),
    "advance": _("Advance"),
}
HELD: Words = {
    "": _("when a statement asks for it"),
    "escrow": _("into escrow on signing"),
    "recouped": _("by statement, set off against later royalties"),
}
ROYALTY: Words = {
    "": _("None"),
    "percent": _("A percentage of the base"),
    "sum": _("A sum for each unit"),
}
SCOPES: Words = {
    "cumulative": _("the whole licence"),
    "year": _("each calendar year"),
    "period": _("each period"),
}
PERIODS: Words = {
    "": _("None"),
    "month": _("Every month"),
    "quarter": _("Every quarter"),
    "half_year": _("Every half-year"),
    "year": _("Every year"),
}
DEDUCTIONS: Words = {name: own(pair) for name, pair in paying.DEDUCTIONS.items()}
TAX: Words = {"licensor": _("the licensor"), "licensee": _("the licensee")}
GRANTBACK: Words = {
    "none": _("stay with the licensee"),
    "non_exclusive": _("are licensed to the licensor"),
    "exclusive": _("are licensed to the licensor exclusively"),
    "assignment": _("go to the licensor"),
}
DISPUTES: Words = {"": _("not said"), "court": _("the people's court"), "arbitration": _("arbitration")}
