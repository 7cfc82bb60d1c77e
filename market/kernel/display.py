"""Large text and the light or dark theme: a reader's choice, kept in cookies and written into <html> by the server."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR = 365 * 24 * 3600
# Cookie -> the values that stand; anything else (normal, system) takes the choice back.
CHOICES = {"size": ("large",), "theme": ("light", "dark")}


def choices(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Context processor: `display.size` and `display.theme`, empty for the ordinary page."""
    kept = {name: request.COOKIES.get(name, "") for name in CHOICES}
    return {"display": {name: value if value in CHOICES[name] else "" for name, value in kept.items()}}


@require_POST
def set_display(request: HttpRequest) -> HttpResponse:
    """Keep the size or the theme just chosen for a year and go back to the page."""
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    for name, allowed in CHOICES.items():
        value = request.POST.get(name)
        if value in allowed:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
            )
        elif value is not None:
            response.delete_cookie(name)
    return response
