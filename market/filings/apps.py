"""Names this room to Django."""

from django.apps import AppConfig


class FilingsConfig(AppConfig):
    """Recordal at the office."""

    name = "market.filings"
    default_auto_field = "django.db.models.BigAutoField"
