"""What an agency fills in about reminders, and the day an ageing is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel.forms import Answering
from market.kernel.typed import plain


class DaysField(forms.CharField):
    """Whole numbers of days, separated by commas or blanks ("3, 7")."""

    default_error_messages = {"days": _("Write whole numbers of days, separated by commas: for example 3, 7.")}

    def to_python(self, value: Any) -> Any:
        """The numbers, none for nothing typed."""
        words = str(value or "").replace("，", " ").replace("、", " ").replace(",", " ").split()
        numbers = [plain(word) for word in words]
        if not all(number.isascii() and number.isdigit() and len(number) < 5 for number in numbers):
            raise forms.ValidationError(self.error_messages["days"], "days")
        return [int(number) for number in numbers]


class ScheduleForm(Answering):
    """On which days the agency reminds."""

    before = DaysField(
        label=_("Days before the due day"),
        required=False,
        help_text=_("Separated by commas; empty for none."),
    )
    after = DaysField(
        label=_("Days after it"),
        required=False,
        help_text=_("0 is the due day itself."),
    )

    @classmethod
    def showing(cls, days: list[int]) -> "ScheduleForm":
        """The form as the schedule stands."""
        before, after = [-day for day in days if day < 0], [day for day in days if day >= 0]
        return cls(initial={"before": ", ".join(map(str, before)), "after": ", ".join(map(str, after))})

    def days(self) -> list[int]:
        """What was typed, counted from the due day."""
        return [*(-day for day in self.cleaned_data["before"] if day), *self.cleaned_data["after"]]
