"""The doors for whoever does not want to trust us: receipts, audit files, the verifier and the keys to check them with."""

from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from auctions import access, engine, live, packages, signing
from auctions.models import Lot
from auctions.rules import curve, receipts
from auctions.rules.chain import Json

PAGE = 100
# What each kind of event is called on a page; a kind not named here is shown as the log writes it.
KINDS = {
    "opened": _("Bidding opened"),
    "bid": _("Bid"),
    "reserve_met": _("Reserve met"),
    "extended": _("Extended"),
    "sealed": _("Sealed bid handed in"),
    "stage": _("Next stage"),
    "extended_for_outage": _("Extended after an outage"),
    "extended_with_group": _("Extended with its group"),
    "held": _("On hold"),
    "resumed": _("Goes on"),
    "notice": _("Notice"),
    "handover": _("The host has changed"),
    "warning": _("Fair warning"),
    "hammer": _("Hammer"),
    "stopped": _("The host stopped the bidding"),
    "envelopes": _("Envelopes closed"),
    "unsealed": _("Envelopes opened"),
    "closed": _("Bidding closed"),
    "sold": _("Sold"),
    "passed_in": _("Passed in"),
    "annulled": _("Annulled"),
}
PROGRAMS = Path(__file__).resolve().parent.parent / "static" / "auctions"
VERIFIER = "luochui_verify"  # every lot's papers, and how a lot bid on upwards was won
# Which program decides again how a lot was won that is not bid on upwards.
FAMILIES = {
    **dict.fromkeys(("sealed_first", "sealed_second", "envelope", "uniform"), "luochui_verify_sealed"),
    **dict.fromkeys(("dutch", "hybrid"), "luochui_verify_falling"),
    "package": "luochui_verify_packages",
}
LABELS = {
    "luochui_verify_sealed": _("sealed bids, first or second price; several licences at one price"),
    "luochui_verify_falling": _("a falling price, alone or with sealed bids after it"),
    "luochui_verify_packages": _("bids for packages of lots"),
}
SERVED = frozenset({VERIFIER, "luochui_open", *LABELS})


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """How a stranger verifies a lot and a receipt, and the platform's public keys."""
    context = {"keys": signing.published()["keys"], "families": LABELS.items()}
    return render(request, "auctions/verify.html", context)


@require_safe
def keys(request: HttpRequest) -> JsonResponse:
    """Every public key the platform ever signed with; this address stays."""
    return JsonResponse(signing.published())


@require_safe
def program(request: HttpRequest, name: str) -> HttpResponse:
    """A stand-alone program, to be kept and run elsewhere; this address stays."""
    if name not in SERVED:
        raise Http404
    answer = HttpResponse(_text(name), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.py"'
    return answer


@cache
def _text(name: str) -> str:
    return (PROGRAMS / f"{name}.py").read_text()


@never_cache
@require_safe
def receipt(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """The signed receipt of one's own accepted bid; for everybody else there is none."""
    bid = access.own_bid_for(request.user, code, seq)
    place = live.place_of(bid, bid.lot)
    if place is None:
        raise Http404
    body = receipts.receipt(place, key=bid.key, amount=engine.binding(bid.amount, bid.facts), at=bid.at)
    return paper(signing.sign(body), f"{bid.lot.code}-{bid.seq}-receipt.json")


@require_safe
def audit(request: HttpRequest, code: str) -> HttpResponse:
    """The signed log of a lot whose bidding has ended; there is none before."""
    lot = access.lot_for(request.user, code)
    if lot.state not in Lot.OVER or lot.closed_at is None or not lot.seq:
        raise Http404
    body = receipts.audit(
        live.log(lot), closed_at=lot.closed_at, ruleset=lot.sale.ruleset, package=packages.audited(lot)
    )
    return paper(signing.sign(body), f"{lot.code}-audit.json")


@never_cache
@require_safe
def replay(request: HttpRequest, code: str) -> HttpResponse:
    """A lot's bidding event by event, with the curve of its price; every step has an address, so no script is needed."""
    lot = access.lot_for(request.user, code)
    found = curve.steps(live.log(lot)["events"])
    asked = request.GET.get("step", "")
    here = min(int(asked), len(found)) if asked.isdecimal() and len(asked) < 10 else len(found)
    here = max(here, 1) if found else 0
    by = "event" if request.GET.get("by") == "event" else "time"
    first = max(0, here - 1) // PAGE * PAGE
    context = {
        "lot": lot,
        "programs": [VERIFIER, *filter(None, [FAMILIES.get(lot.format)])],
        "right": lot.listing.right,
        "over": lot.state in Lot.OVER,
        "steps": [(step, KINDS.get(step.kind, step.kind)) for step in found[first : first + PAGE]],
        "now": found[here - 1] if found else None,
        "word": KINDS.get(found[here - 1].kind, found[here - 1].kind) if found else "",
        "count": len(found),
        "before": here - 1 if here > 1 else None,
        "after": here + 1 if here < len(found) else None,
        "plot": curve.plot(found, upto=here, by=by) if found else None,
        "board": (curve.WIDTH, curve.HEIGHT),
        "by": by,
    }
    return render(request, "auctions/replay.html", context)


def paper(signed: Json, name: str) -> JsonResponse:
    """A signed paper as a file to keep."""
    answer = JsonResponse(signed, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
