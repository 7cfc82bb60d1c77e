"""What a licensee hands in: a filled-in table, and what a key is to be for."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TableForm(forms.Form):
    """A filled-in table."""

    file = forms.FileField(label=_("Table, CSV or XLSX"), allow_empty_file=True)


class KeyForm(forms.Form):
    """A key to come."""

    name = forms.CharField(label=_("What the key is for"), max_length=60)
