"""What people fill in about online payment: where a payee's account is opened, and how a lost dispute was made good."""

from django import forms
from django.utils.translation import gettext_lazy as _

from market.payments.forms import PaymentForm

# Where Stripe opens accounts that our payees are likely to have a company or a home in; mainland China is not among them.
COUNTRIES = [
    ("HK", _("Hong Kong")),
    ("SG", _("Singapore")),
    ("JP", _("Japan")),
    ("US", _("United States")),
    ("GB", _("United Kingdom")),
    ("DE", _("Germany")),
    ("FR", _("France")),
    ("CH", _("Switzerland")),
    ("AU", _("Australia")),
    ("CA", _("Canada")),
]


class AccountForm(PaymentForm):
    """A payee opens an account at Stripe."""

    country = forms.ChoiceField(
        label=_("Country or region of the account"),
        help_text=_(
            "Where the organisation is registered. Stripe opens no accounts in mainland China; stay with bank transfer there."
        ),
        choices=COUNTRIES,
    )


class ReleaseForm(PaymentForm):
    """The agency says how a lost dispute was made good."""

    remark = forms.CharField(
        label=_("How it was made good"),
        help_text=_("For example: paid again by bank transfer on 2026-12-02. The payer reads this."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
