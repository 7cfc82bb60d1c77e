"""What people fill in about documents."""

from django import forms
from django.utils.translation import gettext_lazy as _

from market.documents.rules import KINDS

ACCEPTED = ",".join(f".{suffix}" for suffix in KINDS)
PROOFS = [
    ("licence", _("Business licence or register extract")),
    ("authority", _("Letter of authority for the person acting")),
    ("person", _("Identity document of a natural person")),
    ("agency", _("Auction or agency licence")),
]


class EvidenceForm(forms.Form):
    """One file that proves who a party is."""

    proof = forms.ChoiceField(label=_("What it shows"), choices=PROOFS)
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG or JPG, at most 20 MB. Only whoever verifies you will see it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        allow_empty_file=True,
    )

    def title(self) -> str:
        """The document's title: what the file shows, in English so that it does not depend on the reader."""
        return str(self.cleaned_data["proof"])
