"""What people fill in about parties: syntax only, the rules are the actions'."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.kernel.typed import bare, tidy
from market.parties.models import Affiliation, Licence, Membership, Party

OPENABLE = [(value, label) for value, label in Party.Kind.choices if value != Party.Kind.REGULATOR]
DAY = {"type": "date"}


class PartyForm(forms.Form):
    """The details of a party."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OPENABLE)
    name = forms.CharField(
        label=_("Full name"), max_length=120, help_text=_("As on the business licence, or your own name.")
    )
    name_en = forms.CharField(label=_("English name"), max_length=160, required=False)
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters; a natural person leaves it empty. Spaces and hyphens do not matter."),
        error_messages={
            "required": _(
                "An organisation needs its unified social credit code. Copy its 18 characters from the business licence."
            )
        },
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )
    state_owned = forms.BooleanField(
        label=_("State-owned, or holding state-owned assets"),
        required=False,
        help_text=_("Sales of state-owned assets need an appraisal on record."),
    )
    foreign = forms.BooleanField(
        label=_("Foreign, or controlled from abroad"),
        required=False,
        help_text=_("A transfer of technology abroad may need a licence or an entry in the register."),
    )
    region = forms.CharField(label=_("Region"), max_length=60, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    phone = forms.CharField(
        label=_("Telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    bank_name = forms.CharField(
        label=_("Bank and branch"), max_length=120, required=False, help_text=_("Where money due to you is sent.")
    )
    bank_account = forms.CharField(
        label=_("Account number"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["uscc"].required = self["kind"].value() != Party.Kind.PERSON

    def clean_name(self) -> str:
        """The name with single blanks."""
        return tidy(self.cleaned_data["name"])

    def clean_bank_account(self) -> str:
        """The account number without blanks and hyphens."""
        account = bare(self.cleaned_data["bank_account"])
        if account and not (account.isascii() and account.isalnum() and len(account) <= 34):
            raise ValidationError(
                _("An account number has digits and letters only, at most 34. Copy it from the bank.")
            )
        return account


class PartyEditForm(PartyForm):
    """The same for a party that is there; `edition` says which state of it the reader saw."""

    edition = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def fix(self, *names: str) -> None:
        """Show these fields without letting them be changed."""
        for name in names:
            self.fields[name].disabled = True


class InviteForm(forms.Form):
    """Whom to ask to join, as what."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("The address the person signs in with."))
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.AGENT)


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices)


class AffiliationForm(forms.Form):
    """A tie to another party."""

    other = forms.CharField(
        label=_("The other party’s code"),
        max_length=40,
        help_text=_("Its public code (P-…) or its unified social credit code."),
    )
    kind = forms.ChoiceField(label=_("What ties the two"), choices=Affiliation.Kind.choices)


class VerdictForm(forms.Form):
    """The outcome of comparing a party with its proof of identity."""

    verdict = forms.ChoiceField(choices=[("verify", ""), ("reject", "")], widget=forms.HiddenInput)
    state = forms.ChoiceField(choices=Party.State.choices, widget=forms.HiddenInput)  # as the reader saw it
    compared = forms.BooleanField(
        label=_("I compared name, code and kind with the proof of identity and with the public register"),
        required=False,
    )
    authorised = forms.BooleanField(label=_("The person who opened it is authorised to act for it"), required=False)
    remark = forms.CharField(
        label=_("What has to be put right"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only when you send it back: the party reads it."),
    )

    def clean(self) -> dict[str, Any]:
        """Whoever verifies says what they compared."""
        data = super().clean() or {}
        if data.get("verdict") == "verify":
            for name in ("compared", "authorised"):
                if not data.get(name):
                    self.add_error(name, _("Tick this when you have done it; otherwise send the party back."))
        return data


class LicenceForm(forms.Form):
    """A licence as the public register shows it."""

    kind = forms.ChoiceField(label=_("Licence"), choices=Licence.Kind.choices)
    number = forms.CharField(label=_("Number"), max_length=60)
    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput(attrs=DAY))
    valid_to = forms.DateField(label=_("Valid until"), widget=forms.DateInput(attrs=DAY))


class AuctioneerForm(forms.Form):
    """An auctioneer as the public register shows them."""

    name = forms.CharField(label=_("Name"), max_length=60)
    certificate = forms.CharField(label=_("Certificate number"), max_length=40)
    valid_to = forms.DateField(label=_("Valid until"), widget=forms.DateInput(attrs=DAY))


class TieEndForm(forms.Form):
    """Why a declared tie holds no more."""

    remark = forms.CharField(label=_("Reason"), max_length=500)
