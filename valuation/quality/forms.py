"""The scorer's answers: for each indicator the register does not know, a score and what it rests on."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.forms import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from valuation.indicators import Judged
from valuation.indicators.data import Node, Scheme
from valuation.indicators.scoring import Fact
from valuation.purposes import Purpose


class ScoreForm(forms.Form):
    """A score, 0 to 100, and the evidence, for every indicator without a fact. What is left empty stays unknown."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, scheme: Scheme, facts: Mapping[str, Fact], language: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked = [node for _level, node in scheme.root.walk() if not node.of and node.code not in facts]
        for node in self.asked:
            word = words(node, language)
            self.fields[node.code] = forms.DecimalField(
                label=format_lazy("{}{}{}", word, _(": "), _("score, 0 to 100")),
                required=False,
                min_value=0,
                max_value=100,
                max_digits=5,
                decimal_places=2,
            )
            self.fields[f"{node.code}_evidence"] = forms.CharField(
                label=format_lazy("{}{}{}", word, _(": "), _("evidence")), required=False, max_length=300
            )

    def pairs(self) -> Iterator[tuple[str, BoundField, BoundField]]:
        """The two fields of each indicator."""
        return ((node.code, self[node.code], self[f"{node.code}_evidence"]) for node in self.asked)

    def clean(self) -> dict[str, Any]:
        """A score rests on something."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for node in self.asked:
            if said.get(node.code) is not None and not said.get(f"{node.code}_evidence"):
                self.add_error(f"{node.code}_evidence", _("Say what the score rests on."))
        return said

    def judged(self) -> dict[str, Judged]:
        """The answers that were given."""
        said = self.cleaned_data
        return {
            node.code: Judged(Decimal(said[node.code]), said[f"{node.code}_evidence"])
            for node in self.asked
            if said[node.code] is not None
        }


def words(node: Node | Scheme, language: str) -> str:
    """An indicator's or a scheme's name in the reader's language."""
    return node.zh if language.startswith("zh") else node.en


_SCENARIOS = {
    "transfer": Purpose.TRANSFER.label,
    "finance": Purpose.PLEDGE.label,
    "reporting": Purpose.REPORTING.label,
    "infringement": Purpose.INFRINGEMENT.label,
    "management": Purpose.MANAGEMENT.label,
    "other": _("Other"),
}


def scenario_word(scenario: str) -> Any:
    """What a scenario is called; its own name where the schemes know one that we do not."""
    return _SCENARIOS.get(scenario, scenario)
