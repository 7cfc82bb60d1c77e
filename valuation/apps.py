"""Names this room to Django."""

from django.apps import AppConfig


class ValuationConfig(AppConfig):
    """What a right is worth."""

    name = "valuation"
    default_auto_field = "django.db.models.BigAutoField"
