"""Comparables that nobody has to type: those of a file, those of this market's published results, and the table to fill in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from market.kernel.downloads import table_file
from market.kernel.errors import Refused
from market.kernel.money import EXPONENTS
from market.kernel.words import sentence
from market.listings.models import Listing
from market.rights.importers.cells import read_grid
from valuation.guidance import tables
from valuation.guidance.queries import YEARS, hammered_like


@login_required
@require_safe
def template(request: HttpRequest, method: str, form: str) -> HttpResponse:
    """The table to fill in for a method that takes comparables."""
    if method not in tables.COMPARED:
        raise Http404
    return table_file([tables.headings(method)], form, name=f"comparables-{method}", sheet="可比交易 Comparables")


def taken(request: HttpRequest, method: str, listing: Listing) -> dict[str, str]:
    """What the form says of comparables after "take them": lines, and where they come from; a message where there are none."""
    try:
        if request.POST["fill"] == "market" and method == tables.COUNTED:
            return _of_the_market(listing, request.POST.get("currency", ""), request)
        if request.POST["fill"] == "file" and method in tables.COMPARED:
            return _of_a_file(request, method)
    except Refused as refused:
        messages.error(request, sentence(refused))
    return {}


def _of_a_file(request: HttpRequest, method: str) -> dict[str, str]:
    file, currency = request.FILES.get("table"), request.POST.get("currency", "")
    if file is None:
        raise Refused("valuation.no_table")
    grid = read_grid(file.name or "", file.read())
    text = tables.lines(method, file.name or "", grid.rows, currency if currency in EXPONENTS else "CNY")
    return {"comparables": text, "comparables_source": (file.name or "")[:200]}


def _of_the_market(listing: Listing, currency: str, request: HttpRequest) -> dict[str, str]:
    sales = hammered_like(listing, currency)
    if not sales:
        raise Refused("valuation.none_published", years=YEARS)
    source = _("Published results on this market, last %(years)s years: %(count)s") % {
        "years": YEARS,
        "count": len(sales),
    }
    counted = {"denominator": "all", "subject_assets": request.POST.get("subject_assets") or "1"}
    return {"comparables": tables.sales_as_lines(sales), "comparables_source": source, **counted}
