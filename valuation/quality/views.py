"""The doors of scoring: the answers a scheme asks for, and a scoring with its radar and table."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from market.kernel import clock
from market.parties.access import SignedIn
from valuation.indicators import Judged, scheme, schemes, score
from valuation.indicators.scoring import Listing as Seen
from valuation.indicators.scoring import Scored
from valuation.methods.errors import ValuationError
from valuation.quality import access, actions, radar
from valuation.quality.forms import ScoreForm, scenario_word, words
from valuation.quality.queries import facts_of

_RINGS = (0.25, 0.5, 0.75, 1.0)
# Schemes whose every indicator is set against a cohort need a table of cohorts, which the market does not keep.
OFFERED = [(code, version) for code, version in schemes() if not code.startswith("oecd")]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, code: str) -> HttpResponse:
    """What the register knows by a scheme's indicators, and the answers asked for besides."""
    listing, party = access.asset_for(request.user, code), access.maker_of(request.user)
    chosen = request.GET.get("scheme", "gbt-42748-2023")
    known = dict(OFFERED)
    if chosen not in known:
        raise Http404
    system = scheme(chosen, known[chosen])
    scenario = request.GET.get("scenario", "") or next(iter(system.scenarios))
    if scenario not in system.scenarios:
        raise Http404
    today, language = clock.today(), get_language() or "zh"
    facts = facts_of(listing, today)
    form = ScoreForm(system, facts, language, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            terms: dict[str, Any] = {"scheme": chosen, "version": known[chosen], "scenario": scenario, "on": today}
            kept = actions.keep(
                key=form.cleaned_data["key"],
                listing=listing,
                party=party,
                judged=form.judged(),
                by=request.user,
                **terms,
            )
            return redirect("scoring", kept.code)
        except ValuationError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    context = {
        "listing": listing,
        "right": listing.right,
        "form": form,
        "scheme": system,
        "name": words(system, language),
        "scenarios": [
            {"label": scenario_word(one), "url": f"?scheme={chosen}&scenario={one}", "current": one == scenario}
            for one in system.scenarios
        ],
        "tabs": [
            {"label": words(scheme(*one), language), "url": f"?scheme={one[0]}", "current": one[0] == chosen}
            for one in OFFERED
        ],
        "facts": [
            (
                words(node, language),
                listing.right.get_state_display() if node.code == "grant_status" else facts[node.code],
            )
            for _level, node in system.root.walk()
            if node.code in facts
        ],
    }
    return render(request, "valuation/score.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def scoring(request: SignedIn, code: str) -> HttpResponse:
    """A scoring: its score and coverage, the radar, and every indicator with what it rests on."""
    found = access.scoring_for(request.user, code)
    judged = {name: Judged(Decimal(told), evidence) for name, (told, evidence) in found.judged.items()}
    facts = {name: _fact(fact) for name, fact in found.facts.items()}
    scored = score(Seen(facts=facts, judged=judged), found.scheme, found.version, found.scenario)
    language = get_language() or "zh"
    context = {"scoring": found, "right": found.listing.right, "name": words(scored.scheme, language)}
    context["scenario"] = scenario_word(found.scenario)
    return render(request, "valuation/scoring.html", context | _drawn(scored, language))


def _drawn(scored: Scored, language: str) -> dict[str, Any]:
    """The radar over the widest level of at most sixteen indicators, and the table of all."""
    levels = [[one for one in scored.indicators if one.level == level] for level in (1, 2)]
    across = max((level for level in levels if len(level) <= 16), key=len)
    rays = radar.spokes([one.score for one in across])
    numbers = {one.node.code: ray.number for one, ray in zip(across, rays, strict=True)}
    return {
        "board": (radar.WIDE, radar.HIGH),
        "rays": rays,
        "outline": radar.outline(rays),
        "rings": [radar.ring(rays, part) for part in _RINGS],
        "spokes": [(ray, words(one.node, language), one) for ray, one in zip(rays, across, strict=True)],
        "rows": [
            (one, words(one.node, language), numbers.get(one.node.code)) for one in scored.indicators if one.level
        ],
        "percent": f"{scored.coverage * 100:.0f}",
    }


def _fact(kept: Any) -> Any:
    """A fact as it was: a decimal was kept as text."""
    if not isinstance(kept, str):
        return kept
    try:
        return Decimal(kept)
    except ArithmeticError:
        return kept
