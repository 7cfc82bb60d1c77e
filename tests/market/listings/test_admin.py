"""The platform's staff look things up; the reserve is not among them."""

from django.test import Client

from market.kernel.money import Money
from market.listings import actions
from market.parties.models import Party, User
from tests import assets


def test_staff_read_rights_and_listings_and_never_a_reserve(
    jida: Party, agency: Party, li_wei: User, registrar: User
) -> None:
    registrar.is_superuser = True
    registrar.save()
    listing = assets.draft_listing(jida, agency)
    actions.set_reserve(listing, edition=listing.edition, reserve=Money(123_456_700, "CNY"), by=li_wei)
    staff = Client()
    staff.force_login(registrar)
    for page in (
        "rights/right/",
        "rights/title/",
        f"rights/right/{listing.right_id}/change/",
        "listings/listing/",
        f"listings/listing/{listing.pk}/change/",
        "listings/mandate/",
    ):
        answer = staff.get(f"/admin/{page}")
        assert answer.status_code == 200, page
        assert "1234567" not in answer.content.decode()
    assert staff.get("/admin/listings/reserve/").status_code == 404
