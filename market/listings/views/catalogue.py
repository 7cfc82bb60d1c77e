"""The catalogue's doors: the list with its filters, every one an address, and the same list as a file."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from market.kernel.formats import day
from market.kernel.tables import csv_file
from market.listings import queries, search
from market.listings.models import Listing
from market.listings.rules import FACETS, SORTS, Wanted
from market.rights.models import Copyright, LayoutDesign, Patent, PlantVariety, Right

FACET_WORDS: dict[str, str | Promise] = {
    "kind": gettext_lazy("Kind of right"),
    "detail": gettext_lazy("Type"),
    "mode": gettext_lazy("What is offered"),
    "pricing": gettext_lazy("How the price is found"),
    "industry": gettext_lazy("Industry"),
    "region": gettext_lazy("Region"),
    "auction": gettext_lazy("Auction"),
    "life": gettext_lazy("Remaining term"),
    "q": gettext_lazy("Search words"),
}
DETAIL_WORDS = {
    Right.Kind.PATENT: gettext_lazy("Type of patent"),
    Right.Kind.TRADEMARK: gettext_lazy("Nice class"),
    Right.Kind.COPYRIGHT: gettext_lazy("Kind of work"),
    Right.Kind.IC_LAYOUT: gettext_lazy("Function of the circuit"),
    Right.Kind.PLANT_VARIETY: gettext_lazy("How it grows"),
}
DETAIL_OPTIONS: dict[str, Mapping[str, str | Promise]] = {
    Right.Kind.PATENT: dict(Patent.Type.choices),
    Right.Kind.COPYRIGHT: dict(Copyright.Work.choices),
    Right.Kind.IC_LAYOUT: dict(LayoutDesign.Function.choices),
    Right.Kind.PLANT_VARIETY: dict(PlantVariety.Growth.choices),
}
OPTION_WORDS: dict[str, Mapping[str, str | Promise]] = {
    "kind": dict(Right.Kind.choices),
    "mode": dict(Listing.Mode.choices),
    "pricing": dict(Listing.Pricing.choices),
    "industry": dict(Right.Industry.choices),
    "auction": {"now": gettext_lazy("In a sale now")},
    "life": {
        "short": gettext_lazy("Under 5 years"),
        "medium": gettext_lazy("5 to 10 years"),
        "long": gettext_lazy("Over 10 years"),
    },
}
SORT_WORDS = {
    "newest": gettext_lazy("Newest"),
    "cheapest": gettext_lazy("Price, low to high"),
    "dearest": gettext_lazy("Price, high to low"),
}
OPEN = frozenset({"kind", "detail", "industry"})
MOST = 12  # options of a facet without a list of its own
CLASSES = tuple(str(number) for number in range(1, 46))


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """What is on offer, twenty-four at a time, narrowed by facets and words."""
    wanted = _asked(request)
    found = queries.catalogue(wanted)
    facets = [_facet(wanted, name, found.counts[name]) for name in FACETS if _shows(wanted, name)]
    context = {
        "wanted": wanted,
        "listings": found.listings,
        "total": found.total,
        "notes": _notes(wanted),
        "facets": [facet for facet in facets if facet["options"]],
        "chosen": _chips(wanted),
        "sorts": [
            {"label": SORT_WORDS[sort], "url": _url(wanted.with_("sort", sort)), "current": sort == wanted.sort}
            for sort in SORTS
        ],
        "keep": list(wanted.without("q").address().items()),
        "clear_url": reverse("catalogue") if wanted.chosen() or wanted.q else "",
        "next_url": _url(wanted.at(after=found.after)) if found.after else "",
        "prev_url": _url(wanted.at(before=found.before)) if found.before else "",
        "file_url": _url(wanted.without(), "catalogue-csv"),
        "drop": _word_of(wanted, found.drop) if found.drop else "",
        "drop_url": _url(wanted.without(found.drop)) if found.drop else "",
    }
    return render(request, "listings/catalogue.html", context)


def _asked(request: HttpRequest) -> Wanted:
    """The question in the address, only known answers in it."""
    kind = request.GET.get("kind", "")
    known: dict[str, Collection[str]] = {name: tuple(words) for name, words in OPTION_WORDS.items()}
    details = {"trademark": CLASSES} | {name: tuple(words) for name, words in DETAIL_OPTIONS.items()}
    return Wanted.read(request.GET, known | {"detail": details.get(kind, ())})


def _url(wanted: Wanted, name: str = "catalogue") -> str:
    return reverse(name, query=wanted.address())


def _notes(wanted: Wanted) -> list[str]:
    """What of the question was left out, in words."""
    notes = [
        _("The filter “%(facet)s” had a value that the catalogue does not know. It was left out.")
        % {"facet": _name_of(wanted, name)}
        for name in wanted.ignored
    ]
    if wanted.q and not search.phrases(wanted.q):
        notes.append(_("The search had no letter, figure or character in it. It was left out."))
    return notes


def _shows(wanted: Wanted, name: str) -> bool:
    return name != "detail" or bool(wanted.kind)


def _name_of(wanted: Wanted, name: str) -> str:
    """What a facet is called; what the detail is depends on the kind."""
    words = DETAIL_WORDS.get(Right.Kind(wanted.kind)) if name == "detail" and wanted.kind else None
    return str(words or FACET_WORDS[name])


def _option(wanted: Wanted, name: str, value: str) -> str:
    """What a value of a facet is called."""
    if name != "detail":
        return str(OPTION_WORDS.get(name, {}).get(value, value))
    if wanted.kind == Right.Kind.TRADEMARK:
        return _("Class %(number)s") % {"number": value}
    return str(DETAIL_OPTIONS.get(wanted.kind, {}).get(value, value))


def _facet(wanted: Wanted, name: str, counts: Mapping[str, str]) -> dict[str, Any]:
    """A facet for the filter list: its options in their own order, or the fullest ones where there is none."""
    chosen = getattr(wanted, name)
    order = list(OPTION_WORDS.get(name, {})) or list(counts)[:MOST]
    if name == "detail":
        order = sorted(counts, key=lambda value: (len(value), value)) if wanted.kind == "trademark" else list(counts)
    values = [value for value in order if value in counts or value == chosen]
    values += [chosen] if chosen and chosen not in values else []
    options = [
        {
            "label": _option(wanted, name, value),
            "url": _url(wanted.without(name) if value == chosen else wanted.with_(name, value)),
            "count": counts.get(value, "0"),
            "chosen": value == chosen,
        }
        for value in values
    ]
    return {"label": _name_of(wanted, name), "options": options, "open": bool(chosen) or name in OPEN}


def _chips(wanted: Wanted) -> list[dict[str, str]]:
    asked = [("q", wanted.q)] if wanted.q else []
    return [
        {"label": _word_of(wanted, name), "url": _url(wanted.without(name))}
        for name, _value in [*asked, *wanted.chosen().items()]
    ]


def _word_of(wanted: Wanted, name: str) -> str:
    """A chosen answer in words: its facet and its value."""
    value = getattr(wanted, name)
    return _("%(facet)s: %(value)s") % {"facet": _name_of(wanted, name), "value": _option(wanted, name, value)}


# The columns of the file: the key that stays, the words for readers, the cell.
COLUMNS: tuple[tuple[str, str | Promise, Callable[[Listing], object]], ...] = (
    ("code", gettext_lazy("Listing"), lambda one: one.code),
    ("kind", FACET_WORDS["kind"], lambda one: one.right.kind),
    ("type", FACET_WORDS["detail"], search.detail_of),
    ("number", gettext_lazy("Number"), lambda one: one.right.number),
    ("title", gettext_lazy("Title"), lambda one: one.right.title),
    ("title_en", gettext_lazy("English title"), lambda one: one.right.title_en),
    ("seller", gettext_lazy("Seller"), lambda one: str(one.seller)),
    ("agency", gettext_lazy("Agency"), lambda one: one.agency.name if one.agency else ""),
    ("industry", FACET_WORDS["industry"], lambda one: one.right.industry),
    ("region", FACET_WORDS["region"], lambda one: one.right.region or one.seller.region),
    ("mode", FACET_WORDS["mode"], lambda one: one.mode),
    ("pricing", FACET_WORDS["pricing"], lambda one: one.pricing),
    ("asking", gettext_lazy("Asking price"), lambda one: one.asking.plain() if one.asking else ""),
    ("currency", gettext_lazy("Currency"), lambda one: one.currency if one.asking else ""),
    ("state", gettext_lazy("State"), lambda one: one.state),
    ("expires_on", gettext_lazy("Last day in force"), lambda one: one.right.expires_on or ""),
    ("published_on", gettext_lazy("Published on"), lambda one: day(one.published_at)),
)


@require_safe
def catalogue_csv(request: HttpRequest) -> HttpResponse:
    """The same list as a table, at most `queries.ROWS` rows, readable by Excel; no cell is a formula."""
    headings = [f"{key} {words}" for key, words, _cell in COLUMNS]
    listed = queries.catalogue_rows(_asked(request))
    table = csv_file([headings, *([str(cell(listing)) for _key, _words, cell in COLUMNS] for listing in listed)])
    name = {"Content-Disposition": 'attachment; filename="assets.csv"'}
    return HttpResponse(table, content_type="text/csv; charset=utf-8", headers=name)
