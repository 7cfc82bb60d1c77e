"""What a value is asked for, and which kind of value it is: the words every appraisal states."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What the value is asked for (评估目的)."""

    TRANSFER = "transfer", _("Transfer")
    LICENCE = "licence", _("Licence")
    PLEDGE = "pledge", _("Pledge")
    CONTRIBUTION = "contribution", _("Contribution for equity")
    REPORTING = "reporting", _("Financial reporting")
    INFRINGEMENT = "infringement", _("Damages for infringement")
    MANAGEMENT = "management", _("Own management")


class Premise(models.TextChoices):
    """Which kind of value it is (价值类型)."""

    MARKET = "market", _("Market value")
    INVESTMENT = "investment", _("Investment value")
    IN_USE = "in_use", _("Value in use")
    LIQUIDATION = "liquidation", _("Liquidation value")
