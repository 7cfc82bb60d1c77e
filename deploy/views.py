"""Pages that show several rooms at once: home, my page, the desk; they compose, they decide nothing."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from market.parties.access import agency_of
from market.payments.queries import late_refunds


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: today's rooms, opening soon, just closed, new assets."""
    return render(request, "home.html")


@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """What waits for the signed-in user."""
    return render(request, "me.html")


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The operating agency's day; nobody else learns that it exists."""
    return render(request, "desk.html", {"agency": agency_of(request.user)})


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process reaches its database, and how many deposits should have gone back by now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True, "late_refunds": late_refunds().count()})
