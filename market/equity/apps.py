"""Names this room to Django."""

from django.apps import AppConfig


class EquityConfig(AppConfig):
    """Contributions for shares, dividend rights, inventors' rewards."""

    name = "market.equity"
    default_auto_field = "django.db.models.BigAutoField"
