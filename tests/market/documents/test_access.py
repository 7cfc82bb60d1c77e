"""Who may read a document, and how it is handed out."""

from collections.abc import Callable

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from market.documents import access
from market.parties import actions as parties
from market.parties.models import Party, User
from tests import people
from tests.market.documents.files import CSV, PDF, stored

ClientOf = Callable[[User | None], Client]


def reads(user: User | None, code: str) -> bool:
    """Whether access hands the document to this user."""
    try:
        access.version_for(user, code)
    except Http404:
        return False
    return True


def test_a_private_document_is_for_its_owner_and_the_parties_let_in(
    jida: Party, li_wei: User, anne_co: Party, anne: User, mallory: User, regulator: User, agency: Party, zhou_min: User
) -> None:
    code = stored(jida, readers=[anne_co]).document.code
    assert reads(li_wei, code)
    assert reads(anne, code)
    assert not any(reads(user, code) for user in (mallory, regulator, zhou_min, None))


def test_levels_open_a_document_to_more(jida: Party, mallory: User) -> None:
    for_all = stored(jida, title="公告", level="public").document.code
    for_members = stored(jida, title="说明", level="members").document.code
    assert reads(None, for_all)
    assert reads(mallory, for_members)
    assert not reads(None, for_members)


def test_a_proof_of_identity_is_for_the_verifier_while_the_party_waits(
    agency: Party, agent_chen: User, mallory: User
) -> None:
    dora = people.person("dora", "朵拉")
    dora_co = parties.open_party(kind="enterprise", name="朵拉科技", uscc=people.credit_code(40), by=dora)
    code = stored(dora_co, subject=dora_co.ref, kind=access.IDENTITY).document.code
    assert not reads(agent_chen, code)
    parties.submit_party(party=dora_co, by=dora)
    assert reads(agent_chen, code)
    assert not reads(mallory, code)
    parties.verify_party(party=dora_co, by=agent_chen)
    assert not reads(agent_chen, code)
    assert reads(dora, code)


def test_an_agencys_proof_is_for_staff_and_not_for_its_rivals(agency: Party, agent_chen: User, registrar: User) -> None:
    eve = people.person("eve", "伊芙")
    rival = parties.open_party(kind="agency", name="四平运营中心", uscc=people.credit_code(41), by=eve)
    parties.submit_party(party=rival, by=eve)
    code = stored(rival, subject=rival.ref, kind=access.IDENTITY).document.code
    assert reads(registrar, code)
    assert not reads(agent_chen, code)


def test_the_file_comes_under_its_own_name_and_is_kept_by_nobody(
    jida: Party, li_wei: User, client_of: ClientOf
) -> None:
    version = stored(jida)
    response = client_of(li_wei).get(reverse("document", args=[version.document.code]))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''%E4%B8%93")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["ETag"] == f'"{version.sha256}"'
    assert response["Content-Length"] == str(len(PDF))


def test_what_is_not_a_picture_or_a_pdf_is_only_downloaded(jida: Party, li_wei: User, client_of: ClientOf) -> None:
    version = stored(jida, CSV, name="清单.csv")
    response = client_of(li_wei).get(reverse("document", args=[version.document.code]))
    assert response["Content-Disposition"].startswith("attachment;")
    response.close()


def test_an_unchanged_file_is_not_sent_twice(jida: Party, li_wei: User, client_of: ClientOf) -> None:
    version = stored(jida)
    url = reverse("document", args=[version.document.code])
    response = client_of(li_wei).get(url, headers={"if-none-match": f'"{version.sha256}"'})
    assert response.status_code == 304


def test_an_older_version_stays_readable_by_number(jida: Party, li_wei: User, client_of: ClientOf) -> None:
    first = stored(jida)
    stored(jida, PDF + b"%2")
    code = first.document.code
    old = client_of(li_wei).get(reverse("document-version", args=[code, 1]))
    new = client_of(li_wei).get(reverse("document", args=[code]))
    assert b"".join(old.streaming_content) == PDF
    assert b"".join(new.streaming_content) == PDF + b"%2"


@pytest.mark.parametrize("number", [None, 1, 7, 0])
def test_a_stranger_learns_nothing(jida: Party, mallory: User, client_of: ClientOf, number: int | None) -> None:
    known = stored(jida).document.code
    for code in (known, "X-NONEXISTENT"):
        url = reverse("document", args=[code]) if number is None else reverse("document-version", args=[code, number])
        assert client_of(mallory).get(url).status_code == 404
        assert client_of(None).get(url).status_code == 404


def test_a_document_is_read_not_posted_to(jida: Party, li_wei: User, client_of: ClientOf) -> None:
    url = reverse("document", args=[stored(jida).document.code])
    assert client_of(li_wei).post(url).status_code == 405
