"""The steps of the wizard about the right: which one, who owns it and what burdens it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.typed import plain, tidy
from market.kernel.words import sentence
from market.listings import queries
from market.listings.forms.fields import DAY, checked
from market.parties.models import Party
from market.rights.importers.drafts import RightDraft
from market.rights.models import Copyright, Encumbrance, LayoutDesign, Patent, PlantVariety
from market.rights.rules import identifiers, symbols
from market.rights.rules.foreign import OFFICES

_FRACTION = re.compile(r"(\d{1,6})/(\d{1,6})", re.ASCII)
_PERCENT = re.compile(r"(\d{1,2})%", re.ASCII)
MAIN_OFFICES = ("CN", "US", "EP", "WO", "JP", "KR", "TW", "HK")


class StartForm(forms.Form):
    """Which right: its office and number, and what the number does not tell."""

    number = forms.CharField(
        label=_("Number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    office = forms.ChoiceField(
        label=_("Office"),
        help_text=_("Two letters, as in WIPO ST.3. CN is China."),
        choices=[(code, code) for code in (*MAIN_OFFICES, *sorted(OFFICES - set(MAIN_OFFICES)))],
    )
    HINTS = {
        "patent": _(
            "As on the certificate, for example ZL 2013 1 0699744.2. Spaces and full-width digits do not matter."
        ),
        "trademark": _("The registration number, for example 1590557."),
        "copyright": _("The registration number, for example 2014SR001852 or 国作登字-2021-A-01233328."),
        "ic_layout": _("The registration number, for example BS.205001234."),
        "plant_variety": _("The number on the certificate, for example CNA20191234.5."),
    }
    TYPES = {
        "copyright": (_("Kind of work"), Copyright.Work.choices),
        "ic_layout": (_("Function of the circuit"), LayoutDesign.Function.choices),
        "plant_variety": (_("How it grows"), PlantVariety.Growth.choices),
    }

    def __init__(self, kind: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        self.fields["number"].help_text = self.HINTS[kind]
        if kind == "patent":
            words = [("", _("The number tells")), *Patent.Type.choices]
            self.fields["type"] = forms.ChoiceField(
                label=_("Type"), choices=words, required=False, help_text=_("Needed for some foreign numbers only.")
            )
        elif kind == "trademark":
            self.fields["nice_class"] = forms.CharField(
                label=_("Nice class"),
                max_length=6,
                help_text=_("1 to 45. A registration in several classes is listed once for each class."),
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )
        else:
            label, choices = self.TYPES[kind]
            self.fields["type"] = forms.ChoiceField(label=label, choices=choices)

    def clean_nice_class(self) -> int:
        """The class as a number."""
        return checked(symbols.check_nice, self.cleaned_data["nice_class"])

    def clean(self) -> dict[str, Any]:
        """`described`: the right as far as its number tells."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        typed, office, of_type = data["number"], data["office"], data.get("type", "")
        try:
            if self.kind == "patent" and not of_type:
                checked = identifiers.check_patent(office, typed, today=clock.today())
            else:
                checked = identifiers.check_number(self.kind, of_type, office, typed, today=clock.today())
        except Refused as refused:
            raise ValidationError({"number": sentence(refused)}) from refused
        of_type = of_type or checked.type
        if self.kind == "patent" and not of_type:
            raise ValidationError({"type": _("This number does not tell the type. Choose it.")})
        patent = self.kind == "patent"
        data["described"] = RightDraft(
            kind=self.kind,
            type=of_type,
            office=checked.key.office,
            key=checked.key,
            number=checked.display,
            title="",
            nice_class=data.get("nice_class"),
            application_no=checked.display if patent and checked.application else "",
            publication_no=checked.display if patent and not checked.application else "",
            publication_kind=checked.mark if patent and not checked.application else "",
        )
        return data


OWNERS, BURDENS = 3, 3  # rows that a page offers beside those already filled


