"""Names this room to Django."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """Facts and their delivery."""

    name = "market.trail"
    default_auto_field = "django.db.models.BigAutoField"
