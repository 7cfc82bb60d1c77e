"""The pages of package bids: bid without a script, nothing shown too early, the result in words, the file to take away."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from auctions import allocation
from auctions.models import Lot, PackageBid, PackageRun, PackageSale, Sale
from auctions.rules.packages.file import verify
from market.kernel import clock
from tests.auctions import factory
from tests.auctions.packages.conftest import allocated, bid, codes, end


def page(package: PackageSale) -> str:
    return reverse("sale-packages", args=[package.sale.code])


def desk(package: PackageSale) -> str:
    return reverse("desk-packages", args=[package.sale.code])


@pytest.fixture
def signed_in(client):
    """A client signed in as somebody."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def text(response) -> str:
    return response.content.decode()


def test_a_bidder_bids_by_a_plain_form_and_sees_only_the_own_bids(package, anne, bob, signed_in):
    client = signed_in(anne)
    given = {"lots": codes(package, 1, 2), "amount": "3000000", "key": str(uuid4())}
    assert client.post(page(package), given).status_code == 302
    assert client.post(page(package), given).status_code == 302
    made = PackageBid.objects.get()
    assert (made.bundle, made.amount_minor) == (sorted(codes(package, 1, 2)), 300_000_000)
    assert "3,000,000" in text(client.get(page(package)))
    assert "3,000,000" not in text(signed_in(bob).get(page(package)))


def test_a_refusal_stands_on_the_page_and_changes_nothing(package, bob, client, signed_in):
    given = {"lots": codes(package, 1, 3), "amount": "3000000", "key": str(uuid4())}
    answer = client.post(page(package), given)
    assert (answer.status_code, PackageBid.objects.count()) == (422, 0)
    answer = signed_in(bob).post(page(package), given)
    assert (answer.status_code, PackageBid.objects.count()) == (422, 0)
    assert 'role="alert"' in text(answer)
    assert signed_in(bob).post(page(package), {"lots": ["L-NO"], "amount": "x"}).status_code == 422


def test_nobody_is_shown_an_amount_or_a_file_before_the_end(package, anne, zhou_min, client, signed_in):
    bid(package, anne, (1, 2), 3_141_592)
    shown = [client.get(page(package)), signed_in(zhou_min).get(page(package)), client.get(desk(package))]
    assert all("3,141,592" not in text(one) and "3141592" not in text(one) for one in shown)
    assert client.get(reverse("sale-packages-file", args=[package.sale.code])).status_code == 404


def test_the_agency_starts_the_allocation_and_everybody_reads_the_result(
    package, anne, bob, zhou_min, client, signed_in
):
    bid(package, anne, (1, 2), 3_000_000)
    bid(package, bob, (1, 2), 2_600_000)
    signed_in(zhou_min)
    assert client.post(desk(package), {"do": "start", "limit_s": "60"}).status_code == 422
    end(package)
    assert client.post(desk(package), {"do": "start", "limit_s": "5"}).status_code == 422
    assert client.post(desk(package), {"do": "start", "limit_s": "60"}).status_code == 302
    assert 'class="btn" href' in text(client.get(desk(package)))
    allocation.work(PackageRun.objects.get().code)
    client.logout()
    seen = text(client.get(page(package)))
    assert "3,000,000" in seen
    assert "2,600,000" in seen
    file = client.get(reverse("sale-packages-file", args=[package.sale.code]))
    assert "attachment" in file["Content-Disposition"]
    assert verify(json.loads(file.content)).optimal


@pytest.mark.parametrize(("language", "words"), [("en", "The gap is 4.76 %"), ("zh-hans", "差距为 4.76 %")])
def test_an_unproven_result_says_bound_and_gap_and_never_optimal(
    package, anne, zhou_min, client, monkeypatch, language, words
):
    from dataclasses import replace

    bid(package, anne, (1,), 2_000_000)
    solve = allocation.solve
    monkeypatch.setattr(
        allocation, "solve", lambda *given: replace(solve(*given), optimal=False, settled=False, bound=210_000_000)
    )
    allocated(package, zhou_min)
    client.cookies["django_language"] = language
    seen = text(client.get(page(package)))
    assert words in seen
    assert "2,100,000" in seen
    assert "best allocation there is" not in seen
    assert "最优" not in seen.replace("尚未证明", "")


def test_a_draft_sale_is_given_packages_at_the_desk(jida, agency, zhou_min, anne, client, signed_in):
    sale = factory.sale(agency, opens_in=timedelta(days=20))
    Sale.objects.filter(pk=sale.pk).update(state=Sale.State.DRAFT)
    for _ in range(3):
        factory.lot(jida, agency, of_sale=sale, opened=False, state=Lot.State.DRAFT, ends_in=timedelta(days=21))
    address = reverse("desk-packages", args=[sale.code])
    assert signed_in(anne).get(address).status_code == 404
    signed_in(zhou_min)
    assert client.get(address).status_code == 200
    bad = {"do": "offer", "rule": "vcg", "groups": "近似商标 1, 2"}
    assert (client.post(address, bad).status_code, PackageSale.objects.count()) == (422, 0)
    good = {"do": "offer", "rule": "core_nearest_vcg", "groups": "近似商标： 1，2\n"}
    assert client.post(address, good).status_code == 302
    package = PackageSale.objects.get()
    assert package.groups == [["近似商标", sorted(codes(package, 1, 2))]]
    assert "近似商标: 1, 2" in text(client.get(address))


def test_a_sale_without_packages_has_no_such_page(jida, agency, client):
    sale = factory.lot(jida, agency).sale
    assert client.get(reverse("sale-packages", args=[sale.code])).status_code == 404
    assert "packages" not in text(client.get(reverse("sale", args=[sale.code])))


def test_the_lot_and_the_sale_lead_to_the_packages(package, client):
    lot = package.sale.lots.get(number=1)
    assert client.get(reverse("lot", args=[lot.code])).url == page(package)
    assert page(package) in text(client.get(reverse("sale", args=[package.sale.code])))
    with clock.shifted_to(lot.ends_at):
        assert client.get(page(package)).status_code == 200


def test_the_page_asks_no_more_for_more_lots(package, anne, client, django_assert_max_num_queries):
    for _ in range(3):
        bid(package, anne, (1, 2), 3_000_000)
    client.force_login(anne)
    with django_assert_max_num_queries(20):
        client.get(page(package))
