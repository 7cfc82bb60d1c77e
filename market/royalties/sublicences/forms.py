"""What a licensee fills in for a sublicence: who takes it, and its terms."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from market.deals.terms.documents import Document
from market.deals.terms.forms import TermsForm
from market.kernel.errors import Refused
from market.kernel.words import sentence

# The field a refusal is about; what is not here is about the whole form.
FIELDS = {"affiliation.unknown": "sublicensee", "sublicence.party": "sublicensee"}


class SublicenceForm(TermsForm):
    """The terms of a sublicence and who takes it; `key` makes a repeat the same request."""

    sublicensee = forms.CharField(
        label=_("Who takes the sublicence"),
        max_length=40,
        help_text=_("Public code (P-…) or unified social credit code."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    SECTIONS: Any = ((_("To whom"), ("sublicensee",), ""), *TermsForm.SECTIONS)

    def __init__(self, base: Document, *args: Any, **more: Any) -> None:
        super().__init__(base, *args, **more)
        self.initial = {**self.initial, "key": uuid4()}

    def refuse(self, refused: Refused) -> None:
        """Put the refusal's sentence where it belongs."""
        self.add_error(FIELDS.get(refused.code), sentence(refused))
