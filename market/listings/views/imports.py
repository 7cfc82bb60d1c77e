"""The door for many rights at once: a file is handed in, read in the background, mended on the page, then entered."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from market.documents import actions as documents
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings import access
from market.listings.forms.listing import ImportForm
from market.parties.access import SignedIn
from market.parties.models import Party
from market.rights.importers import intake, reading
from market.rights.importers.access import import_for, imports_of
from market.rights.importers.delivery import form_of
from market.rights.importers.kept import why_of
from market.rights.importers.models import Import, ImportRow
from market.rights.importers.report import write_report
from market.rights.importers.template import write_template

PAGE, MENDED = 50, 20  # rows shown at once; such as are mended take more room
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: SignedIn) -> HttpResponse:
    """Hand in a file; it is stored and read in the background. The same file again leads to the import there is."""
    party = access.seller_of(request.user)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = _handed_in(request, party, file.name, file.read())
        except Refused as refused:
            form.add_error("file", sentence(refused))
        else:
            return redirect("sell-import-rows", run.code)
    context = {"form": form, "runs": imports_of(party)}
    return render(request, "listings/sell_import.html", context, status=422 if form.is_bound else 200)


def _handed_in(request: SignedIn, party: Party, name: str, content: bytes) -> Import:
    """Store a file under a name that says what it is, and begin to read it."""
    form = form_of(name, content) if content else "csv"
    version = documents.store(
        subject=party.ref,
        kind="import",
        title=name,
        name=name if name.lower().endswith(f".{form}") else f"{name}.{form}",
        content=content,
        content_type="",
        owner=party,
        by=request.user,
    )
    return reading.begin(version=version, party=party, by=request.user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rows(request: SignedIn, code: str) -> HttpResponse:
    """How far the reading is, then every row with what becomes of it; mistakes are mended here, the rest entered."""
    run = import_for(request.user, code)
    if request.method == "POST":
        return _done(request, run)
    counts = {row["outcome"]: row["rows"] for row in run.rows.order_by().values("outcome").annotate(rows=Count("pk"))}
    shown = request.GET.get("view", "")
    if shown not in _views():
        shown = next((view for view in (intake.REFUSED, intake.NEW, intake.CREATED) if counts.get(view)), intake.EXISTS)
    page = Paginator(run.rows.filter(outcome=shown), MENDED if shown == intake.REFUSED else PAGE).get_page(
        request.GET.get("page")
    )
    done, total = reading.progress(run)
    context = {
        "run": run,
        "busy": run.state in Import.WORKING,
        "done": done,
        "total": total,
        "counts": defaultdict(int, counts),
        "tabs": [
            {"label": label, "url": f"?view={view}", "count": counts[view], "current": view == shown}
            for view, label in _views().items()
            if counts.get(view)
        ],
        "page": page,
        "rows": [_shown(row) for row in page],
    }
    return render(request, "listings/sell_import_rows.html", context)


def _views() -> dict[str, str]:
    """The kinds of rows, those to look at first."""
    return {
        intake.REFUSED: _("With mistakes"),
        intake.NEW: _("Can be entered"),
        intake.EXISTS: _("Already there"),
        intake.CREATED: _("Entered"),
    }


def _done(request: SignedIn, run: Import) -> HttpResponse:
    """Do what a button of the page asks: mend, enter, try again."""
    asked = request.POST.get("do", "")
    try:
        if asked == "enter":
            reading.ask_to_enter(run)
        elif asked == "enter_in_part":
            reading.ask_to_enter_in_part(run)
        elif asked == "again":
            reading.ask_again(run)
        elif asked == "mend":
            right = reading.mend(run, _typed(request))
            said = ngettext("%(count)s row is right now.", "%(count)s rows are right now.", right)
            messages.success(request, said % {"count": right})
    except Refused as refused:
        messages.error(request, sentence(refused))
    return redirect(request.get_full_path() if asked == "mend" else reverse("sell-import-rows", args=[run.code]))


def _typed(request: HttpRequest) -> dict[int, dict[str, str]]:
    """What was typed, by the row's place and the column's key; every row the page showed is among them."""
    typed: dict[int, dict[str, str]] = {
        int(place): {} for place in request.POST.getlist("place")[:MENDED] if place.isdecimal()
    }
    for name, text in request.POST.items():
        _cell, _colon, rest = name.partition("cell:")
        place, _colon, key = rest.partition(":")
        if place.isdecimal() and int(place) in typed:
            typed[int(place)][key] = str(text)
    return typed


def _shown(row: ImportRow) -> dict[str, Any]:
    """A row as the page shows it: what is wrong with each cell beside the cell, the rest above."""
    why = [(column, sentence(refused)) for column, refused in why_of(row.why)]
    wrong = reading.wrong_in(row)
    fields = [
        {
            "name": f"cell:{row.place}:{key}",
            "label": heading,
            "value": row.cells.get(key, ""),
            "named": key in wrong,
            "wrong": [words for column, words in why if column == heading],
        }
        for key, heading in reading.fields_of(row).items()
    ]
    beside = {field["label"] for field in fields}
    said = row.draft or {}
    return {
        "row": row,
        "number": said.get("grant_no") or said.get("number") or row.cells.get("number") or row.cells.get("id", ""),
        "title": said.get("title") or row.cells.get("title", ""),
        "nice_class": said.get("nice_class"),
        "why": [(column, words) for column, words in why if column not in beside],
        "fields": [field for field in fields if field["named"]],
        "others": [field for field in fields if not field["named"]],
    }


@login_required
@require_safe
def state(request: SignedIn, code: str) -> HttpResponse:
    """How far an import is, for the page that shows it."""
    run = import_for(request.user, code)
    done, total = reading.progress(run)
    return JsonResponse({"busy": run.state in Import.WORKING, "state": run.state, "done": done, "total": total})


@login_required
@require_safe
def report(request: SignedIn, code: str) -> HttpResponse:
    """The rows with mistakes as a table to mend and hand in again."""
    run = import_for(request.user, code)
    response = HttpResponse(write_report(run), content_type=TYPES["csv"])
    response["Content-Disposition"] = f'attachment; filename="luochui-{run.code}-mistakes.csv"'
    return response


@login_required
@require_safe
def template(request: HttpRequest, form: str) -> HttpResponse:
    """The empty table to fill in, as CSV or XLSX. Refused `import.unknown_form` for anything else."""
    response = HttpResponse(write_template(form), content_type=TYPES.get(form, "application/octet-stream"))
    response["Content-Disposition"] = f'attachment; filename="luochui-rights.{form}"'
    return response
