"""The desk's kill switch: what stands still and why, the form that stops, and the button that lets it go on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from auctions import access, engine
from auctions.forms import HaltForm
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn

PAGE = 50


@login_required
def halts(request: SignedIn) -> HttpResponse:
    """What stands still and what did; POST stops."""
    circle = access.halting(request.user)
    form = HaltForm(request.POST or None, circle=circle)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                engine.stop(by=request.user, **form.cleaned_data)
            except Refused as refused:
                form.add_error(None, sentence(refused))
            else:
                messages.success(request, _("Stopped. No bid is taken, nothing closes, and the time stands still."))
                return redirect("desk-halts")
    rows = access.halts_of(circle)[:PAGE]
    context = {"form": form, "circle": circle, "standing": [row for row in rows if not row.is_over], "halts": rows}
    return render(request, "auctions/desk_halts.html", context, status=status)


@login_required
@require_POST
def release(request: SignedIn, code: str) -> HttpResponse:
    """One person's word that it may go on."""
    halt = access.halt_to_release(request.user, code)
    try:
        after = engine.release(halt, by=request.user)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        over = after.releases.count() >= after.RELEASES
        words = _("It goes on, with the time that was left.") if over else _("Noted. A second person has to agree.")
        messages.success(request, words)
    return redirect("desk-halts")
