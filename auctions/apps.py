"""Names this room to Django."""

from django.apps import AppConfig


class AuctionsConfig(AppConfig):
    """Sales, lots, the room."""

    name = "auctions"
    default_auto_field = "django.db.models.BigAutoField"
