"""A licence deal from agreed terms to a signed contract: what the paper says, who it binds, and what it bars afterwards."""

import hashlib
import os
import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from market.deals import actions as deals
from market.deals import granting, queries, undoing
from market.deals.models import Deal, Signature
from market.documents import seal
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.models import Party
from market.rights import queries as rights
from market.rights.models import Encumbrance
from tests import assets
from tests.market.deals import stage
from tests.market.deals.licences import agree, confirm, contract_of, draft, licensed, signed
from tests.market.deals.terms.papers import everything, running, yuan
from tests.people import owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(jida: Party, anne_co: Party, agency: Party) -> Deal:
    """Anne's company licenses jida's patent; no terms are agreed yet."""
    return licensed(jida, anne_co, agency)


def words(paper: Any) -> str:
    """Everything the contract says, in both languages."""
    clauses = paper.terms["clauses"]
    rows = [cell for clause in clauses for row in clause["rows"] for cell in row]
    return "\n".join([text for clause in clauses for pair in clause["paragraphs"] for text in pair] + rows)


def test_the_walk_waits_for_whoever_has_to_speak_about_the_terms(deal: Deal) -> None:
    confirm(deal)
    deal.refresh_from_db()
    step = queries.next_step(deal)
    assert (step.what, step.roles) == ("agree_terms", ("seller", "buyer"))
    with pytest.raises(Refused, match=r"terms\.unagreed"):
        deals.draft_contract(deal, actor=stage.SYSTEM)
    agree(deal)
    assert queries.next_step(deal).what == "draft_contract"


def test_its_sides_are_called_licensor_and_licensee(deal: Deal, anne_co: Party, client: Client) -> None:
    client.force_login(owner_of(anne_co))
    for page in (reverse("deals"), reverse("deal", args=[deal.code])):
        text = re.sub(r"<[^>]+>", " ", client.get(page, headers={"Accept-Language": "en"}).content.decode())
        assert "Licensee" in text
        assert re.findall(r".{0,60}\b(?:Seller|Buyer)\b(?!&#x27;|')", text) == []  # a buyer's premium is called that


def test_the_contract_says_what_was_agreed_and_what_the_law_wants(deal: Deal) -> None:
    also = {name: said for name, said in everything().items() if name not in ("right", "asset", "licensor", "licensee")}
    price = {"kind": "entry_fee", "amount": deal.price.wire(), "due_on": "2026-12-01", "in_escrow": True}
    paper = contract_of(
        deal, **also | {"payments": [price, running()], "term": {"start": "2026-12-01", "end": "2030-01-01"}}
    )
    said = words(paper)
    assert paper.terms["heading"] == ["专利实施许可合同", "Patent licence contract"]
    assert [row[0] for row in paper.terms["signatories"]] == ["许可人", "被许可人"]
    for particular in queries.particulars_of(deal).values():
        if particular != queries.particulars_of(deal)["bank"]:
            assert particular.split("\n")[0] in said
    for text in (
        "独占许可",
        "照明、汽车",
        "5%",
        "专利法实施细则》第十五条",
        "中文本为准",
        "产品上标注专利号",
        "¥1,440,000",
    ):
        assert text in said, text
    agreed = deal.terms.get()
    assert agreed.sha256 in said
    assert "转让人" not in said
    assert (paper.terms["licence"], paper.terms["terms_sha256"]) == ("exclusive", agreed.sha256)


@pytest.mark.parametrize(
    ("draft_of", "changed", "heading", "says"),
    [
        (assets.trademark_draft, {"grant": ["use"]}, "商标使用许可合同", "商标法》第四十三条"),
        (assets.software_draft, {"grant": ["reproduction"]}, "著作权许可使用合同", "第二十九条"),
    ],
)
def test_each_kind_of_right_has_its_contract(
    draft_of: Callable[[], Any],
    changed: dict[str, Any],
    heading: str,
    says: str,
    jida: Party,
    anne_co: Party,
    agency: Party,
) -> None:
    paper = contract_of(licensed(jida, anne_co, agency, draft=draft_of()), **changed)
    assert paper.terms["heading"][0] == heading
    assert says in words(paper)


