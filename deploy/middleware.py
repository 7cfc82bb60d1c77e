"""What every request gets at the roof: the party its user acts for, and a readable answer when the market refuses."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties import access


class PartyMiddleware(MiddlewareMixin):
    """Sets `request.party` (whom the user acts for, or None) and `request.agency` (the same, if it is an agency)."""

    def process_request(self, request: HttpRequest) -> None:
        """Both are looked up on first use, so a page that needs neither asks nothing; ask for their truth, as a lazy None
        is not None."""
        party = SimpleLazyObject(lambda: access.acting_party(request.user))
        agency = SimpleLazyObject(lambda: party if party and party.is_agency else None)
        vars(request).update(party=party, agency=agency)


class RefusalMiddleware(MiddlewareMixin):
    """Turns an uncaught refusal into its sentence: a page for people, a problem document (RFC 9457) for programs."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Only refusals; anything else is a fault and stays one."""
        if not isinstance(exception, Refused):
            return None
        words = sentence(exception)
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse(
                {
                    "type": f"/problems/{exception.code}",
                    "title": words,
                    "status": exception.status,
                    "code": exception.code,
                },
                status=exception.status,
                content_type="application/problem+json",
            )
        context = {"refusal": exception, "sentence": words}
        return render(request, "refused.html", context, status=exception.status)
