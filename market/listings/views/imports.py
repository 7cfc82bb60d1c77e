"""The door for many rights at once: a table is uploaded, every row is shown with what it would do, then entered."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from market.documents import actions as documents
from market.documents.access import version_for
from market.documents.models import Version
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings import access, actions
from market.listings.forms.listing import ImportForm
from market.parties.access import SignedIn
from market.parties.models import Party, User
from market.rights.importers.delivery import Line, read_delivery
from market.rights.importers.drafts import RightDraft
from market.rights.importers.template import write_template
from market.rights.queries import entered_among, owners_named

AT_ONCE = 1_000  # rows entered by one press; pressing again goes on with the rest
SHOWN = 1_000
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: SignedIn) -> HttpResponse:
    """Upload a table; look at every row; enter the good ones. The file is kept, so a reload loses nothing."""
    party = access.seller_of(request.user)
    kept = request.GET.get("file", "")
    if kept:
        return _preview(request, party, version_for(request.user, kept))
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            version = documents.store(
                subject=party.ref,
                kind="import",
                title=file.name,
                name=file.name,
                content=file.read(),
                content_type=file.content_type or "",
                owner=party,
                by=request.user,
            )
        except Refused as refused:
            form.add_error("file", sentence(refused))
        else:
            return redirect(f"{reverse('sell-import')}?file={version.document.code}")
    return render(request, "listings/sell_import.html", {"form": form}, status=422 if form.is_bound else 200)


def _preview(request: SignedIn, party: Party, version: Version) -> HttpResponse:
    """Every row of the file with what would become of it; a POST enters the good ones that are not there yet."""
    rows = _rows(list(_lines(version)))
    if request.method == "POST":
        good = [row["line"].draft for row in rows if row["outcome"] in ("ok", "warning")]
        entered = sum(_enter(draft, party, request.user) for draft in good[:AT_ONCE])
        messages.success(request, _("Entered as drafts: %(count)s.") % {"count": entered})
        return redirect(request.get_full_path())
    counts = Counter(str(row["outcome"]) for row in rows)
    context = {"version": version, "rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN), "counts": counts}
    context |= {"good": counts["ok"] + counts["warning"], "at_once": AT_ONCE}
    return render(request, "listings/sell_import_rows.html", context)


def _lines(version: Version) -> Iterator[Line]:
    with version.file.open("rb") as file:
        yield from read_delivery(version.name, file.read(), today=clock.today())


def _rows(lines: list[Line]) -> list[dict[str, Any]]:
    """Each line as the page shows it: ok, with a warning, there already, or refused; and why."""
    drafts = [line.draft for line in lines if line.draft is not None]
    known = dict(zip(map(id, drafts), entered_among(drafts), strict=True))
    parties = owners_named(drafts)
    rows = []
    for line in lines:
        why = [(column, sentence(refused)) for column, refused in line.faults]
        outcome = "refused"
        if line.draft is not None:
            strangers = [code for code in line.draft.holder_usccs if code not in parties]
            why = [("", sentence(Refused("import.holder_unknown", uscc=code))) for code in strangers]
            warnings = [("", sentence(warning)) for warning in line.draft.warnings]
            outcome = "exists" if known[id(line.draft)] else "refused" if why else "warning" if warnings else "ok"
            why += warnings
        rows.append({"line": line, "outcome": outcome, "why": why})
    return rows


def _enter(draft: RightDraft, party: Party, user: User) -> bool:
    """Enter one right and begin its listing, in a transaction of its own; whether it was entered."""
    try:
        actions.bring_in(described=draft, seller=party, by=user)
    except Refused:
        return False
    return True


@login_required
@require_safe
def template(request: HttpRequest, form: str) -> HttpResponse:
    """The empty table to fill in, as CSV or XLSX. Refused `import.unknown_form` for anything else."""
    response = HttpResponse(write_template(form), content_type=TYPES.get(form, "application/octet-stream"))
    response["Content-Disposition"] = f'attachment; filename="luochui-rights.{form}"'
    return response
