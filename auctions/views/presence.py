"""From which network and browser a lot's own people come, kept as digests for fair play and for nothing else."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from auctions import fairplay
from auctions.models import Bidder, Lot

COOKIE = "seat"  # a random mark of this browser; says nothing by itself
DAYS = 180


def noted(request: HttpRequest, lot: Lot, bidder: Bidder | None) -> str:
    """Note where a bidder, the seller or the agency looks at the lot from; the browser's mark, or "" for everybody else."""
    party = getattr(request, "party", None)
    concerned = bidder is not None or (party and party.pk in (lot.listing.seller_id, lot.sale.agency_id))
    if not concerned or lot.state in Lot.OVER:
        return ""
    device = request.COOKIES.get(COOKIE, "")[:64] or secrets.token_urlsafe(16)
    network = str(request.META.get("REMOTE_ADDR", ""))
    fairplay.note_trace(lot, request.user, network=network, device=device)  # type: ignore[arg-type]
    return device


def marked(answer: HttpResponse, device: str) -> HttpResponse:
    """The answer, leaving the mark in the browser of whoever was noted."""
    if device:
        secure = not settings.DEBUG and settings.SITE_URL.startswith("https:")
        answer.set_cookie(COOKIE, device, max_age=DAYS * 86_400, httponly=True, samesite="Lax", secure=secure)
    return answer
