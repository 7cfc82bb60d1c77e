"""What people fill in about what is wanted: the post, the agency's decision, an answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel.forms import Answering, MoneyField
from market.listings.models import Listing
from market.listings.wanted.models import WantedPost
from market.listings.wanted.queries import ANSWERABLE, answerable
from market.listings.wanted.rules import Wish
from market.parties.models import Party
from market.parties.queries import agencies
from market.rights.models import Right

FIELDS = {
    "wanted.until": "until",
    "wanted.budget": "highest",
    "wanted.listing": "listing",
    "listing.not_agency": "agency",
}


class WishForm(Answering):
    """What a buyer looks for, and through which agency."""

    places = FIELDS

    title = forms.CharField(label=_("What do you look for?"), max_length=80)
    text = forms.CharField(
        label=_("Description"),
        help_text=_("What it is to do, and what it must meet. Leave out who you are: the agency passes answers on."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    kind = forms.ChoiceField(label=_("Kind of right"), required=False, choices=[("", _("Any")), *Right.Kind.choices])
    industry = forms.ChoiceField(label=_("Industry"), required=False, choices=[("", _("Any")), *Right.Industry.choices])
    lowest = MoneyField(label=_("Budget from"), required=False)
    highest = MoneyField(label=_("Budget to"), required=False, help_text=_("Only you and the agency read the budget."))
    until = forms.DateField(label=_("Wanted until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    agency: "forms.ModelChoiceField[Party]" = forms.ModelChoiceField(
        label=_("Operating agency"), queryset=None, to_field_name="code", empty_label=_("Choose an agency")
    )

    def __init__(self, post: WantedPost | None, data: Any = None) -> None:
        known = {name: getattr(post, name) for name in self.base_fields} if post else {}
        super().__init__(data, initial=known)
        self.fields["agency"].queryset = agencies()  # type: ignore[attr-defined]
        if post is not None:
            del self.fields["agency"]

    def wish(self) -> Wish:
        """What was filled in, as the action takes it."""
        said = self.cleaned_data
        return Wish(**{name: said[name] for name in Wish.__dataclass_fields__})


class RemarkForm(forms.Form):
    """Why a post is sent back."""

    remark = forms.CharField(
        label=_("What is to be mended"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReplyForm(Answering):
    """A holder's answer."""

    places = FIELDS

    listing: "forms.ModelChoiceField[Listing]" = forms.ModelChoiceField(
        label=_("One of your assets on offer"),
        queryset=None,
        to_field_name="code",
        required=False,
        empty_label=_("None: a message only"),
    )
    message = forms.CharField(
        label=_("Message"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, party: Party, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["listing"]
        field.queryset = answerable(party)  # type: ignore[attr-defined]
        shown = [(one.code, str(one.right)) for one in answerable(party)[:ANSWERABLE]]
        field.choices = [("", field.empty_label), *shown]  # type: ignore[attr-defined]
