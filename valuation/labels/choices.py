"""The words for an input's choices."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHOICES: Mapping[str, Promise] = {
    "end_of_year": _("At the end of the year"),
    "mid_year": _("In the middle of the year"),
    "multiplicative": _("Each of what the last left"),
    "additive": _("All of the whole"),
    "median": _("Median"),
    "mean": _("Mean"),
    "low_quartile": _("Lower quartile"),
    "high_quartile": _("Upper quartile"),
    "annual": _("Once a year"),
    "continuous": _("All the time"),
}
