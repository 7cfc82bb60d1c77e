"""What people fill in in the deal room: a signature, and what the register could not say."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from market.deals.rules.particulars import ASKED
from market.parties.models import User

# 电子签名法 13: the signer's own act, meant for this text; kept with the signature as it was read.
CONSENT = _(
    "I have read this document in full, I may sign for the party named, and I agree that my electronic signature has the "
    "same effect as one by hand (Electronic Signature Law, articles 13 and 14)."
)


class SignForm(forms.Form):
    """Consent, and the password once more as proof of who signs; `sha256` is of the file that was read."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    consent = forms.BooleanField(
        label=CONSENT, error_messages={"required": _("Tick the sentence to say that you agree to it.")}
    )
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("Asked once more so that nobody signs at your unlocked screen."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """The password of the person signed in; too many wrong ones are refused for a while, as at the sign-in."""
        password = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError(_("This is not your password. Type it again."), "password")
        return str(password)


class UndoForm(forms.Form):
    """Why a deal is rescinded, and the paper that says so."""

    reason = forms.CharField(
        label=_("Why the deal is undone"),
        help_text=_("Seller and buyer read this."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    paper = forms.FileField(
        label=_("The paper that says so"),
        help_text=_(
            "The office's final decision, or the agreement of seller and buyer: PDF, PNG or JPG, at most 20 MB."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class ParticularsForm(forms.Form):
    """The mandatory particulars the register lacks, one field each."""

    def __init__(self, *args: Any, names: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in names:
            self.fields[name] = forms.CharField(label=ASKED[name], max_length=300)
