"""What is filed of a paid deal, and the day on which title passes, for each kind of right."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest

from market.deals.models import Deal
from market.documents.models import Document
from market.filings import actions
from market.filings.models import Filing
from market.kernel import clock
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.queries import holders
from market.trail.models import Fact
from tests import assets, people
from tests.market.filings.stage import CERTIFICATE, paid, prepared, refused, submitted

pytestmark = pytest.mark.django_db
DRAFTS = {
    "patent": assets.patent_draft,
    "trademark": assets.trademark_draft,
    "copyright": assets.software_draft,
    "ic_layout": assets.layout_draft,
    "plant_variety": assets.variety_draft,
}


def bytes_of(filing: Filing) -> dict[str, bytes]:
    """The files of the pack by name."""
    with filing.pack.file.open("rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("kind", DRAFTS)
def test_the_pack_holds_the_form_the_contract_and_the_confirmation(
    kind: str, jida: Party, anne_co: Party, agency: Party
) -> None:
    filing = prepared(jida, anne_co, agency, draft=DRAFTS[kind]())
    files = bytes_of(filing)
    names = ["1-request.pdf", "2-contract.pdf", "3-confirmation.pdf", "4-signatures.pdf", "manifest.txt"]
    assert [*files] == names
    manifest = dict(reversed(line.split("  ")) for line in files.pop("manifest.txt").decode().splitlines())
    assert manifest == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert files["1-request.pdf"].startswith(b"%PDF")
    papers = filing.deal.papers.order_by("pk").select_related("version")
    assert [manifest["3-confirmation.pdf"], manifest["2-contract.pdf"]] == [paper.version.sha256 for paper in papers]
    assert {*Document.objects.get(subject=filing.ref).readers.all()} == {jida, anne_co}


def test_an_unpaid_deal_is_not_prepared(jida: Party, anne_co: Party, agency: Party) -> None:
    deal = paid(jida, anne_co, agency)
    Deal.objects.filter(pk=deal.pk).update(state=Deal.State.SIGNED)
    refused("filing.deal_unpaid", lambda: actions.prepare(deal, actor="system:test"))
    assert not Filing.objects.exists()


def test_the_pack_is_made_when_the_deal_is_paid(
    jida: Party, anne_co: Party, agency: Party, deliver: Callable[[], None]
) -> None:
    from market.filings.handlers import on_deal_paid

    deal = paid(jida, anne_co, agency)
    for _ in range(2):
        on_deal_paid(Fact.objects.get(name="deal.paid"))
    assert Filing.objects.get().deal == deal


@pytest.mark.parametrize("kind", DRAFTS)
def test_title_passes_on_the_day_the_law_names(
    kind: str, jida: Party, anne_co: Party, agency: Party, zhou_min: User
) -> None:
    start = clock.now()
    with clock.shifted_to(start - timedelta(days=20)):
        filing = submitted(prepared(jida, anne_co, agency, draft=DRAFTS[kind]()), clock.today())
        signed_on = clock.today()
    rights.verify(filing.deal.right, by=zhou_min)
    decided_on = people.days_from_today(-3)
    filing = actions.accept(filing, number="ZQ-1", on=decided_on, certificate=CERTIFICATE, by=zhou_min)
    title_on = signed_on if kind == "copyright" else decided_on
    assert (filing.state, filing.decided_on) == ("accepted", decided_on)
    assert filing.certificate
    assert filing.certificate.name == "certificate.pdf"
    deal = Deal.objects.get()
    assert (deal.state, deal.title_passed_on) == (Deal.State.TITLE_PASSED, title_on)
    (title,) = holders(deal.right)
    assert (title.holder, title.since, title.source) == (anne_co, title_on, filing.ref)
    assert Fact.objects.get(name="filing.accepted").data["title_on"] == title_on.isoformat()
