"""Names the roof to Django and wires the facts to their handlers."""

from django.apps import AppConfig


class DeployConfig(AppConfig):
    """Composition: the demo, the desk and the home page."""

    name = "deploy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every fact is told by notices; some wake a handler besides."""
        from deploy.wiring import HANDLERS, TELL
        from market.trail import journal

        journal.wire(HANDLERS, everything=[TELL])
