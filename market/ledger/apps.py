"""Names this room to Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Accounts, transfers, holds."""

    name = "market.ledger"
    default_auto_field = "django.db.models.BigAutoField"
