"""What forms of several rooms share: a refusal shown where it belongs, an amount typed as people type it."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.typed import plain
from market.kernel.words import sentence

# What people put around a figure: currency signs, 元, grouping commas in either width (1,180,000).
_DRESS = re.compile(r"^[¥$€]|(元|圆|RMB|CNY)$")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)


class Answering(forms.Form):
    """A form that shows a refusal at the field it is about (`places`, by its code) and keeps everything typed; what is not
    there is about the whole form."""

    places: ClassVar[Mapping[str, str]] = {}

    def refuse(self, refused: Refused) -> None:
        """Put the refusal's sentence where it belongs."""
        field = self.places.get(refused.code)
        self.add_error(field if field in self.fields else None, sentence(refused))


def answered(form: Answering, action: Callable[..., object], **about: Any) -> int:
    """Take `action(**about, **what was typed)` as a form asks that was sent: 0 once it is taken, else the HTTP status of the
    page that shows the form with its faults."""
    if not form.is_valid():
        return 422
    try:
        action(**about, **form.cleaned_data)
    except Refused as refused:
        form.refuse(refused)
        return refused.status
    return 0


class MoneyField(forms.CharField):
    """An amount in the currency's whole units (元): "１，１８０，０００元" becomes Money; empty becomes None.

    The input shows the amount in ten thousands while one types; the page works without that.
    """

    default_error_messages = {
        "amount.format": _("Write the amount in figures, for example 1180000 or 1180000.50."),
        "amount.precision": _("The amount has too many decimals."),
        "amount.range": _("The amount is too large."),
        "amount.zero": _("The amount must be more than zero."),
    }

    def __init__(self, *, currency: str = "CNY", **options: Any) -> None:
        self.currency = currency
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A figure keyboard, no browser history, and the echo ("unit|words", each language its own unit)."""
        return {"inputmode": "decimal", "autocomplete": "off", "data-echo": _("1000000|= {n} million")}

    def prepare_value(self, value: Any) -> Any:
        """Money as the plain figure one would type; anything typed stays as it was."""
        return re.sub(r"\.0+$", "", value.plain()) if isinstance(value, Money) else value

    def to_python(self, value: Any) -> Any:
        """Money, or None when nothing was typed."""
        text = plain(super().to_python(value) or "")
        while _DRESS.search(text):
            text = _DRESS.sub("", text)
        if not text:
            return None
        try:
            amount = Money.parse(text.replace(",", "") if _GROUPED.fullmatch(text) else text, self.currency)
        except Refused as refused:
            raise forms.ValidationError(self.error_messages[refused.code], refused.code) from refused
        if not amount:
            raise forms.ValidationError(self.error_messages["amount.zero"], "amount.zero")
        return amount
