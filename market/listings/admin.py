"""Listings for the platform's staff: to look up, never to change. The reserve is not shown here either."""

from django.contrib import admin

from market.listings.fees.words import stated
from market.listings.models import FeeSchedule, Listing, Mandate
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

    list_display = ("listing", "agency", "commission", "premium", "signed_at", "accepted_at")
    list_select_related = ("listing", "agency")

    @admin.display(description=FeeSchedule.Side.SELLER.label)
    def commission(self, mandate: Mandate) -> str:
        """What the seller pays, in words."""
        return stated(mandate.seller_fees)

    @admin.display(description=FeeSchedule.Side.BUYER.label)
    def premium(self, mandate: Mandate) -> str:
        """What the buyer pays, in words."""
        return stated(mandate.buyer_fees)
