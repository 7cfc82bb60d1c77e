"""The holder's doors to portfolios: the list, one portfolio before an act, its members, its lines, its coverage map."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings.bundles.queries import of_portfolio
from market.listings.forms.portfolio import LineForm, PortfolioForm
from market.listings.rules import term_left
from market.parties.access import SignedIn
from market.rights.models import Right
from market.rights.portfolios import access, actions, queries
from market.rights.portfolios.models import Portfolio
from market.rights.rules.intents import Intent

PAGE = require_http_methods(["GET", "HEAD", "POST"])
# The acts a holder asks about, in the order of the page.
ACTS: dict[str, Promise] = {
    Intent.ASSIGN: gettext_lazy("Assign"),
    Intent.AUCTION: gettext_lazy("Auction"),
    Intent.LICENSE_EXCLUSIVE: gettext_lazy("License exclusively"),
    Intent.LICENSE_ORDINARY: gettext_lazy("License"),
    Intent.PLEDGE: gettext_lazy("Pledge"),
    Intent.CONTRIBUTE: gettext_lazy("Contribute for equity"),
}
SOON = 24  # clocks the map shows


@login_required
@require_safe
def portfolios(request: SignedIn) -> HttpResponse:
    """The party's portfolios."""
    party = access.holder_of(request.user)
    return render(request, "listings/portfolios.html", {"party": party, "portfolios": queries.portfolios_of(party)})