class TitleForm(forms.Form):
    """Who owns the right and what burdens it; neither question may be left open."""

    shared = forms.ChoiceField(
        label=_("Is the right owned by others too?"),
        choices=[("no", _("No, the seller owns it alone")), ("yes", _("Yes, with co-owners"))],
        widget=forms.RadioSelect,
    )
    burdened = forms.ChoiceField(
        label=_("Is there a pledge, licence, court order or dispute?"),
        choices=[("no", _("None")), ("yes", _("Yes, listed below"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, seller: Party, *args: Any, owners: int = OWNERS, burdens: int = BURDENS, **options: Any) -> None:
        super().__init__(*args, **options)
        self.seller = seller
        self.owner_rows, self.burden_rows = range(1, owners + 1), range(1, burdens + 1)
        for row in self.owner_rows:
            self.fields[f"owner_{row}"] = forms.CharField(
                label=_("Co-owner %(row)s: credit code or market code") % {"row": row}, max_length=40, required=False
            )
            self.fields[f"share_{row}"] = forms.CharField(
                label=_("Share of co-owner %(row)s") % {"row": row}, max_length=14, required=False
            )
        for row in self.burden_rows:
            kinds = [("", "—"), *Encumbrance.Kind.choices]
            self.fields[f"kind_{row}"] = forms.ChoiceField(label=_("Kind"), choices=kinds, required=False)
            self.fields[f"for_{row}"] = forms.CharField(label=_("In favour of"), max_length=160, required=False)
            self.fields[f"number_{row}"] = forms.CharField(
                label=_("Register or case number"), max_length=60, required=False
            )
            self.fields[f"since_{row}"] = forms.DateField(label=_("Begins on"), widget=DAY, required=False)
            self.fields[f"until_{row}"] = forms.DateField(label=_("Ends on"), widget=DAY, required=False)

    def owner_fields(self) -> list[tuple[Any, Any]]:
        """The two fields of each row of co-owners, for the page."""
        return [(self[f"owner_{row}"], self[f"share_{row}"]) for row in self.owner_rows]

    def burden_fields(self) -> list[list[Any]]:
        """The five fields of each row of burdens, for the page."""
        names = ("kind", "for", "number", "since", "until")
        return [[self[f"{name}_{row}"] for name in names] for row in self.burden_rows]

    def more_owners(self) -> bool:
        """Whether a row below the first is in use, so that the page opens them all."""
        return any(self[f"owner_{row}"].value() or self[f"share_{row}"].value() for row in self.owner_rows[1:])

    def more_burdens(self) -> bool:
        """The same for the burdens."""
        return any(field.value() for fields in self.burden_fields()[1:] for field in fields)

    def clean(self) -> dict[str, Any]:
        """`owners` and `burdens` as the action takes them."""
        data: dict[str, Any] = super().clean() or {}
        data["owners"] = self._owners(data) if data.get("shared") == "yes" else [(self.seller, 1, 1)]
        data["burdens"] = self._burdens(data) if data.get("burdened") == "yes" else []
        return data

    def _owners(self, data: dict[str, Any]) -> list[tuple[Party, int, int]]:
        """The co-owners with their shares, and the seller with the rest of the whole."""
        owners: list[tuple[Party, int, int]] = []
        left = (1, 1)
        for row in self.owner_rows:
            typed, share = data.get(f"owner_{row}", ""), plain(data.get(f"share_{row}", ""))
            if not typed and not share:
                continue
            party = queries.party_named(typed)
            if party is None or party.pk == self.seller.pk:
                self.add_error(
                    f"owner_{row}", _("No other party on the market has this code. Ask the co-owner to register.")
                )
                continue
            match = _FRACTION.fullmatch(share) or _PERCENT.fullmatch(share)
            if match is None or int(match.group(1)) == 0:
                self.add_error(f"share_{row}", _("Write a fraction of the whole, for example 1/2 or 50%."))
                continue
            numerator, denominator = int(match[1]), int(match[2]) if match.re is _FRACTION else 100
            left = (left[0] * denominator - numerator * left[1], left[1] * denominator)
            owners.append((party, numerator, denominator))
        if not owners and not self.errors:
            self.add_error("owner_1", _("Name the co-owner, or say that the seller owns the right alone."))
        if left[0] <= 0:
            self.add_error("share_1", _("The co-owners' shares leave nothing for the seller."))
        elif len({party.pk for party, *_share in owners}) < len(owners):
            self.add_error("owner_2", _("A co-owner is named twice."))
        return [(self.seller, *left), *owners]

    def _burdens(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        found = []
        for row in self.burden_rows:
            kind, whose, since = data.get(f"kind_{row}"), tidy(data.get(f"for_{row}", "")), data.get(f"since_{row}")
            if not kind and not whose and not since:
                continue
            for name, value in (("kind", kind), ("for", whose), ("since", since)):
                if not value and f"{name}_{row}" not in self.errors:
                    self.add_error(f"{name}_{row}", _("Fill this in, or empty the whole row."))
            number, until = tidy(data.get(f"number_{row}", "")), data.get(f"until_{row}")
            found.append({"kind": kind, "in_favour_of": whose, "number": number, "since": since, "until": until})
        if not found and not self.errors:
            self.add_error("kind_1", _("Fill in the burden, or say that there is none."))
        return found
