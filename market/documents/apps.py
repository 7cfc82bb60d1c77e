"""Names this room to Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Files, versions, hashes."""

    name = "market.documents"
    default_auto_field = "django.db.models.BigAutoField"
