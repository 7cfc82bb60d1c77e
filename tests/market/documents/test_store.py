"""Storing: versions add up, the same bytes are the same version, a failure leaves nothing behind."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

from market.documents import actions, queries
from market.documents.models import Document, Version
from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.trail.models import Fact
from tests.market.documents.files import PDF, PNG, stored


def vault_files() -> set[Path]:
    """Every file lying in the vault."""
    return {path for path in Path(settings.STORAGES["vault"]["OPTIONS"]["location"]).rglob("*") if path.is_file()}


def test_li_wei_stores_a_contract_and_then_its_second_version(jida: Party, li_wei: User) -> None:
    first = stored(jida, by=li_wei)
    second = stored(jida, PDF + b"%2", by=li_wei)
    assert (first.number, second.number) == (1, 2)
    assert first.document == second.document
    assert second.sha256 == hashlib.sha256(PDF + b"%2").hexdigest()
    assert second.size == len(PDF) + 2
    assert first.file.read() == PDF
    assert list(queries.latest_about("deal:D-TEST")) == [second]
    assert list(queries.latest_about("deal:D-TEST", "receipt")) == []
    names = Fact.objects.filter(subject=f"document:{first.document.code}").values_list("name", "actor")
    assert list(names) == [("document.stored", li_wei.ref)] * 2


def test_the_same_bytes_are_the_same_version(jida: Party) -> None:
    first, files = stored(jida), vault_files()
    assert stored(jida) == first
    assert Version.objects.count() == 1
    assert vault_files() == files


def test_two_parties_keep_documents_of_the_same_title_apart(jida: Party, anne_co: Party) -> None:
    assert stored(jida).document != stored(anne_co).document


def test_what_the_sender_says_about_the_type_is_not_believed(jida: Party) -> None:
    assert stored(jida, PNG, name="盖章页.png", content_type="text/html").content_type == "image/png"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.pdf", b"", "file.empty"), ("a.html", b"<html>", "file.type"), ("a.pdf", PDF * 8, "file.size")],
)
def test_a_refused_file_leaves_nothing(jida: Party, settings: object, name: str, content: bytes, code: str) -> None:
    settings.MAX_UPLOAD_BYTES = 200  # type: ignore[attr-defined]
    files, facts = vault_files(), Fact.objects.count()
    with pytest.raises(Refused, match=code):
        stored(jida, content, name=name)
    assert not Document.objects.exists()
    assert (vault_files(), Fact.objects.count()) == (files, facts)


def test_a_file_whose_rows_fail_is_taken_out_again(jida: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    files = vault_files()
    monkeypatch.setattr(actions.journal, "record", lambda *_args, **_data: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        stored(jida)
    assert not Document.objects.exists()
    assert vault_files() == files


def test_the_vault_tells_nothing_by_its_paths(jida: Party) -> None:
    version = stored(jida)
    assert version.file.name.startswith(f"{version.document.code}/")
    assert "合同" not in version.file.name


def test_a_reader_is_let_in_once(jida: Party, anne_co: Party) -> None:
    document = stored(jida, readers=[anne_co, jida]).document
    actions.grant(document=document, party=anne_co)
    stored(jida, readers=[anne_co])
    assert list(document.readers.all()) == [anne_co]
    assert Fact.objects.filter(name="document.granted").count() == 1
