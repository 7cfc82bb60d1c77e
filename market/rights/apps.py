"""Names this room to Django."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """The register of rights."""

    name = "market.rights"
    default_auto_field = "django.db.models.BigAutoField"
