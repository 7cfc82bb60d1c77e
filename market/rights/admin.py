"""The register for the platform's staff: to look up, never to change."""

from django.contrib import admin

from market.parties.admin import ReadOnly
from market.rights.models import Consent, Encumbrance, Right, Title


@admin.register(Right)
class RightAdmin(ReadOnly):
    """Rights by number or title."""

    list_display = ("code", "kind", "number", "title", "state", "expires_on", "checked_on")
    list_filter = ("kind", "state", "industry")
    search_fields = ("code", "number", "title")


@admin.register(Title, Encumbrance, Consent)
class RowAdmin(ReadOnly):
    """What belongs to a right."""

    search_fields = ("right__number", "right__code")
