"""The page that shows every component in every state (off in production): what axe and the screenshots run over."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.kernel.clock import now, today
from market.kernel.errors import Refused
from market.kernel.forms import MoneyField
from market.kernel.money import Money
from market.kernel.tints import LOOKS

PAGES = {"404": 404, "403": 403, "403_csrf": 403, "409": 409, "500": 500, "refused": 422}
SAMPLES = ("check", "done")
PRICE = Money(118_000_000, "CNY")


class SampleForm(forms.Form):
    """One field of every sort."""

    number = forms.CharField(label=gettext_lazy("Number"), help_text=gettext_lazy("As printed on the certificate."))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("a", gettext_lazy("Open")), ("b", gettext_lazy("Closed"))]
    )
    price = MoneyField(label=gettext_lazy("Price in yuan"), required=False)
    way = forms.ChoiceField(
        label=gettext_lazy("How it is traded"),
        choices=[("a", gettext_lazy("Draft")), ("b", gettext_lazy("Published"))],
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(label=gettext_lazy("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    proof = forms.FileField(label=gettext_lazy("Proof"), required=False)
    read = forms.BooleanField(label=gettext_lazy("I have read the conditions of sale"))


def index(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    return render(request, "styleguide/index.html", _sample())


def page(request: HttpRequest, name: str) -> HttpResponse:
    """One of the whole pages that only appear when something happens."""
    if name in SAMPLES:
        return render(request, f"styleguide/{name}.html", _sample())
    if name not in PAGES:
        raise Http404
    stale = [(_("Price"), "¥1,180,000", "¥1,200,000", True), (_("Kind"), _("Open"), _("Open"), False)]
    context = {
        "rows": stale,
        "refusal": Refused("amount.format"),
        "sentence": _("Write the amount in figures, for example 1180000 or 1180000.50."),
    }
    return render(request, f"{name}.html", context, status=PAGES[name])


def _sample() -> dict[str, Any]:
    moment, name = now(), _("Method of preparing a solid electrolyte")
    return {
        "name": name,
        "price": PRICE,
        "debt": Money(-10_000_050, "CNY"),
        "dollars": Money(123_456_789, "USD"),
        "deadline": moment + timedelta(days=4, hours=1),
        "past": moment - timedelta(hours=3),
        "states": sorted(LOOKS),
        "empty_form": SampleForm(),
        "wrong_form": SampleForm({"wrong-price": "12,5", "wrong-kind": "z"}, prefix="wrong"),
        "facts": [(_("Number"), "ZL202310123456.6"), (_("Price"), "¥1,180,000"), (_("Remark"), None)],
        "figures": [
            {"label": _("Price"), "value": "¥1,180,000", "note": "118 万元"},
            {"label": _("Bids"), "value": 21},
            {"label": _("Number"), "value": "7 / 9"},
            {"label": _("Remark"), "value": None},
        ],
        "steps": [
            {"title": _("Done"), "state": "done", "note": "2026-12-02 10:52"},
            {"title": _("Failed"), "state": "failed"},
            {"title": _("Signed"), "state": "current", "note": _("Waiting"), "url": "#", "action": _("Read and sign")},
            {"title": _("Paid"), "state": "todo"},
        ],
        "entries": [
            {"at": moment, "title": _("Published"), "who": _("Demonstration agency"), "state": "published", "url": "#"},
            {"at": moment - timedelta(days=3), "title": _("Verified"), "text": _("As printed on the certificate.")},
        ],
        "tabs": [
            {"label": _("Draft"), "url": "#", "count": 3, "current": True},
            {"label": _("Published"), "url": "#", "count": 0, "current": False},
            {"label": _("Sold"), "url": "#", "current": False},
        ],
        "facets": [
            {
                "label": _("Kind"),
                "options": [
                    {"label": _("Published"), "url": "#", "count": 128, "chosen": True},
                    {"label": _("Sold"), "url": "#", "count": 7, "chosen": False},
                ],
            },
            {"label": _("Number"), "open": False, "options": [{"label": "H01M", "url": "#", "chosen": False}]},
        ],
        "chosen": [{"label": _("Published"), "url": "#"}],
        "days": [
            {
                "day": today() + timedelta(days=i),
                "items": [
                    {
                        "url": "#",
                        "title": name,
                        "at": moment,
                        "meta": _("Demonstration agency"),
                        "state": "registering",
                    },
                    {"url": "#", "title": name},
                ],
            }
            for i in range(2)
        ],
        "versions": [(_("Price"), "¥1,180,000", "¥1,200,000", True), (_("Kind"), _("Open"), _("Open"), False)],
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "bars": [(10, 90, 60), (80, 60, 90), (150, 30, 120), (220, 75, 75)],
        "bands": ["leading", "outbid", "offline", "won", "waiting"],
    }
