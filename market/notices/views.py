"""The door of notices: what I was told, and the button that says I have read it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from market.notices import actions, queries
from market.parties.access import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: SignedIn) -> HttpResponse:
    """My notices by day, newest first; POST marks what was shown as read."""
    if request.method == "POST":
        newest = request.POST.get("up_to", "")
        if newest.isdecimal() and len(newest) < 19:
            actions.mark_read(user=request.user, up_to=int(newest))
        return HttpResponseRedirect(reverse("notifications"))
    before = request.GET.get("before", "")
    notices, further = queries.page(request.user, int(before) if before.isdecimal() and len(before) < 19 else None)
    context = {
        "days": queries.by_day(notices),
        "newest": notices[0].pk if notices else None,
        "next_url": f"?before={further}" if further else "",
        "first_url": reverse("notifications") if before else "",
    }
    return render(request, "notices/notifications.html", context)
