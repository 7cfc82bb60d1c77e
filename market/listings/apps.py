"""Names this room to Django."""

from django.apps import AppConfig


class ListingsConfig(AppConfig):
    """What is offered."""

    name = "market.listings"
    default_auto_field = "django.db.models.BigAutoField"
