"""The doors of sealed bids: the officers' ceremony and opening, the bidder's envelope, what everybody may see and check."""

import binascii
import json
from base64 import b64decode
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from auctions import access, engine, opening, sealed
from auctions.forms import CeremonyForm
from auctions.models import Bidder, Envelope, Lot
from auctions.rules import sealing
from auctions.rules.chain import Json
from auctions.views import verify
from market.kernel import clock
from market.kernel.errors import Refused, ensure
from market.kernel.money import EXPONENTS, SYMBOLS, Money
from market.kernel.words import sentence
from market.parties.access import SignedIn, require

MAX_BYTES = 16 * 1024
# Why an open envelope does not count (`sealing.opened`).
VOID = {
    "unopenable": gettext_lazy("does not open: altered, or copied from another bidder"),
    "commitment": gettext_lazy("is not what its bidder committed to"),
    "unreadable": gettext_lazy("holds no bid"),
    "other_lot": gettext_lazy("is a bid for another lot"),
    "other_bidder": gettext_lazy("is a bid of another bidder"),
    "other_terms": gettext_lazy("was made on other terms"),
    "currency": gettext_lazy("is in another currency"),
    "below_start": gettext_lazy("is below the starting price"),
}
STATUS = {"bid.sign_in": HTTPStatus.UNAUTHORIZED, "bid.too_fast": HTTPStatus.TOO_MANY_REQUESTS}


@login_required
def ceremony(request: SignedIn, code: str) -> HttpResponse:
    """Make a draft lot one of sealed bids: the key is made and split in this page, three officers take their shares."""
    lot = access.desk_lot_for(request.user, code)
    form = CeremonyForm(request.POST or None)
    refused = ""
    if form.is_bound and form.is_valid():
        require(request.user, lot.sale.agency)
        said = form.cleaned_data
        try:
            sealed.keep_key(
                lot=lot,
                public=said["public"],
                holders=[sealed.Holder(*holder) for holder in form.holders],
                pricing=said["pricing"],
                withdraw=said["withdraw"],
                by=request.user,
            )
        except Refused as error:
            refused = sentence(error)
        else:
            messages.success(request, _("The lot takes sealed bids. The shares are with the three officers alone."))
            return redirect("desk-sale", code=lot.sale.code)
    context = {
        "lot": lot,
        "form": form,
        "refused": refused,
        "key": opening.key_of(lot),
        "draft": lot.state == Lot.State.DRAFT,
        "facts": {"lot": lot.code, "phrases": {"save": _("Save the share of {name}")}},
    }
    return render(request, "auctions/ceremony.html", context, status=422 if form.is_bound else 200)


@login_required
def opening_page(request: SignedIn, code: str) -> HttpResponse:
    """Where two officers put their shares together; the key they make is sent once, to be published with the amounts."""
    lot = access.desk_lot_for(request.user, code)
    key = opening.key_of(lot)
    if key is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        require(request.user, lot.sale.agency)
        try:
            sealed.unseal(lot=lot, private=request.POST.get("private", ""), by=request.user)
        except Refused as error:
            refused = sentence(error)
        else:
            messages.success(request, _("The envelopes are open, and everybody can check them."))
            return redirect("lot-envelopes", code=lot.code)
    due = opening.may_be_opened(lot)
    context = {
        "lot": lot,
        "key": key,
        "due": due,
        "sealed": opening.sealed(lot),
        "open": opening.unsealed(lot),
        "refused": refused,
        "facts": _opening_facts(lot) if due else None,
    }
    return render(request, "auctions/ceremony_opening.html", context, status=422 if refused else 200)


