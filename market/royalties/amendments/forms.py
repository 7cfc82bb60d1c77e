"""What a side fills in for a supplementary agreement: the terms, and from when on they hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.deals.terms.forms import TermsForm
from market.kernel.errors import Refused
from market.kernel.words import sentence


class AmendmentForm(TermsForm):
    """The terms of a licence as they are, to be typed over, and the day from which the others hold."""

    since = forms.DateField(
        label=_("Holds from"),
        help_text=_("For reporting periods that begin on this day or later; what is granted stays as it is."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    SECTIONS: Any = ((_("From when"), ("since",), ""), *TermsForm.SECTIONS)

    def refuse(self, refused: Refused) -> None:
        """Put the refusal's sentence where it belongs."""
        self.add_error("since" if refused.code == "amendment.since" else None, sentence(refused))