@login_required
@PAGE
def new(request: SignedIn) -> HttpResponse:
    """A new portfolio: its name; it is filled on the next page."""
    party = access.maker_of(request.user)
    form = PortfolioForm(request.POST if request.method == "POST" else None, inside=(), outside=())
    if form.is_valid():
        made = actions.create(owner=party, by=request.user, **form.cleaned_data)
        return redirect("portfolio-edit", made.code)
    return render(request, "listings/portfolio_edit.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_safe
def portfolio(request: SignedIn, code: str) -> HttpResponse:
    """One portfolio: what bars an act with it and who can cure that, its members, what may not be split, who left."""
    found = access.portfolio_for(request.user, code)
    act = request.GET.get("for", Intent.ASSIGN)
    act = act if act in ACTS else Intent.ASSIGN
    rights = queries.rights_of(found)
    lines = queries.lines_of(found)
    context = about(found.owner, rights, act) | {
        "portfolio": found,
        "tabs": [{"label": label, "url": f"?for={name}", "current": name == act} for name, label in ACTS.items()],
        "members": [(right, [line for line, keys in lines if right.pk in keys]) for right in rights],
        "groups": named(queries.undivided(rights, found.owner, lines), rights),
        "bundles": of_portfolio(found),
        "left": queries.left_of(found)[: queries.PAGE],
        "mine": access.may_change(request.user, found),
    }
    return render(request, "listings/portfolio.html", context)


def about(owner: Any, rights: list[Right], act: str) -> dict[str, Any]:
    """How the rights, moving together, stand before the act: what bars it and what is to be told, member by member, and
    the marks that would be left behind."""
    by_key: dict[Any, Right] = {right.pk: right for right in rights}
    standing = queries.standing(rights, owner, act)
    return {
        "standing": standing,
        "barred": [(by_key[key], bars) for key, bars in standing.barred],
        "told": [(by_key[key], blockers) for key, blockers in standing.told],
        "left_behind": queries.left_behind(rights, owner),
    }


def named(groups: list[frozenset[Any]], rights: list[Right]) -> list[list[Right]]:
    """The groups as rights, each in the order of the page."""
    return [[right for right in rights if right.pk in group] for group in groups]


@login_required
@PAGE
def edit(request: SignedIn, code: str) -> HttpResponse:
    """Its name, what comes in and what goes out."""
    found = access.own_portfolio_for(request.user, code)
    said = {"name": found.name, "name_en": found.name_en}
    rooms = {"inside": queries.rights_of(found), "outside": queries.candidates(found)}
    form = PortfolioForm(request.POST if request.method == "POST" else None, initial=said, **rooms)
    if form.is_valid():
        into, out = form.chosen("add"), form.chosen("out")
        named = {"name": form.cleaned_data["name"], "name_en": form.cleaned_data["name_en"]}
        if _done(request, form, lambda: actions.change(found, into=into, out=out, by=request.user, **named)):
            return redirect("portfolio", code)
    context = {"form": form, "portfolio": found}
    return render(request, "listings/portfolio_edit.html", context, status=422 if form.is_bound else 200)


def _done(request: SignedIn, form: Any, act: Callable[[], object]) -> bool:
    """Do it, or put the refusal on top of the form."""
    try:
        act()
    except Refused as refused:
        form.add_error(None, sentence(refused))
        return False
    messages.success(request, _("The portfolio is up to date."))
    return True


@login_required
@require_POST
def complete(request: SignedIn, code: str) -> HttpResponse:
    """Take in the marks that may not be left behind."""
    found = access.own_portfolio_for(request.user, code)
    actions.complete(found, by=request.user)
    messages.success(request, _("The portfolio is up to date."))
    return redirect("portfolio", code)


@login_required
@PAGE
def line(request: SignedIn, code: str, number: int = 0) -> HttpResponse:
    """One product line of the portfolio, a new one without a number."""
    found = access.own_portfolio_for(request.user, code)
    one = next((line for line, _keys in queries.lines_of(found) if line.pk == number), None)
    if number and one is None:
        raise Http404
    if one is not None and request.POST.get("do") == "drop":
        actions.drop_line(found, line=one, by=request.user)
        return redirect("portfolio-map", code)
    members = queries.rights_of(found)
    form = LineForm(request.POST if request.method == "POST" else None, members=members, initial=_said(found, number))
    if form.is_valid() and _done(
        request, form, lambda: actions.set_line(found, line=one, by=request.user, **form.cleaned_data)
    ):
        return redirect("portfolio-map", code)
    context = {"form": form, "portfolio": found, "line": one}
    return render(request, "listings/portfolio_line.html", context, status=422 if form.is_bound else 200)


def _said(found: Portfolio, number: int) -> dict[str, Any]:
    """The line's form as it was filled in before; nothing for a new one."""
    for line, keys in queries.lines_of(found):
        if line.pk == number:
            return {
                "name": line.name,
                "name_en": line.name_en,
                "classes": ", ".join(str(one) for one in line.classes),
                "ipc": ", ".join(line.ipc),
                "together": line.together,
                "rights": [right.code for right in queries.rights_of(found) if right.pk in keys],
            }
    return {}


@login_required
@require_safe
def coverage(request: SignedIn, code: str) -> HttpResponse:
    """The coverage map: each product line with its marks and patents, its gaps, and when its time ends."""
    found = access.portfolio_for(request.user, code)
    context = mapped(found, queries.rights_of(found)) | {
        "portfolio": found,
        "mine": access.may_change(request.user, found),
    }
    return render(request, "listings/portfolio_map.html", context)


def mapped(portfolio: Portfolio, rights: list[Right]) -> dict[str, Any]:
    """The coverage map over these rights as the page shows it: rows of rights for the keys of the rule, and each clock's
    share of the time from today to the last of those shown (in percent)."""
    seen = queries.covering(portfolio, rights)
    shown, today = seen.map.clocks[:SOON], clock.today()
    span = max((one.on - today).days for one in shown) if shown else 0

    def timed(one: Any) -> dict[str, Any]:
        share = 100 * (one.on - today).days // span if span else 100
        left = term_left(one.on, today)
        return {"clock": one, "right": seen.rights[one.asset], "share": max(1, share), "left": left}

    return {
        "lines": [
            {
                "line": seen.lines[one.line.key],
                "patents": [seen.rights[key] for key in one.patents],
                "marks": [(number, [seen.rights[key] for key in keys]) for number, keys in one.marks],
                "others": [seen.rights[key] for key in one.others],
                "gaps": one.gaps,
                "first": timed(one.first) if one.first else None,
            }
            for one in seen.map.lines
        ],
        "loose": [seen.rights[key] for key in seen.map.loose],
        "clocks": [timed(one) for one in shown],
        "more": len(seen.map.clocks) - len(shown),
        "first": timed(seen.map.first) if seen.map.first else None,
        "gaps": sum(len(one.gaps) for one in seen.map.lines),
        "size": len(seen.rights),
    }
