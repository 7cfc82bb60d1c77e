"""The doors of negotiations: an offer made, the negotiation with its versions, the answers to it, the list of them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.deals import queries as deals
from market.deals.negotiation import documents
from market.deals.negotiation.forms import FloorForm, LicenceOfferForm, OfferForm, SeenForm
from market.deals.rules.figures import Quote, quote
from market.deals.terms.findings import findings_of
from market.deals.terms.queries import standard
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.listings.access import listing_for
from market.listings.models import Listing
from market.listings.offers import access, actions, queries, rounds, rules
from market.listings.offers.actions import Proposal
from market.listings.offers.models import Negotiation, Offer
from market.parties.access import SignedIn
from market.parties.models import Party

PAGE = 25
VIEWS = {
    "open": gettext_lazy("Being negotiated"),
    "accepted": gettext_lazy("Accepted"),
    "over": gettext_lazy("Over without a deal"),
}
SIDES = {"": gettext_lazy("All"), "buyer": gettext_lazy("To buy"), "seller": gettext_lazy("To sell")}
FORM = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def offers(request: SignedIn) -> HttpResponse:
    """The negotiations of the party the reader acts for, a page at a time, by where they stand and by side."""
    view, side = request.GET.get("view", "open"), request.GET.get("side", "")
    view, side = view if view in VIEWS else "open", side if side in SIDES else ""
    party, mine = access.negotiations_for(request.user)
    rows, last = queries.page(queries.on_side(mine, party, side), view, request.GET.get("after", ""), PAGE)
    counts = queries.numbers_of(queries.on_side(mine, party, side))
    context = {
        "rows": rows,
        "tabs": [
            {"label": label, "url": f"?view={name}&side={side}", "current": name == view, "count": counts[name]}
            for name, label in VIEWS.items()
        ],
        "sides": [
            {"label": label, "url": f"?view={view}&side={name}", "current": name == side}
            for name, label in SIDES.items()
        ],
        "next_url": f"?view={view}&side={side}&after={last}" if last else "",
    }
    return render(request, "deals/negotiation/offers.html", context)


@login_required
@FORM
def make(request: SignedIn, code: str) -> HttpResponse:
    """A first offer on a listing: filled in, checked with its sums, made. `?again=` fills in what one offered before."""
    listing = listing_for(request.user, code)
    buyer = access.buyer_of(request.user)
    if opened := queries.open_of(listing, buyer):
        return redirect("offer", code=opened.code)
    ruleset, _round = queries.terms_for(listing, buyer, clock.now())
    before = queries.last_of(listing, buyer) if "again" in request.GET else None

    def send(proposal: Proposal) -> Offer:
        return actions.make(listing, proposal, buyer=buyer, by=request.user)

    return _proposed(request, listing, buyer, ruleset, before, send, side=rules.BUYER, negotiation=None)


@login_required
@require_safe
def offer(request: SignedIn, code: str) -> HttpResponse:
    """A negotiation: what is next, the offer that stands with its sums, and every version before it."""
    found = access.negotiation_for(request.user, code)
    role, party = access.role_of(request.user, found), access.answers(request.user, found)
    if party is not None:  # who only reads has not received it
        found = actions.note_seen(found, party=party, by=request.user)
    ruleset, now = rules.RuleSet.from_data(found.rules), clock.now()
    standing = found.standing
    on_offer = found.listing.state == Listing.State.PUBLISHED
    verbs = rules.verbs(queries.standing_of(found), ruleset, role, now) if party and on_offer else []
    context = {
        "negotiation": found,
        "listing": found.listing,
        "right": found.listing.right,
        "role": role,
        "verbs": verbs,
        "my_turn": rules.ACCEPT in verbs,
        "standing": standing,
        "figures": _quote(found.listing, standing.amount).figures if standing else None,
        "versions": [_version(one, changes, role) for one, changes in queries.versions(found)],
        "rounds_left": max(ruleset.rounds - (standing.number if standing else 0), 0),
        "form": SeenForm(initial={"seen": standing.sha256 if standing else ""}),
        "deal": deals.by_origin(standing.ref) if standing and found.state == Negotiation.State.ACCEPTED else None,
        "again": role == rules.BUYER and found.state not in ("open", "accepted") and on_offer,
    }
    return render(request, "deals/negotiation/offer.html", context)


@login_required
@FORM
def counter(request: SignedIn, code: str) -> HttpResponse:
    """Answer with an offer of one's own."""
    found, party = _mine(request, code, rules.COUNTER)
    seen = request.POST.get("seen", "") or (found.standing.sha256 if found.standing else "")

    def send(proposal: Proposal) -> Offer:
        return actions.counter(found, proposal, party=party, by=request.user, seen=seen)

    about = (found.listing, found.buyer, _rules(found), found.standing)
    return _proposed(request, *about, send, negotiation=found, seen=seen)


