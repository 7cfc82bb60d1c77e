"""The first steps of the wizard: which right, its particulars, who owns it and what burdens it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.typed import plain, tidy
from market.kernel.words import sentence
from market.listings import queries
from market.parties.models import Party
from market.rights.importers.drafts import RightDraft
from market.rights.models import Copyright, Encumbrance, LayoutDesign, Patent, PlantVariety, Right, Trademark
from market.rights.rules import identifiers, symbols
from market.rights.rules.foreign import OFFICES

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_SEPARATORS = re.compile(r"[\n;；、]")
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
        return _checked(symbols.check_nice, self.cleaned_data["nice_class"])

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


class LinesField(forms.Field):
    """A list typed one entry a line (or separated by semicolons)."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """The list with an entry a line."""
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:
        """The entries, each once."""
        return list(dict.fromkeys(filter(None, map(tidy, _SEPARATORS.split(value or "")))))


class ParticularsForm(forms.Form):
    """The bibliographic data of a right: what every kind has, then what only its kind has."""

    COMMON = ("title", "title_en", "filed_on", "granted_on", "expires_on")
    LAST = ("industry", "region", "abstract", "abstract_en", "service_result")
    OWN: dict[str, tuple[type, tuple[str, ...]]] = {
        "patent": (
            Patent,
            (
                "application_no",
                "publication_no",
                "ipc",
                "inventors",
                "claims",
                "first_claim",
                "annuity_paid_to",
                "evaluation_report",
            ),
        ),
        "trademark": (Trademark, ("words", "groups", "goods", "last_use_on")),
        "copyright": (Copyright, ("work", "certificate_no", "version", "authors", "completed_on", "published_on")),
        "ic_layout": (LayoutDesign, ("function", "application_no", "technology", "completed_on", "exploited_on")),
        "plant_variety": (PlantVariety, ("species", "growth", "authority", "application_no")),
    }
    LEFT_OUT = {
        "patent": frozenset[str](),
        "trademark": frozenset({"title", "abstract", "abstract_en", "service_result"}),
        "copyright": frozenset({"filed_on"}),
        "ic_layout": frozenset[str](),
        "plant_variety": frozenset[str](),
    }
    REQUIRED = frozenset({"title", "words", "filed_on", "completed_on", "industry", "annuity_paid_to", "species"})
    PAST = ("filed_on", "granted_on", "completed_on", "published_on", "exploited_on", "last_use_on")

    def __init__(self, right: Right, *args: Any, **options: Any) -> None:
        own_model, own = self.OWN[right.kind]
        left_out = self.LEFT_OUT[right.kind]
        self.right, self.own_names = right, own
        detail = getattr(right, right.kind)
        self.names = [name for name in (*self.COMMON, *self.LAST) if name not in left_out]
        first = {name: getattr(right, name) for name in self.names} | {name: getattr(detail, name) for name in own}
        options["initial"] = first | options.get("initial", {})
        super().__init__(*args, **options)
        common, special = fields_for_model(Right, self.names), fields_for_model(own_model, own)
        order = [
            *(name for name in self.COMMON if name in common),
            *own,
            *(name for name in self.LAST if name in common),
        ]
        self.fields |= {name: self._dressed(name, (common | special)[name]) for name in order}

    def _dressed(self, name: str, field: Any) -> forms.Field:
        """The field as this form shows it: days by the browser's picker, lists by line, hints."""
        if isinstance(field, forms.DateField):
            field.widget = DAY
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 4
        if isinstance(field, forms.JSONField):
            field = LinesField(label=field.label)
            field.required = False
        field.required = name in self.REQUIRED and not (name == "annuity_paid_to" and self.right.granted_on is None)
        field.help_text = HINTS.get(name, "")
        return field

    def clean_ipc(self) -> list[str]:
        """IPC symbols, or Locarno classes of a design."""
        design = self.right.kind == "patent" and self.right.patent.type == Patent.Type.DESIGN
        check = symbols.check_locarno if design else symbols.check_ipc
        return [_checked(check, symbol) for symbol in self.cleaned_data["ipc"]]

    def clean_groups(self) -> list[str]:
        """Similarity groups of the mark's class."""
        nice_class = self.right.trademark.nice_class
        return [
            _checked(lambda typed: symbols.check_group(typed, nice_class), one) for one in self.cleaned_data["groups"]
        ]

    def clean(self) -> dict[str, Any]:
        """Dates in the past and in their order."""
        data: dict[str, Any] = super().clean() or {}
        for name in self.PAST:
            if data.get(name) and data[name] > clock.today():
                self.add_error(name, _("This day lies ahead. Check the year."))
        filed, granted = data.get("filed_on"), data.get("granted_on")
        if filed and granted and granted < filed:
            self.add_error("granted_on", _("A right is granted after it was applied for. Check both days."))
        return data

    def parts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was typed, as columns of the right and of its kind."""
        columns = {name: self.cleaned_data[name] for name in self.names}
        own = {name: self.cleaned_data[name] for name in self.own_names}
        if self.right.kind == "trademark":
            columns["title"] = own["words"]
        return columns, own


HINTS = {
    "title_en": _("Shown to English readers."),
    "expires_on": _("Leave blank to have it counted by law from the days above."),
    "annuity_paid_to": _("The day until which the annual fee is paid."),
    "ipc": _("One symbol a line, for example H01M 10/0562; Locarno classes for a design."),
    "inventors": _("One name a line."),
    "authors": _("One name a line."),
    "groups": _(
        "Four digits each, one a line, for example 0901. Similar marks in one group must be assigned together."
    ),
    "exploited_on": _("The first sale or import anywhere in the world; the term may run from this day."),
    "species": _("As in the register, for example 玉米 Zea mays L."),
    "growth": _("Woody and climbing plants are protected five years longer."),
    "last_use_on": _("A mark unused for three years may be revoked."),
    "service_result": _("Its makers may then buy first on equal terms (Civil Code 847)."),
    "region": _("Province and city."),
}

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


def _checked(check: Any, typed: Any) -> Any:
    """What a rule makes of a typed value; its refusal as the field's error."""
    try:
        return check(typed)
    except Refused as refused:
        raise ValidationError(sentence(refused)) from refused
