"""Names this room to Django."""

from django.apps import AppConfig


class RoyaltiesConfig(AppConfig):
    """Licences, reports and royalty statements."""

    name = "market.royalties"
    default_auto_field = "django.db.models.BigAutoField"
