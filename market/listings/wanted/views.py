"""The doors of wanted posts: the public list, one post with its answers, posting, and the agency's look."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings.wanted import access, actions, queries
from market.listings.wanted.forms import RemarkForm, ReplyForm, WishForm
from market.listings.wanted.models import WantedPost
from market.parties.access import SignedIn
from market.rights.models import Right

PAGE = 24
FORM = require_http_methods(["GET", "HEAD", "POST"])
FACETS: dict[str, tuple[Any, dict[str, Any]]] = {
    "kind": (gettext_lazy("Kind of right"), dict(Right.Kind.choices)),
    "industry": (gettext_lazy("Industry"), dict(Right.Industry.choices)),
}


@require_safe
def wanted(request: HttpRequest) -> HttpResponse:
    """What buyers look for, narrowed by kind and industry, a page at a time."""
    asked = {name: request.GET.get(name, "") for name in FACETS}
    asked = {name: value if value in FACETS[name][1] else "" for name, value in asked.items()}
    rows, last = queries.page(queries.on_list(asked), request.GET.get("after", ""), PAGE)
    counts = queries.counts(asked)
    context = {
        "rows": rows,
        "facets": [
            {
                "label": label,
                "options": [
                    {
                        "label": word,
                        "count": counts[name].get(value, 0),
                        "chosen": asked[name] == value,
                        "url": _address(asked | {name: "" if asked[name] == value else value}),
                    }
                    for value, word in words.items()
                    if counts[name].get(value) or asked[name] == value
                ],
            }
            for name, (label, words) in FACETS.items()
        ],
        "clear_url": "?" if any(asked.values()) else "",
        "next_url": f"{_address(asked)}&after={last}" if last else "",
    }
    return render(request, "listings/wanted/wanted.html", context)


def _address(asked: dict[str, str]) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in asked.items() if value)


@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """The posts of the party the reader acts for, with how many answered."""
    posts = queries.of_buyer(access.buyer_of(request.user))
    return render(request, "listings/wanted/mine.html", {"posts": posts})


@login_required
@FORM
def new(request: SignedIn) -> HttpResponse:
    """Say what one looks for."""
    buyer = access.buyer_of(request.user)
    return _filled(
        request,
        None,
        lambda form: actions.submit(form.wish(), buyer=buyer, agency=form.cleaned_data["agency"], by=request.user),
    )


@login_required
@FORM
def edit(request: SignedIn, code: str) -> HttpResponse:
    """Mend a post that was sent back."""
    found = access.own_post_for(request.user, code)
    return _filled(request, found, lambda form: actions.resubmit(found, form.wish(), by=request.user))


def _filled(request: SignedIn, post: WantedPost | None, send: Any) -> HttpResponse:
    form = WishForm(post, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = send(form)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Handed in. The agency looks it through and publishes it."))
            return redirect("wanted-post", made.code)
    context = {"form": form, "post": post}
    return render(request, "listings/wanted/new.html", context, status=422 if form.is_bound else 200)


@require_safe
def post(request: HttpRequest, code: str) -> HttpResponse:
    """What is wanted; for its buyer the answers, for a holder the form to answer."""
    found = access.post_for(request.user, code)
    party = access.answering(request.user, found)
    return _page(request, found, ReplyForm(party) if party else None)


def _page(request: HttpRequest, found: WantedPost, form: ReplyForm | None) -> HttpResponse:
    role = access.role_of(request.user, found)
    context = {
        "post": found,
        "role": role,
        "open": found.state in WantedPost.OPEN,
        "form": form if found.state == WantedPost.State.PUBLISHED and role != "buyer" else None,
        "replies": queries.replies_to(found)[:100] if role else (),
    }
    bad = form is not None and form.is_bound
    return render(request, "listings/wanted/post.html", context, status=422 if bad else 200)


@login_required
@require_POST
def answer(request: SignedIn, code: str) -> HttpResponse:
    """Answer a post with a listing or a message."""
    found = access.post_for(request.user, code)
    party = access.buyer_of(request.user)
    form = ReplyForm(party, request.POST)
    if form.is_valid():
        try:
            actions.reply(found, party=party, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Your answer is with the buyer, who may make you an offer."))
            return redirect("wanted-post", code)
    return _page(request, found, form)


@login_required
@require_POST
def withdraw(request: SignedIn, code: str) -> HttpResponse:
    """Take a post off the list."""
    actions.withdraw(access.own_post_for(request.user, code), by=request.user)
    messages.success(request, _("The post is withdrawn."))
    return redirect("wanted-mine")


@login_required
@FORM
def review(request: SignedIn, code: str) -> HttpResponse:
    """The agency's look at a post: publish it, or send it back with a remark."""
    found = access.review_for(request.user, code)
    form = RemarkForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            if request.POST.get("decision") == "publish":
                actions.publish(found, by=request.user)
                messages.success(request, _("The post is published."))
            else:
                actions.send_back(found, remark=form.cleaned_data["remark"], by=request.user)
                messages.success(request, _("The post was sent back to the buyer."))
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            return redirect("desk")
    context = {"post": found, "form": form, "waits": found.state == WantedPost.State.SUBMITTED}
    return render(request, "listings/wanted/review.html", context, status=422 if form.errors else 200)
