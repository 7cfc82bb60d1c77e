"""The doors of deals: the list, the deal room, the page where a paper is read and signed, the missing particulars."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from market.deals import access, actions, queries, readiness, undoing
from market.deals.forms import ParticularsForm, SignForm, UndoForm
from market.deals.models import LICENCES, Deal
from market.deals.rules import moves
from market.deals.terms import queries as terms
from market.documents import actions as documents
from market.documents.queries import latest_about
from market.kernel import formats
from market.kernel.errors import Conflict, Refused
from market.kernel.words import sentence
from market.listings.models import Listing
from market.parties.access import SignedIn
from market.trail.models import Fact

PAGE = 25
VIEWS = {"open": gettext_lazy("In progress"), "ended": gettext_lazy("Ended"), "all": gettext_lazy("All")}
WALK = {
    "confirm": gettext_lazy("Sale confirmation"),
    "contract": gettext_lazy("Assignment contract"),
    "pay": gettext_lazy("Payment into escrow"),
    "file": gettext_lazy("Filing at the office"),
    "record": gettext_lazy("Recordal and passing of title"),
    "settle": gettext_lazy("Settlement"),
    "close": gettext_lazy("Payout and closing"),
}
LICENSED_WALK = {
    **WALK,
    "contract": gettext_lazy("Licence contract"),
    "record": gettext_lazy("Recordal of the licence"),
}
TAKEN_WALK = {
    **LICENSED_WALK,
    "confirm": gettext_lazy("Notice to the patentee"),
    "contract": gettext_lazy("Terms as declared"),
}
SUBLICENSED_WALK = {**LICENSED_WALK, "confirm": gettext_lazy("Sublicence opened")}
CROSSED_WALK = {**LICENSED_WALK, "confirm": gettext_lazy("Cross-licence agreed")}
WALKS = {str(Listing.Mode.LICENCE): LICENSED_WALK, str(Listing.Mode.OPEN_LICENCE): TAKEN_WALK}
PAPERS = {
    "confirmation": gettext_lazy("Sale confirmation"),
    "contract": gettext_lazy("Contract"),
    "notice": gettext_lazy("Notice of taking an open licence"),
}
HAPPENED = {
    "deal.formed": gettext_lazy("Deal concluded"),
    "paper.drafted": gettext_lazy("Paper ready to be signed"),
    "paper.signed": gettext_lazy("Paper signed"),
    "deal.terms_proposed": gettext_lazy("Terms proposed"),
    "deal.terms_agreed": gettext_lazy("Terms agreed"),
    "deal.contract_incomplete": gettext_lazy("The register lacks what the contract must state"),
    "deal.barred": gettext_lazy("The register bars the transfer"),
    "deal.unbarred": gettext_lazy("The register bars the transfer no longer"),
    "deal.held": gettext_lazy("Settlement on hold"),
    "deal.hold_released": gettext_lazy("Hold on the settlement released"),
    "deal.confirmed": gettext_lazy("Sale confirmation signed by all"),
    "deal.reminded": gettext_lazy("Buyer reminded"),
    "deal.defaulted": gettext_lazy("Buyer declared in default"),
    "deposit.forfeited": gettext_lazy("Deposit forfeited"),
    "default.agreed": gettext_lazy("Seller agreed to a re-auction"),
    "default.final": gettext_lazy("Claim after the default is final"),
    "deal.signed": gettext_lazy("Contract signed by all"),
    "deal.paid": gettext_lazy("Price in escrow"),
    "deal.filed": gettext_lazy("Filed at the office"),
    "deal.refused": gettext_lazy("Refused by the office"),
    "deal.title_passed": gettext_lazy("Title passed"),
    "deal.recorded": gettext_lazy("Licence recorded"),
    "deal.returning": gettext_lazy("Deal undone, title on its way back"),
    "filing.withdrawn": gettext_lazy("Filing withdrawn"),
    "deal.settled": gettext_lazy("Escrow shared out"),
    "deal.closed": gettext_lazy("Deal closed"),
    "deal.rescinded": gettext_lazy("Deal rescinded"),
    "deal.annulled": gettext_lazy("Deal annulled"),
    "charge.requested": gettext_lazy("Payment asked for"),
    "receipt.given": gettext_lazy("Receipt given"),
    "charge.reported": gettext_lazy("Payment reported"),
    "charge.confirmed": gettext_lazy("Payment received"),
    "charge.not_found": gettext_lazy("Payment not found by the agency"),
    "charge.cancelled": gettext_lazy("Payment no longer asked for"),
    "filing.prepared": gettext_lazy("Filing pack prepared"),
    "filing.submitted": gettext_lazy("Filing submitted"),
    "filing.correction": gettext_lazy("Correction asked for"),
    "filing.accepted": gettext_lazy("Change recorded"),
    "filing.refused": gettext_lazy("Filing refused"),
    "claim.entered": gettext_lazy("Claim on the escrow entered"),
    "claim.dropped": gettext_lazy("Claim on the escrow taken back"),
    "settlement.prepared": gettext_lazy("Settlement prepared"),
    "settlement.posted": gettext_lazy("Settlement posted"),
    "payout.approved": gettext_lazy("Payout approved"),
    "payout.sent": gettext_lazy("Payout sent"),
}


@login_required
@require_safe
def deals(request: SignedIn) -> HttpResponse:
    """The deals of the party the reader acts for, a page at a time."""
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    rows, last = queries.page(access.deals_for(request.user), view, request.GET.get("after", ""), PAGE)
    context = {
        "rows": list(zip(rows, queries.next_steps(rows), strict=True)),
        "tabs": [{"label": label, "url": f"?view={name}", "current": name == view} for name, label in VIEWS.items()],
        "next_url": f"?view={view}&after={last}" if last else "",
    }
    return render(request, "deals/deals.html", context)


@login_required
@require_safe
def deal(request: SignedIn, code: str) -> HttpResponse:
    """The deal room: what is next, the walk, the money, the papers, and everything that happened."""
    found = access.deal_for(request.user, code)
    role = access.role_of(request.user, found)
    step, story = queries.next_step(found), list(queries.story(found))
    origin, _colon, number = found.concluded_at.partition(":")
    mine = role in step.roles and access.may(request.user, found, role, step.what)
    context = {
        "deal": found,
        "role": role,
        "step": step,
        "mine": mine,
        "due": moves.due_at(step.what, step.due_on) if step.due_on else None,
        "walk": _walk(found, story, _waits(step, "")),
        "waits": _waits(step, role if mine else ""),
        "licensed": found.mode in LICENCES,
        "terms": terms.versions_of(found).first() if found.mode in LICENCES else None,
        "bars": readiness.bars_of(found) if found.state in moves.UNTITLED else (),
        "papers": queries.papers_of(found),
        "records": latest_about(found.ref, "signatures"),
        "undone_by": latest_about(found.ref, "rescission"),
        "may_undo": role == moves.AGENCY
        and found.state in moves.UNDOABLE
        and access.may(request.user, found, role, ""),
        "lot": number if origin == "lot" else "",
        "story": [_told(fact) for fact in reversed(story)],
    }
    return render(request, "deals/deal.html", context)


def _waits(step: queries.Step, own: str) -> str:
    """Whom else than the reader's `own` role the deal waits for; "" while it is the office or the market itself."""
    pairs = zip(step.roles, step.waits_for, strict=True)
    names = ", ".join(str(party) for role, party in pairs if role != own)
    if not names:
        return ""
    return _("Also waiting for %(who)s.") % {"who": names} if own else _("Waiting for %(who)s.") % {"who": names}


