"""Names this room to Django."""

from django.apps import AppConfig


class DealsConfig(AppConfig):
    """Agreements."""

    name = "market.deals"
    default_auto_field = "django.db.models.BigAutoField"
