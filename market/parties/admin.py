"""People and parties for the platform's staff: to look up, and to help somebody sign in again."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from market.parties.models import Affiliation, Auctioneer, Licence, Membership, Party, User


class ReadOnly(admin.ModelAdmin):
    """Rows that only the room's actions write: shown, never changed here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


@admin.register(Party)
class PartyAdmin(ReadOnly):
    """Parties by name or code."""

    list_display = ("code", "name", "kind", "state", "uscc", "region")
    list_filter = ("kind", "state")
    search_fields = ("code", "name", "uscc")


@admin.register(Membership, Licence, Auctioneer, Affiliation)
class RowAdmin(ReadOnly):
    """What belongs to a party."""


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Users: language and the party they act for beside Django's own fields."""

    list_display = ("username", "name", "email", "language", "is_staff", "is_active")
    fieldsets = (*(UserAdmin.fieldsets or ()), (None, {"fields": ("name", "language")}))
