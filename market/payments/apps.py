"""Names this room to Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Money in and out."""

    name = "market.payments"
    default_auto_field = "django.db.models.BigAutoField"
