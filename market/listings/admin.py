"""Listings for the platform's staff: to look up, never to change. The reserve is not shown here either."""

from django.contrib import admin

from market.listings.models import Listing, Mandate
from market.parties.admin import ReadOnly


@admin.register(Listing)
class ListingAdmin(ReadOnly):
    """Listings by code or number."""

    list_display = ("code", "right", "seller", "agency", "pricing", "state", "published_at")
    list_filter = ("state", "mode", "pricing")
    list_select_related = ("right", "seller", "agency")
    search_fields = ("code", "right__number", "right__title")


@admin.register(Mandate)
class MandateAdmin(ReadOnly):
    """Consignment contracts."""

    list_display = ("listing", "agency", "seller_commission_bp", "buyer_premium_bp", "signed_at", "accepted_at")
    list_select_related = ("listing", "agency")
