"""Names this room to Django."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """People, organisations, agencies."""

    name = "market.parties"
    default_auto_field = "django.db.models.BigAutoField"
