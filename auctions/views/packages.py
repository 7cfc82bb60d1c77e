"""The doors of package bids: the sale's page with the bidder's form, the result and its file, the agency's desk."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from auctions import access, allocation, packages
from auctions.models import Lot, PackageRun, PackageSale
from auctions.packageforms import PackageBidForm, PackageOfferForm, PackageRunForm
from auctions.rules.chain import Json
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.parties.access import SignedIn, acting_party


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def packages_of(request: HttpRequest, code: str) -> HttpResponse:
    """How the sale's packages work, one's own bids and one more; after the end the allocation, the prices and the file."""
    package = access.package_for(request.user, code)
    lots = list(packages.lots_of(package))
    answer, status, form = "", HTTPStatus.OK, PackageBidForm(None, initial={"key": uuid4()}, lots=lots)
    if request.method == "POST":
        form, status = PackageBidForm(request.POST, lots=lots), HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = packages.bid(
                    package=package, codes=given["lots"], amount=given["amount"], key=given["key"], by=_bidder(request)
                )
            except Refused as refused:
                answer, status = sentence(refused), HTTPStatus(refused.status)
            else:
                messages.success(request, _("Your bid is recorded as number %(place)s.") % {"place": made.place})
                return redirect("sale-packages", code=code)
    context = _about(package, lots) | {
        "form": form,
        "answer": answer,
        "own": _named(packages.own_bids(package, acting_party(request.user)), lots),
    }
    return render(request, "auctions/packages.html", context, status=status)


def _bidder(request: HttpRequest) -> Any:
    if not request.user.is_authenticated:
        raise Refused("bid.sign_in")
    return request.user


def _about(package: PackageSale, lots: list[Lot]) -> dict[str, Any]:
    """What both pages show of a package sale."""
    result = packages.result_of(package)
    now = clock.now()
    return {
        "package": package,
        "sale": package.sale,
        "lots": lots,
        "groups": [
            {"name": name, "numbers": [lot.number for lot in lots if lot.code in codes]}
            for name, codes in package.groups
        ],
        "until": packages.ends_at(package),
        "over": packages.is_over(package, now),
        "opens": all(lot.state == Lot.State.NOTICED for lot in lots),
        "run": packages.last_run(package),
        "result": None if result is None or result.file is None else _result(result.file, lots),
    }


def _named(bids: list[Any], lots: list[Lot]) -> list[dict[str, Any]]:
    """Bids with the numbers of their lots."""
    numbers = {lot.code: lot.number for lot in lots}
    return [{"bid": bid, "numbers": sorted(numbers[code] for code in bid.bundle)} for bid in bids]


def _result(file: Json, lots: list[Lot]) -> dict[str, Any]:
    """The published file as a page shows it: the winners with bid and price, the total, the bound, the gap."""
    currency, said = file["currency"], file["allocation"]
    numbers = {lot.code: lot.number for lot in lots}
    paid = {} if file["prices"] is None else {one["bidder"]: one["amount"] for one in file["prices"]["paid"]}

    def money(figure: str | None) -> Money | None:
        return None if figure is None else Money.parse(figure, currency)

    winners = [
        {
            "paddle": bid["bidder"],
            "numbers": sorted(numbers[code] for code in bid["bundle"]),
            "bid": money(bid["value"]),
            "price": money(paid.get(bid["bidder"])),
        }
        for bid in file["bids"]
        if bid["order"] in said["winners"]
    ]
    sold = {number for one in winners for number in one["numbers"]}
    return {
        "winners": winners,
        "unsold": [lot.number for lot in lots if lot.number not in sold],
        "bids": len(file["bids"]),
        "value": money(said["value"]),
        "bound": money(said["bound"]),
        "total": None if file["prices"] is None else money(file["prices"]["total"]),
        "gap": f"{said['gap_ppm'] / 10_000:.2f}",
        "optimal": said["optimal"],
        "earliest": said["earliest"],
        "sha256": file["sha256"],
    }


@require_safe
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The published file, which anybody can solve again; 404 until there is a result."""
    run = packages.result_of(access.package_for(request.user, code))
    if run is None or run.file is None:
        raise Http404
    answer = JsonResponse(run.file, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{code}-packages.json"'
    return answer


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: SignedIn, code: str) -> HttpResponse:
    """The agency's desk: offer packages while the sale is a draft, start the allocation after the end, accept its result."""
    sale = access.desk_sale_for(request.user, code)
    package: PackageSale | None = getattr(sale, "packages", None)
    doing = request.POST.get("do", "")
    offer = PackageOfferForm(request.POST if doing == "offer" else None, initial=_said(package))
    run = PackageRunForm(request.POST if doing == "start" else None)
    answer = ""
    if request.method == "POST":
        acts: dict[str, Callable[[], object]] = {}
        if doing == "offer" and offer.is_valid():
            acts["offer"] = lambda: packages.offer(sale=sale, by=request.user, **offer.cleaned_data)
        if doing == "start" and package is not None and run.is_valid():
            acts["start"] = lambda: allocation.start(package=package, by=request.user, **run.cleaned_data)
        latest = packages.result_of(package) if package is not None else None
        if doing == "accept" and latest is not None:
            acts["accept"] = lambda: allocation.accept(run=latest, by=request.user)
        done = _tried(request, acts.get(doing), code)
        if isinstance(done, HttpResponse):
            return done
        answer = done
    context: dict[str, Any] = {"sale": sale, "offer": offer, "start": run, "answer": answer}
    if package is not None:
        context |= _about(package, list(packages.lots_of(package)))
        context["busy"] = context["run"] is not None and context["run"].state in (
            PackageRun.State.QUEUED,
            PackageRun.State.RUNNING,
        )
    return render(request, "auctions/desk_packages.html", context, status=422 if request.method == "POST" else 200)


def _said(package: PackageSale | None) -> dict[str, str]:
    """The offer's form as the agency filled it in before."""
    if package is None:
        return {"rule": PackageSale.Rule.CORE_NEAREST_VCG}
    numbers = {lot.code: lot.number for lot in packages.lots_of(package)}
    lines = [f"{name}: {', '.join(str(numbers[code]) for code in codes)}" for name, codes in package.groups]
    return {"rule": package.rule, "groups": "\n".join(lines)}


def _tried(request: HttpRequest, act: Callable[[], object] | None, code: str) -> HttpResponseRedirect | str:
    """Do it and go back to the page, or say why not."""
    if act is None:
        return ""
    try:
        act()
    except Refused as refused:
        return sentence(refused)
    messages.success(request, _("Done."))
    return redirect("desk-packages", code=code)
