"""Names this room to Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Words about facts."""

    name = "market.notices"
    default_auto_field = "django.db.models.BigAutoField"
