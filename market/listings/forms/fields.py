"""Fields that the forms about a right share: a day, a list typed by line, people in their order, a checked number."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.kernel.errors import Refused
from market.kernel.typed import tidy
from market.kernel.words import sentence
from market.listings import queries
from market.parties.models import Party

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_SEPARATORS = re.compile(r"[\n;；、]")
_KNOWN = re.compile(r"(.+?)[\s(（]+(P-[0-9A-Z]+)[)）]?", re.IGNORECASE)


class LinesField(forms.Field):
    """A list typed one entry a line (or separated by semicolons)."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """The list with an entry a line."""
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:
        """The entries, each once."""
        return list(dict.fromkeys(filter(None, map(tidy, _SEPARATORS.split(value or "")))))


class CreatorsField(LinesField):
    """People in their order, one a line, as (name, party): behind a name may stand its party's market code."""

    def prepare_value(self, value: Any) -> Any:
        """A line for each, with the code of whoever the market knows."""
        if isinstance(value, str | None):
            return value
        return "\n".join(f"{one.name} {one.party.code}" if one.party else one.name for one in value)

    def clean(self, value: Any) -> list[tuple[str, Party | None]]:
        """The people; a code that nobody bears is an error."""
        return [self._read(line) for line in super().clean(value)]

    def _read(self, line: str) -> tuple[str, Party | None]:
        match = _KNOWN.fullmatch(line)
        if match is None:
            return line, None
        party = queries.party_named(match[2])
        if party is None:
            raise ValidationError(_("No party on the market has the code %(code)s.") % {"code": match[2]})
        return tidy(match[1]), party


def checked(check: Any, typed: Any) -> Any:
    """What a rule makes of a typed value; its refusal as the field's error."""
    try:
        return check(typed)
    except Refused as refused:
        raise ValidationError(sentence(refused)) from refused
