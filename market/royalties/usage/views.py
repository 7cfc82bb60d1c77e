"""The licensee's page for reports by table and by program: the template, the upload with its faults, and the keys."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel.downloads import table_file
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn
from market.rights.importers.cells import read_grid
from market.royalties.amendments.queries import terms_today
from market.royalties.models import Licence, ReportingPeriod
from market.royalties.usage import access, actions, rules
from market.royalties.usage.forms import KeyForm, TableForm

FAULTS = 100  # shown at once
State = ReportingPeriod.State


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def usage(request: SignedIn, code: str) -> HttpResponse:
    """Report by table: every row is kept, or none and each fault is named; and the keys of the licence."""
    licence = access.licence_for(request.user, code)
    form, faults, status = TableForm(), list[rules.Fault](), 200
    if request.method == "POST":
        form, status = TableForm(request.POST, request.FILES), 422
        if form.is_valid():
            try:
                told, faults = _told(licence, form.cleaned_data["file"])
                faults = faults or actions.report_all(licence=licence, told=told, by=request.user)
            except Refused as refused:
                form.add_error("file", sentence(refused))
            else:
                if not faults:
                    messages.success(request, _("Reported. The licensor has been told."))
                    return redirect("licence", code=code)
    return _page(request, licence, status, form=form, faults=faults)


def _told(licence: Licence, file: Any) -> tuple[dict[int, tuple[int, dict[str, Any]]], list[rules.Fault]]:
    """What the file says. Refused as the reader of tables, `import.no_rows` when it says nothing."""
    grid = read_grid(file.name, file.read())
    if not grid.rows:
        raise Refused("royalty.no_rows", name=file.name)
    places = rules.places_of(grid.rows[0][1], rules.columns_of(terms_today(licence)), file.name)
    told, faults = rules.read(grid.rows[1:], places, licence.currency)
    if not told and not faults:
        raise Refused("royalty.no_rows", name=file.name)
    return told, faults


@login_required
@require_safe
def template(request: SignedIn, code: str, form: str) -> HttpResponse:
    """The table to fill in, with a row for each product of each period that waits for its report."""
    licence = access.licence_for(request.user, code)
    waiting = licence.periods.filter(state__in=(State.OPEN, State.REPORTED)).order_by("number")
    rows = rules.template(terms_today(licence), waiting.values_list("number", flat=True)[:500])
    return table_file(rows, form, name=f"usage-{licence.code}", sheet="销售 Sales")


@login_required
@require_POST
def new_key(request: SignedIn, code: str) -> HttpResponse:
    """Issue a key: its secret is on this answer and nowhere else."""
    licence, form = access.licence_for(request.user, code), KeyForm(request.POST)
    secret, status = "", 422
    if form.is_valid():
        try:
            _key, secret = actions.issue_key(licence=licence, name=form.cleaned_data["name"], by=request.user)
            form, status = KeyForm(), 200
        except Refused as refused:
            form.add_error(None, sentence(refused))
    answer = _page(request, licence, status, key_form=form, secret=secret)
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_POST
def revoke_key(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Revoke a key."""
    actions.revoke_key(key=access.key_for(request.user, code, pk), by=request.user)
    messages.success(request, _("Revoked. Programs that use this key are turned away."))
    return redirect("royalty-usage", code=code)


def _page(request: SignedIn, licence: Licence, status: int, **more: Any) -> HttpResponse:
    waiting = licence.periods.filter(state=State.OPEN).order_by("number")
    context = {
        "licence": licence,
        "form": TableForm(),
        "key_form": KeyForm(),
        "keys": licence.keys.filter(revoked_at=None)[:10],
        "waiting": waiting[:12],
        **more,
    }
    faults = list(more.get("faults", ()))[:FAULTS]
    context["rows"] = [(fault.row, rules.HEADINGS.get(fault.column, ""), sentence(fault.why)) for fault in faults]
    return render(request, "royalties/usage.html", context, status=status)
