"""Pages that show several rooms at once: home, my page, the desk; they compose, they decide nothing."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """The front page: today's rooms, closing soon, new assets."""
    return render(request, "home.html")


@login_required
def me(request: HttpRequest) -> HttpResponse:
    """What waits for the signed-in user."""
    return render(request, "me.html")


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """The operating agency's day."""
    return render(request, "desk.html")


def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})
