"""The step of the wizard with a right's particulars: what every kind has, what only its kind has, and where it comes from."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.listings.forms.fields import DAY, CreatorsField, LinesField, checked
from market.rights.models import Copyright, LayoutDesign, Patent, PlantVariety, Right, Trademark
from market.rights.rules import identifiers, symbols
from market.rights.rules.checked import Key
from market.rights.rules.industries import Suggestion, suggest
from market.rights.rules.trademarks import check_trademark

ORIGIN = ("creators", "family")
CREATORS: dict[str, Any] = {
    Right.Kind.PATENT: _("Inventors"),
    Right.Kind.COPYRIGHT: _("Authors"),
    Right.Kind.IC_LAYOUT: _("Creators"),
    Right.Kind.PLANT_VARIETY: _("Breeders"),
}
FAMILIES = (Right.Kind.PATENT, Right.Kind.TRADEMARK)


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
                "claims",
                "first_claim",
                "annuity_paid_to",
                "evaluation_report",
            ),
        ),
        "trademark": (Trademark, ("words", "groups", "goods", "last_use_on")),
        "copyright": (Copyright, ("work", "certificate_no", "version", "completed_on", "published_on")),
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
    REQUIRED = frozenset({"title", "words", "filed_on", "completed_on", "annuity_paid_to", "species"})
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
        self._origin()
        self._suggest_industry()

    def _suggest_industry(self) -> None:
        """The industry may be left to the classification; what that says now stands beside the field, with the reason."""
        field: Any = self.fields["industry"]
        field.required = False
        field.choices = [("", _("As the classification suggests")), *Right.Industry.choices]
        right = self.right
        detail = getattr(right, right.kind)
        self.fields["industry"].help_text = told(
            _suggestion(right, getattr(detail, "ipc", ()), getattr(detail, "work", ""))
        )

    def _origin(self) -> None:
        """Who made it and which family it belongs to, before the fields of what every kind has."""
        people = CreatorsField(label=CREATORS.get(self.right.kind), required=False, help_text=HINTS["creators"])
        family = forms.CharField(
            label=_("First application of the family"), max_length=60, required=False, help_text=HINTS["family"]
        )
        people.initial, family.initial = list(self.right.creators.select_related("party")), self.right.family or ""
        if self.right.kind in CREATORS:
            self.fields["creators"] = people
        if self.right.kind in FAMILIES:
            self.fields["family"] = family
        self.order_fields([*(name for name in self.fields if name not in self.LAST), *self.LAST])

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
        return [checked(check, symbol) for symbol in self.cleaned_data["ipc"]]

    def clean_family(self) -> Key | None:
        """The canonical number of the family's first application; its prefix names the office, else this right's."""
        typed = self.cleaned_data["family"]
        if not typed:
            return None
        if self.right.kind == Right.Kind.TRADEMARK:
            return checked(lambda text: check_trademark(self.right.office, text).key, typed)
        office = identifiers.office_of_patent(typed)
        return checked(lambda text: identifiers.check_patent(office, text, today=clock.today()).key, typed)

    def clean_groups(self) -> list[str]:
        """Similarity groups of the mark's class."""
        nice_class = self.right.trademark.nice_class
        return [
            checked(lambda typed: symbols.check_group(typed, nice_class), one) for one in self.cleaned_data["groups"]
        ]

    def clean(self) -> dict[str, Any]:
        """Dates in the past and in their order."""
        data: dict[str, Any] = super().clean() or {}
        for name in self.PAST:
            if data.get(name) and data[name] > clock.today():
                self.add_error(name, _("This day lies ahead. Check the year."))
        if not data.get("industry") and not self.errors:
            found = _suggestion(self.right, data.get("ipc", ()), data.get("work", ""))
            if found is None:
                self.add_error("industry", _("The classification points to no industry. Choose one."))
            else:
                data["industry"] = found.industry
        filed, granted = data.get("filed_on"), data.get("granted_on")
        if filed and granted and granted < filed:
            self.add_error("granted_on", _("A right is granted after it was applied for. Check both days."))
        return data

    def parts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was typed, as columns of the right and of its kind."""
        columns = {name: self.cleaned_data[name] for name in self.names}
        own = {name: self.cleaned_data[name] for name in (*self.own_names, *ORIGIN) if name in self.cleaned_data}
        if self.right.kind == "trademark":
            columns["title"] = own["words"]
        return columns, own


def _suggestion(right: Right, symbols: Sequence[str], work: str) -> Suggestion | None:
    nice_class = right.trademark.nice_class if right.kind == Right.Kind.TRADEMARK else None
    return suggest(right.kind, symbols=symbols, nice_class=nice_class, of_type=work)


def told(found: Suggestion | None) -> str:
    """What is suggested and why, in the reader's language; "" without a suggestion."""
    if found is None:
        return str(_("One of the ten industries of the policy."))
    reason = REASONS[found.by] % {"because": found.because}
    return _("%(reason)s points to %(industry)s. Choose another if that does not fit.") % {
        "reason": reason,
        "industry": Right.Industry(found.industry).label,
    }


REASONS = {
    "symbol": _("The classification %(because)s"),
    "nice": _("Nice class %(because)s"),
    "work": _("This kind of work"),
    "kind": _("A layout design"),
}
HINTS = {
    "title_en": _("Shown to English readers."),
    "expires_on": _("Leave blank to have it counted by law from the days above."),
    "annuity_paid_to": _("The day until which the annual fee is paid."),
    "ipc": _("One symbol a line, for example H01M 10/0562; Locarno classes for a design."),
    "creators": _("One name a line, in the office's order; behind it the market code (P-…) of whoever has one."),
    "family": _("The number of the first application that this one and its siblings abroad go back to."),
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