def _walk(found: Deal, story: list[Fact], waits: str) -> list[dict[str, Any]]:
    """The numbered steps as the component draws them: when each was done, whom the current one waits for."""
    came = {fact.name: fact.at for fact in story}
    notes = {"current": waits}
    names = CROSSED_WALK if found.cross_id else SUBLICENSED_WALK if found.within else WALKS.get(found.mode, WALK)
    return [
        {
            "title": names[step],
            "state": mark,
            "note": _came(came, step) if mark == "done" else notes.get(mark, ""),
        }
        for step, mark in moves.walk(found.state)
    ]


def _came(came: Mapping[str, datetime], step: str) -> str:
    """When a step was done; one that a deal never stood at was done when it was formed (an open licence, taken by notice)."""
    names = (f"deal.{state}" for state in moves.done_by(step))
    return formats.when(next((came[name] for name in names if name in came), came.get("deal.formed")))


def _told(fact: Fact) -> dict[str, Any]:
    """A fact as a line of the timeline: what happened, to which paper, and by which party."""
    data = formats.own_words(fact.data, get_language() or "")
    words = [str(PAPERS[data["paper"]])] if data.get("paper") in PAPERS else []
    words += [str(data[name]) for name in ("on", "number", "note") if data.get(name)]
    return {
        "at": fact.at,
        "title": HAPPENED.get(fact.name, fact.name),
        "text": " · ".join(words),
        "who": data.get("party_name", ""),
    }


