"""A portfolio and its product lines as people fill them in."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings.forms.listing import TermsForm, TextForm
from market.listings.models import Bundle
from market.rights.models import Right
from market.rights.rules.portfolio import ipc_places, nice_classes


def _rights(label: Any, rights: Iterable[Right], help_text: Any = "") -> forms.MultipleChoiceField:
    """Boxes to tick, one a right, told by its number and title."""
    return forms.MultipleChoiceField(
        label=label,
        choices=[(right.code, str(right)) for right in rights],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


class PortfolioForm(forms.Form):
    """Its name, what comes in and what goes out."""

    name = forms.CharField(label=_("Name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=160, required=False)

    def __init__(self, data: Any = None, *, inside: Sequence[Right], outside: Sequence[Right], **options: Any) -> None:
        super().__init__(data, **options)
        self.rights = {right.code: right for right in (*inside, *outside)}
        if outside:
            self.fields["add"] = _rights(_("Take in"), outside)
        if inside:
            help_text = _("It stays yours; only its place in the portfolio ends today.")
            self.fields["out"] = _rights(_("Take out"), inside, help_text)

    def chosen(self, name: str) -> list[Right]:
        """The rights ticked in `name` ("add", "out")."""
        return [self.rights[code] for code in self.cleaned_data.get(name, ())]


class BundleForm(TermsForm):
    """How the portfolio is sold, through whom, and what readers are told of all of it."""

    way = forms.ChoiceField(label=_("How is it sold"), choices=Bundle.Way.choices, widget=forms.RadioSelect)
    summary, summary_en, defects = (TextForm.base_fields[name] for name in ("summary", "summary_en", "defects"))

    field_order = ("way",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(None, *args, **options)


class LineForm(forms.Form):
    """A product line: where its goods and its technology are, and which members protect it."""

    name = forms.CharField(label=_("Product line"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=160, required=False)
    classes = forms.CharField(
        label=_("Nice classes of its goods and services"),
        max_length=120,
        required=False,
        help_text=_("For example: 9, 12. A class without a mark is shown as a gap."),
    )
    ipc = forms.CharField(
        label=_("IPC places of its technology"),
        max_length=200,
        required=False,
        help_text=_("For example: H01M, B60L 50/64. A place without a patent is shown as a gap."),
    )
    together = forms.BooleanField(
        label=_("What protects it goes to one buyer"),
        required=False,
        help_text=_("Sold in parts, these rights stay together."),
    )

    def __init__(self, data: Any = None, *, members: Sequence[Right], **options: Any) -> None:
        super().__init__(data, **options)
        self.rights = {right.code: right for right in members}
        self.fields["rights"] = _rights(_("Members that protect it"), members)

    def clean_classes(self) -> list[int]:
        """The classes as numbers."""
        try:
            return nice_classes(self.cleaned_data["classes"])
        except Refused as refused:
            raise forms.ValidationError(sentence(refused)) from refused

    def clean_ipc(self) -> list[str]:
        """The places as the classification writes them."""
        try:
            return ipc_places(self.cleaned_data["ipc"])
        except Refused as refused:
            raise forms.ValidationError(sentence(refused)) from refused

    def clean_rights(self) -> list[Right]:
        """The members ticked."""
        return [self.rights[code] for code in self.cleaned_data["rights"]]