@login_required
@FORM
def change(request: SignedIn, code: str) -> HttpResponse:
    """Change one's own offer before the other side has seen it."""
    found, party = _mine(request, code, rules.CHANGE)

    def send(proposal: Proposal) -> Offer:
        return actions.change(found, proposal, party=party, by=request.user)

    return _proposed(request, found.listing, found.buyer, _rules(found), found.standing, send, negotiation=found)


@login_required
@FORM
def accept(request: SignedIn, code: str) -> HttpResponse:
    """The exact version once more, in figures and capitals with every sum that follows, and the button that concludes."""
    found, party = _mine(request, code, rules.ACCEPT)
    standing = found.standing
    form = SeenForm(request.POST or None, initial={"seen": standing.sha256 if standing else ""})
    if form.is_bound and form.is_valid():
        actions.accept(found, party=party, by=request.user, seen=form.cleaned_data["seen"])
        messages.success(request, _("Accepted. The contract is concluded; the deal is being opened."))
        return redirect("offer", code=code)
    side = queries.side_of(found, party)
    context: dict[str, Any] = {"negotiation": found, "standing": standing, "listing": found.listing, "form": form}
    context["side"] = side
    context |= _sums(found.listing, standing.amount) if standing else {}
    context |= _said(standing.terms, side) if standing else {}
    return render(request, "deals/negotiation/accept.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def decline(request: SignedIn, code: str) -> HttpResponse:
    """Say no to the version that was read."""
    found, party = _mine(request, code, rules.DECLINE)
    form = SeenForm(request.POST)
    if not form.is_valid():
        raise Conflict("offer.changed")
    actions.decline(found, party=party, by=request.user, **form.cleaned_data)
    messages.success(request, _("Declined. The other side has been told."))
    return redirect("offer", code=code)


@login_required
@require_POST
def withdraw(request: SignedIn, code: str) -> HttpResponse:
    """Take one's own offer back."""
    found, party = _mine(request, code, rules.WITHDRAW)
    actions.withdraw(found, party=party, by=request.user)
    messages.success(request, _("Your offer is taken back."))
    return redirect("offer", code=code)


@login_required
@FORM
def floor(request: SignedIn, code: str) -> HttpResponse:
    """Below what the seller wants offers on a listing declined at once."""
    listing = access.priced_listing_for(request.user, code)
    form = FloorForm(request.POST if request.method == "POST" else None, initial={"floor": queries.floor_of(listing)})
    if form.is_bound and form.is_valid():
        try:
            actions.set_floor(listing, floor=form.cleaned_data["floor"], by=request.user)
        except Refused as refused:
            form.add_error("floor", sentence(refused))
        else:
            messages.success(request, _("Saved. Only your own people see it."))
            return redirect("asset", code=code)
    context = {"listing": listing, "form": form}
    return render(request, "deals/negotiation/floor.html", context, status=422 if form.errors else 200)


@login_required
@FORM
def private_round(request: SignedIn, code: str) -> HttpResponse:
    """The round after a lot was passed in: its consignor agrees or not; whoever was invited goes on to an offer."""
    found = access.round_for(request.user, code)
    mine = access.may_decide(request.user, found)
    if request.method == "POST":
        decide = rounds.agree if request.POST.get("decision") == "agree" else rounds.refuse
        decide(found, by=request.user)
        return redirect("private-round", code=code)
    ruleset = rules.RuleSet.from_data(found.rules)
    context = {"round": found, "listing": found.listing, "right": found.listing.right, "mine": mine}
    context |= {"rules": ruleset, "inside": mine or request.party in (found.listing.seller, found.listing.agency)}
    return render(request, "deals/negotiation/round.html", context)


def _proposed(
    request: SignedIn,
    listing: Listing,
    buyer: Party,
    ruleset: rules.RuleSet,
    before: Offer | None,
    send: Callable[[Proposal], Offer],
    *,
    negotiation: Negotiation | None,
    side: str = "",
    seen: str = "",
) -> HttpResponse:
    """The form, then the check page with what the sum comes to, then the offer itself."""
    form = _form(listing, buyer, ruleset, before, request.POST if request.method == "POST" else None)
    checked = form.is_bound and form.is_valid() and "change" not in request.POST
    if checked and "confirmed" in request.POST:
        try:
            made = send(form.proposal())
        except Conflict:
            raise
        except Refused as refused:
            form.refuse(refused)
            checked = False
        else:
            messages.success(request, _("Your offer is made. You are told when the other side answers."))
            return redirect("offer", code=made.negotiation.code)
    side = side or (access.role_of(request.user, negotiation) if negotiation else rules.BUYER)
    context: dict[str, Any] = {
        "form": form,
        "listing": listing,
        "right": listing.right,
        "ruleset": ruleset,
        "seen": seen,
    }
    context |= {"negotiation": negotiation, "before": before, "side": side}
    if not checked:
        return render(request, "deals/negotiation/make.html", context, status=422 if form.errors else 200)
    proposal = form.proposal()
    context |= {"proposal": proposal, **_sums(listing, proposal.amount), **_said(proposal.terms, side)}
    context["findings"] = findings_of(proposal.terms) if documents.is_licence(proposal.terms) else None
    return render(request, "deals/negotiation/check.html", context)


def _form(
    listing: Listing, buyer: Party, ruleset: rules.RuleSet, before: Offer | None, data: Any
) -> OfferForm | LicenceOfferForm:
    """The form of an offer on such a listing, filled in with the offer before it."""
    if listing.mode != Listing.Mode.LICENCE:
        return OfferForm(ruleset, data, currency=listing.currency, before=before, asking=listing.asking)
    price = listing.asking or Money.zero(listing.currency)
    sides: dict[str, Any] = {"licensor": listing.seller, "licensee": buyer}
    base = before.terms if before else standard(right=listing.right, price=price, start=clock.today(), **sides)
    return LicenceOfferForm(ruleset, data, base=base, currency=listing.currency)


def _mine(request: SignedIn, code: str, verb: str) -> tuple[Negotiation, Party]:
    """The negotiation and the side the reader answers for. 404 for strangers and for who only reads; on a GET Refused as
    `rules.check`, so that nobody fills in what cannot be sent."""
    found = access.negotiation_for(request.user, code)
    party = access.side_for(request.user, found)
    if request.method in ("GET", "HEAD"):
        standing = queries.standing_of(found)
        rules.check(verb, standing, _rules(found), queries.side_of(found, party), clock.now(), standing.sha256)
    return found, party


def _rules(negotiation: Negotiation) -> rules.RuleSet:
    return rules.RuleSet.from_data(negotiation.rules)


def _quote(listing: Listing, amount: Money) -> Quote:
    return quote(amount, seller=listing.mandate.seller_fees, buyer=listing.mandate.buyer_fees)


def _sums(listing: Listing, amount: Money) -> dict[str, Any]:
    """What each side pays and gets at the amount, and how its fee comes about."""
    found = _quote(listing, amount)
    return {"figures": found.figures, "premium": found.premium.stated, "commission": found.commission.stated}


def _version(one: Offer, changes: list[rules.Change], role: str) -> dict[str, Any]:
    """A version as the page shows it to whoever reads in that role, with what it changed."""
    told = [
        {
            "label": documents.LABELS.get(change.place, change.place),
            "before": change.before,
            "after": change.after,
            "is_money": isinstance(change.after or change.before, dict),
        }
        for change in changes
    ]
    return {"offer": one, "changes": told, **_said(one.terms, role)}


def _said(terms: Mapping[str, Any], side: str) -> dict[str, Any]:
    """The terms of an offer as rows, or in plain words for a side."""
    return {"said": documents.rows(terms), "sentences": documents.sentences(terms, side)}
