"""Fields of the terms form: shares typed as percent, places as codes, several texts one a line."""

import re
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel.typed import plain, tidy

_PERCENT = re.compile(r"\d{1,3}(\.\d{1,10})?", re.ASCII)
_FRACTION = re.compile(r"\d{1,6}/[1-9]\d{0,5}", re.ASCII)
_PLACE = re.compile(r"[A-Z]{2}|WORLD", re.ASCII)
_NAMED = {"中国": "CN", "全球": "WORLD", "全世界": "WORLD", "CHINA": "CN", "WORLDWIDE": "WORLD"}
_BREAKS = re.compile(r"[,，、;；\s]+")
DECIMALS = 12  # of a part of one, as the document's schema takes it


class PartField(forms.CharField):
    """A part of one typed as percent ("5", "5%", "2.5") or as a fraction ("1/3"), kept as the document writes it ("0.05")."""

    default_error_messages = {
        "part": _("Write a percentage between 0 and 100, like 5 or 2.5, or a fraction like 1/3."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A figure keyboard and no browser history."""
        return {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        """The part as text, "" when nothing was typed."""
        text = plain(super().to_python(value) or "").removesuffix("%")
        if not text:
            return ""
        if _FRACTION.fullmatch(text) and Fraction(text) <= 1:
            return text
        if not _PERCENT.fullmatch(text) or Fraction(text) > 100:
            raise forms.ValidationError(self.error_messages["part"], "part")
        return written(Fraction(text) / 100)


def written(part: Fraction) -> str:
    """A part of one as the document writes it: 0.05; a third, which no decimal is, as 1/3."""
    places = next((many for many in range(DECIMALS + 1) if (part * 10**many).denominator == 1), None)
    if places is None:
        return f"{part.numerator}/{part.denominator}"
    whole, rest = divmod(int(part * 10**places), 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def percent_of(part: str) -> str:
    """A part of the document as one would type it: 5, 2.5, or the fraction itself."""
    text = written(Fraction(part) * 100)
    return part if "/" in text else text


class PlacesField(forms.CharField):
    """Countries as codes ("CN, JP"), or the whole world."""

    default_error_messages = {
        "place": _("Write two-letter country codes like CN or JP, or WORLD for the whole world: %(place)s is none."),
    }

    def prepare_value(self, value: Any) -> Any:
        """The list as one would type it."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The codes, each once, in the order typed."""
        typed = [text.upper() for text in _BREAKS.split(super().to_python(value) or "") if text]
        places = list(dict.fromkeys(_NAMED.get(text, text) for text in typed))
        for place in places:
            if not _PLACE.fullmatch(place):
                raise forms.ValidationError(self.error_messages["place"], "place", {"place": place[:20]})
        return places


class LinesField(forms.CharField):
    """Several short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 2})
    default_error_messages = {"line": _("A line has more than 500 characters. Split it.")}

    def prepare_value(self, value: Any) -> Any:
        """The list, one a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines that say something, each once."""
        lines = list(dict.fromkeys(filter(None, map(tidy, (super().to_python(value) or "").splitlines()))))
        if any(len(line) > 500 for line in lines):
            raise forms.ValidationError(self.error_messages["line"], "line")
        return lines
