"""The doors for whoever does not want to trust us: receipts, audit files, the verifier and the keys to check them with."""

from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from auctions import access, live, signing
from auctions.models import Lot
from auctions.rules import receipts
from auctions.rules.chain import Json

SCRIPT = Path(__file__).resolve().parent.parent / "static" / "auctions" / "luochui_verify.py"


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """How a stranger verifies a lot and a receipt, and the platform's public keys."""
    return render(request, "auctions/verify.html", {"keys": signing.published()["keys"]})


@require_safe
def keys(request: HttpRequest) -> JsonResponse:
    """Every public key the platform ever signed with; this address stays."""
    return JsonResponse(signing.published())


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The stand-alone verifier, to be kept and run elsewhere; this address stays."""
    answer = HttpResponse(_script(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{SCRIPT.name}"'
    return answer


@cache
def _script() -> str:
    return SCRIPT.read_text()


@never_cache
@require_safe
def receipt(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """The signed receipt of one's own accepted bid; for everybody else there is none."""
    bid = access.own_bid_for(request.user, code, seq)
    place = live.place_of(bid, bid.lot)
    if place is None:
        raise Http404
    body = receipts.receipt(place, key=bid.key, amount=bid.amount, at=bid.at)
    return _paper(signing.sign(body), f"{bid.lot.code}-{bid.seq}-receipt.json")


@require_safe
def audit(request: HttpRequest, code: str) -> HttpResponse:
    """The signed log of a lot whose bidding has ended; there is none before."""
    lot = access.lot_for(request.user, code)
    if lot.state not in Lot.OVER or lot.closed_at is None or not lot.seq:
        raise Http404
    body = receipts.audit(live.log(lot), closed_at=lot.closed_at, ruleset=lot.sale.ruleset)
    return _paper(signing.sign(body), f"{lot.code}-audit.json")


def _paper(paper: Json, name: str) -> JsonResponse:
    answer = JsonResponse(paper, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