@login_required
def sign(request: SignedIn, code: str, kind: str) -> HttpResponse:
    """Read a paper in full and, in a role that signs it, sign it: consent, password, the hash of what was read."""
    paper = access.paper_for(request.user, code, kind)
    role = access.role_of(request.user, paper.deal)
    given = {signature.role: signature for signature in paper.signatures.all()}
    asked = role in moves.SIGNERS[paper.kind] and role not in given and paper.deal.state == moves.SIGNED_IN[paper.kind]
    may = asked and access.may(request.user, paper.deal, role, f"sign_{paper.kind}")
    form, status = None, 200
    if request.method == "POST":
        form = SignForm(request.POST, user=request.user)
        if form.is_valid():
            consent = str(form.fields["consent"].label)
            digest = form.cleaned_data["sha256"]
            try:
                actions.sign(paper=paper, role=role, by=request.user, sha256=digest, statement=consent)
            except Conflict:
                raise
            except Refused as refused:
                form.add_error(None, sentence(refused))
            else:
                messages.success(request, _("Signed. The signature is on record with its time and the file's hash."))
                return redirect("deal", code=paper.deal.code)
        status = 422
    elif may:
        form = SignForm(user=request.user, initial={"sha256": paper.version.sha256})
    context = {"deal": paper.deal, "paper": paper, "role": role, "form": form, "signatures": given.values()}
    context["others_sign"] = asked and not may
    return render(request, "deals/sign.html", context, status=status)


@login_required
def draft(request: SignedIn, code: str) -> HttpResponse:
    """The agency supplies what the register lacks, and the contract is drafted."""
    found = access.draft_for(request.user, code)
    names = queries.missing_terms(found)
    form = ParticularsForm(request.POST or None, names=tuple(name for name in names if name != "bank"))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.draft_contract(found, actor=request.user.ref, supplied=form.cleaned_data)
            except Refused as refused:
                form.add_error(None, sentence(refused))
            else:
                messages.success(request, _("The contract is drafted; seller and buyer are asked to sign it."))
                return redirect("deal", code=found.code)
    return render(request, "deals/draft.html", {"deal": found, "form": form, "no_bank": "bank" in names}, status=status)


UNDONE: dict[str, Promise] = {
    Deal.State.RESCINDED: gettext_lazy("The deal is undone. What is in escrow goes back to the buyer."),
    Deal.State.RETURNING: gettext_lazy(
        "The deal is undone. File the transfer back; then the escrow goes back to the buyer."
    ),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: SignedIn, code: str) -> HttpResponse:
    """The agency rescinds a deal: why, and the paper that says so."""
    found = access.undoable_for(request.user, code)
    form, status = UndoForm(), 200
    if request.method == "POST":
        form, status = UndoForm(request.POST, request.FILES), 422
        if form.is_valid():
            given = form.cleaned_data["paper"]
            try:
                paper = documents.store(
                    subject=found.ref,
                    kind="rescission",
                    title=f"解除依据 Ground of the rescission {found.code}",
                    name=given.name,
                    content=given.read(),
                    content_type="",
                    owner=found.agency,
                    by=request.user,
                    readers=[found.seller, found.buyer],
                )
                found = undoing.rescind(found, reason=form.cleaned_data["reason"], paper=paper, by=request.user)
            except Refused as refused:
                form.add_error("paper" if refused.code.startswith("file.") else None, sentence(refused))
            else:
                messages.success(request, str(UNDONE[found.state]))
                return redirect("deal", code=found.code)
    return render(request, "deals/undo.html", {"deal": found, "form": form}, status=status)