def _opening_facts(lot: Lot) -> Json:
    """What the page needs to open: the ciphertexts that count, and how shares and key are known again."""
    file = opening.opening_file(lot)["body"]
    live = {one.index for one in sealing.counting([opening.as_ruled(row) for row in opening.envelopes(lot)])}
    return {
        "lot": lot.code,
        "public": file["public"],
        "holders": file["holders"],
        "envelopes": [one for one in file["envelopes"] if one["index"] in live],
        "phrases": {
            "no_share": _("This is not the file of a share of this lot's key."),
            "wrong_share": _("This is not the share that {name} was given: its hash differs."),
            "one_more": _("The share of {name} is here. One more is needed."),
            "enough": _("The share of {name} is here. Two are enough; below is what the envelopes hold."),
            "wrong_key": _("These shares do not make this lot's key."),
            "unopenable": _("does not open"),
        },
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def envelope(request: HttpRequest, code: str) -> HttpResponse:
    """Where a bidder seals an amount in the browser; what is posted here is ciphertext and is answered by a receipt."""
    lot = access.lot_for(request.user, code)
    if lot.format != Lot.Format.ENVELOPE:
        raise Http404
    if request.method == "POST":
        return _take(request, lot)
    bidder = access.bidder_of(request.user, lot)
    own = opening.own_envelopes(bidder)
    taking = lot.state in Lot.BIDDING and clock.now() < lot.ends_at
    may = taking and bidder is not None and bidder.state == Bidder.State.ACTIVE
    context = {
        "lot": lot,
        "right": lot.listing.right,
        "bidder": bidder,
        "own": own,
        "taking": taking,
        "may": may,
        "may_withdraw": may and lot.params.get("withdraw") and own and own[0].kind == sealing.BID,
        "key": opening.key_of(lot),
        "facts": _envelope_facts(request, lot, bidder) if may and bidder else None,
    }
    return render(request, "auctions/sealed.html", context)


def _envelope_facts(request: HttpRequest, lot: Lot, bidder: Bidder) -> Json:
    """What the bidder's browser needs to seal."""
    return {
        "lot": lot.code,
        "paddle": bidder.paddle,
        "terms": bidder.terms_sha256,
        "public": lot.params.get("opening_key", ""),
        "currency": lot.currency,
        "symbol": SYMBOLS[lot.currency],
        "places": EXPONENTS[lot.currency],
        "start": lot.start.plain(),
        "url": reverse("lot-envelope", args=[lot.code]),
        "csrf": get_token(request),
        "phrases": {
            "amount": _("Write the amount in figures, with at most two decimals."),
            "low": _("A bid below the starting price would not count."),
            "confirm": _("Press again to seal {amount}"),
            "taken": _(
                "Envelope {index} is taken, with {amount} inside. Only your own copy can show it before the opening."
            ),
            "changed": _("The receipt is not for what this browser sent. Keep it and tell the agency."),
            "again": _("No answer yet. Asking again; the envelope counts once."),
        },
    }


def _take(request: HttpRequest, lot: Lot) -> JsonResponse:
    """One envelope or withdrawal: read strictly, handed in, answered by its signed receipt."""
    received_at = clock.now()
    try:
        said = _read(request.body)
        bidder = access.bidder_for(request.user, lot.pk)
        engine.admit(bidder.pk)
        row = sealed.hand_in(lot_id=lot.pk, bidder_id=bidder.pk, received_at=received_at, **said)
    except Refused as refused:
        answer = {"type": "reject", "code": refused.code, "detail": sentence(refused)}
        return JsonResponse(answer, status=STATUS.get(refused.code, refused.status))
    row.lot, row.bidder = lot, bidder
    return JsonResponse({"type": "ack", "receipt": opening.receipt_of(row)})


def _read(body: bytes) -> dict[str, Any]:
    """A posted envelope: {key, kind, ciphertext (base64), commitment (hex)} and nothing else. Refused `envelope.shape`."""
    try:
        ensure(len(body) <= MAX_BYTES, "too long")
        said = json.loads(body)
        ensure(type(said) is dict and set(said) == {"key", "kind", "ciphertext", "commitment"}, "other fields")
        ensure(all(type(value) is str for value in said.values()), "not text")
        ensure(said["kind"] in (sealing.BID, sealing.WITHDRAWAL), "kind")
        key = UUID(said["key"])
        return {**said, "key": key, "ciphertext": b64decode(said["ciphertext"], validate=True)}
    except (AssertionError, ValueError, binascii.Error, RecursionError) as error:
        raise Refused("envelope.shape") from error


@never_cache
@require_safe
def receipt(request: HttpRequest, code: str, index: int) -> HttpResponse:
    """The signed receipt of one's own envelope, again; for everybody else there is none."""
    row = access.own_envelope_for(request.user, code, index)
    return verify.paper(opening.receipt_of(row), f"{row.lot.code}-envelope-{row.index}-receipt.json")


@require_safe
def envelopes(request: HttpRequest, code: str) -> HttpResponse:
    """What everybody may see of a lot's sealed bids: before the deadline nothing, then receipts and root, then amounts."""
    lot = access.lot_for(request.user, code)
    if lot.format != Lot.Format.ENVELOPE:
        raise Http404
    rows, amounts = (opening.envelopes(lot) if opening.sealed(lot) else []), opening.amounts(lot)
    context = {
        "lot": lot,
        "right": lot.listing.right,
        "key": opening.key_of(lot),
        "sealed": opening.sealed(lot),
        "open": opening.unsealed(lot),
        "rows": [(row, opening.as_ruled(row).paddle, *_held(row, amounts)) for row in rows],
        "root": lot.public.get("root"),
    }
    return render(request, "auctions/sealed_opened.html", context)


def _held(row: Envelope, amounts: dict[int, Json]) -> tuple[Money | None, str]:
    """What an open envelope held, and what is to be said where it does not count."""
    found = amounts.get(row.index)
    if found is not None:
        return (Money.from_wire(found["amount"]), "") if "amount" in found else (None, str(VOID[found["void"]]))
    if row.kind == Envelope.Kind.WITHDRAWAL:
        return None, _("withdrawal")
    return None, _("replaced or withdrawn") if amounts else ""


@require_safe
def opening_json(request: HttpRequest, code: str) -> HttpResponse:
    """The signed file from which anybody can open the envelopes again; there is none before the deadline."""
    lot = access.lot_for(request.user, code)
    if lot.format != Lot.Format.ENVELOPE or not opening.sealed(lot):
        raise Http404
    return verify.paper(opening.opening_file(lot), f"{lot.code}-opening.json")
