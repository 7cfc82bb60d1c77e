"""The desk's view of facts whose handler gave up: what happened, what failed, and the button that runs it again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from market.parties.access import SignedIn
from market.payments import access
from market.trail import journal


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deliveries(request: SignedIn) -> HttpResponse:
    """The dead deliveries; POST `delivery` runs one of them again."""
    if request.method == "POST":
        number = request.POST.get("delivery", "")
        journal.run_again(
            access.dead_delivery_for(request.user, int(number) if number.isdecimal() and len(number) < 19 else 0)
        )
        messages.success(request, _("It runs again within a second. If it fails again, it comes back here."))
        return redirect("desk-deliveries")
    return render(request, "payments/deliveries.html", {"deliveries": access.dead_deliveries_for(request.user)})
