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
from market.rights.importers import intake
from market.rights.importers.delivery import read_delivery
from market.rights.importers.drafts import Line, RightDraft
from market.rights.importers.intake import Judged
from market.rights.importers.template import write_template

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
    rows = intake.judge(list(_lines(version)))
    good = [judged.line.draft for judged in rows if judged.outcome == intake.NEW and judged.line.draft]
    if request.method == "POST":
        entered = sum(_enter(draft, party, request.user) for draft in good[:AT_ONCE])
        messages.success(request, _("Entered as drafts: %(count)s.") % {"count": entered})
        return redirect(request.get_full_path())
    counts = Counter(judged.outcome for judged in rows)
    context = {"version": version, "rows": list(map(_shown, rows[:SHOWN])), "more": max(0, len(rows) - SHOWN)}
    context |= {"counts": counts, "good": len(good), "at_once": AT_ONCE}
    return render(request, "listings/sell_import_rows.html", context)


def _lines(version: Version) -> Iterator[Line]:
    with version.file.open("rb") as file:
        yield from read_delivery(version.name, file.read(), today=clock.today())


def _shown(judged: Judged) -> dict[str, Any]:
    """A line as the page shows it: ok, with a warning, there already, or refused; and why."""
    outcome = judged.outcome
    if outcome == intake.NEW:
        outcome = "warning" if judged.why else "ok"
    why = [(column, sentence(refused)) for column, refused in judged.why]
    return {"line": judged.line, "outcome": outcome, "why": why}


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