def test_the_signed_contract_verifies_offline_with_an_outside_tool(deal: Deal, tmp_path: Path) -> None:
    done = signed(deal)
    paper = done.papers.get(kind="contract")
    with paper.version.file.open("rb") as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == paper.version.sha256
    assert {signature.sha256 for signature in paper.signatures.all()} == {paper.version.sha256}
    assert seal.verify(content, seal.certificate_pem())
    assert openssl_verifies(content, tmp_path)
    assert not openssl_verifies(content.replace(b"/Pages", b"/Paget", 1), tmp_path)


def openssl_verifies(pdf: bytes, folder: Path) -> bool:
    """Whether OpenSSL, given the bare file and our certificate, finds the signature over all its bytes in order."""
    found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    assert found
    first, hole, after, rest = map(int, found.groups())
    (folder / "signature.der").write_bytes(bytes.fromhex(pdf[first + hole + 1 : after - 1].decode()))
    (folder / "said").write_bytes(pdf[first : first + hole] + pdf[after : after + rest])
    (folder / "certificate.pem").write_bytes(seal.certificate_pem())
    how = "openssl cms -verify -inform DER -in signature.der -content said -binary -CAfile certificate.pem -purpose any"
    done = subprocess.run([*how.split(), "-out", os.devnull], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0 and after + rest == len(pdf)


def test_void_terms_bar_the_contract_whoever_concluded_them(jida: Party, anne_co: Party, agency: Party) -> None:
    first = licensed(jida, anne_co, agency)
    said = draft(first, clauses=[{"text": "被许可人不得对许可专利的有效性提出异议。"}])
    deal = deals.open(**stage.terms(first.listing, anne_co, origin="offer:N-1", document=said))
    confirm(deal)
    deal.refresh_from_db()
    with pytest.raises(Refused) as caught:
        deals.draft_contract(deal, actor=stage.SYSTEM)
    assert caught.value.code == "licence.void"
    assert sentence(caught.value)
    assert queries.next_step(deal).roles == ("seller", "buyer")


def test_the_last_signature_enters_the_licence_and_a_second_exclusive_one_is_refused(
    deal: Deal, anne_co: Party, bob_co: Party
) -> None:
    other = deals.open(**stage.terms(deal.listing, bob_co, origin="lot:L-OTHER"))
    second = contract_of(other, exclusivity="exclusive")
    done = signed(deal, exclusivity="exclusive", territory=["CN"])
    burden = Encumbrance.objects.get(right=deal.right)
    assert (done.state, burden.grade, burden.in_favour_of, burden.detail) == (
        "signed",
        "exclusive",
        anne_co.name,
        deal.code,
    )
    assert (burden.since, burden.until) == (clock.today(), date(2031, 12, 1))
    assert "JP" not in burden.territory
    with pytest.raises(Refused) as caught:
        stage.sign(second, "seller", owner_of(deal.seller))
    assert caught.value.code == "right.blocked"
    assert "grant_overlap" in [bar.code for bar in caught.value.facts["blockers"]]
    assert not Signature.objects.filter(paper=second).exists()
    assert "licence" in [blocker.code for blocker in rights.blockers_of(deal.right, "assign")]
    elsewhere = deals.open(**stage.terms(deal.listing, bob_co, origin="lot:L-JAPAN"))
    assert signed(elsewhere, exclusivity="exclusive", territory=["JP"]).state == "signed"


def test_a_licence_whose_deal_is_undone_burdens_nothing(deal: Deal) -> None:
    done = signed(deal, exclusivity="sole")
    undoing.annul(done, reason="串通", actor=stage.SYSTEM)
    for _twice in range(2):
        granting.withdraw(done)
    assert Encumbrance.objects.get(right=deal.right).released_on is not None


def test_what_is_paid_by_statement_is_no_part_of_the_price(deal: Deal) -> None:
    sums = [
        {"kind": "entry_fee", "amount": deal.price.wire(), "due_on": "2026-12-01", "in_escrow": True},
        {"kind": "instalment", "amount": yuan("10000.00"), "due_on": "2027-12-01"},
    ]
    assert agree(deal, payments=sums).agreed
