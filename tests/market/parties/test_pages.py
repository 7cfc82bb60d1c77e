"""The pages of an organisation: what its people see and do, and what nobody else does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from market.documents.models import Document
from market.parties import access, actions, queries
from market.parties.models import Affiliation, Invitation, Membership, Party, User
from tests import people
from tests.market.documents.files import PDF

ClientOf = Callable[[User | None], Client]


@pytest.fixture
def dora(db: None) -> User:
    """Somebody new on the market."""
    return people.person("dora", "朵拉")


def form(**other: str) -> dict[str, str]:
    """What Dora types to open her company."""
    return {"kind": "enterprise", "name": "朵拉科技有限公司", "uscc": people.credit_code(50)} | other


def test_dora_opens_proves_and_submits_her_company(dora: User, client_of: ClientOf) -> None:
    client = client_of(dora)
    assert "You act for nobody yet." in client.get("/org/").content.decode()
    assert client.get("/org/new/").status_code == 200
    assert client.post("/org/new/", form()).status_code == 302
    party = queries.parties_of(dora).get()
    page = client.get("/org/").content.decode()
    assert "Submit for verification" in page
    proof = SimpleUploadedFile("执照.pdf", PDF, "application/pdf")
    url = reverse("party-evidence", args=[party.code])
    assert client.post(url, {"proof": "licence", "file": proof}).status_code == 302
    assert Document.objects.get().kind == "identity"
    assert client.post("/org/submit/").status_code == 302
    party.refresh_from_db()
    assert party.state == "submitted"
    assert "Waiting for an operating agency" in client.get("/org/").content.decode()


def test_a_wrong_check_digit_is_named_and_all_that_was_typed_is_kept(dora: User, client_of: ClientOf) -> None:
    code = people.credit_code(50)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    page = client_of(dora).post("/org/new/", form(uscc=wrong, phone="0431-85000000", address="某路1号"))
    text = page.content.decode()
    assert page.status_code == 422
    assert f"character 18 is {wrong[-1]} where the others give {code[-1]}" in text
    for typed in (wrong, "0431-85000000", "某路1号", "朵拉科技有限公司"):
        assert f'value="{typed}"' in text
    assert not Party.objects.filter(state=Party.State.DRAFT).exists()


@pytest.mark.parametrize(
    "other", [{"kind": "regulator"}, {"name": ""}, {"kind": "x"}, {"bank_account": "<script>"}, {"uscc": ""}]
)
def test_nonsense_opens_nothing(dora: User, client_of: ClientOf, other: dict[str, str]) -> None:
    assert client_of(dora).post("/org/new/", form(**other)).status_code == 422
    assert not Party.objects.filter(state=Party.State.DRAFT).exists()


def test_a_refused_proof_is_explained_and_not_kept(dora: User, client_of: ClientOf) -> None:
    party = actions.open_party(by=dora, **form())
    url = reverse("party-evidence", args=[party.code])
    for name, content in (("a.pdf", b"<html>"), ("a.exe", b"MZ"), ("a.pdf", b"")):
        page = client_of(dora).post(url, {"proof": "licence", "file": SimpleUploadedFile(name, content)})
        assert page.status_code == 422
        assert name in page.content.decode()
    assert not Document.objects.exists()


def test_a_stranger_cannot_add_to_anothers_proof(anne_co: Party, mallory: User, client_of: ClientOf) -> None:
    url = reverse("party-evidence", args=[anne_co.code])
    page = client_of(mallory).post(url, {"proof": "licence", "file": SimpleUploadedFile("a.pdf", PDF)})
    assert page.status_code == 404
    assert not Document.objects.exists()


def test_anne_changes_her_telephone_but_not_her_name(anne_co: Party, anne: User, client_of: ClientOf) -> None:
    client, edition = client_of(anne), queries.edition(anne_co)
    page = client.get("/org/edit/").content.decode()
    assert anne_co.bank_account in page
    posted = {"edition": edition, "name": "别的公司", "kind": "person", "phone": "0431-1", "region": "长春"}
    assert client.post("/org/edit/", posted).status_code == 302
    after = Party.objects.get(pk=anne_co.pk)
    assert (after.name, after.kind, after.phone) == (anne_co.name, "enterprise", "0431-1")


def test_a_stale_edit_shows_both_versions(anne_co: Party, anne: User, client_of: ClientOf) -> None:
    stale = queries.edition(anne_co)
    actions.edit_party(party=anne_co, edition=stale, by=anne, phone="0431-1")
    page = client_of(anne).post("/org/edit/", {"edition": stale, "phone": "0431-2"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "0431-1" in text
    assert "0431-2" in text
    assert Party.objects.get(pk=anne_co.pk).phone == "0431-1"


def test_the_account_number_is_hidden_where_it_is_not_edited(anne_co: Party, anne: User, client_of: ClientOf) -> None:
    text = client_of(anne).get("/org/").content.decode()
    assert anne_co.bank_account not in text
    assert anne_co.bank_account[-4:] in text


def test_an_agent_reads_but_does_not_manage(
    anne_co: Party, anne: User, dora: User, bob: User, client_of: ClientOf
) -> None:
    mine = people.join(dora, anne_co, "agent")
    client, of_anne = client_of(dora), Membership.objects.get(user=anne)
    assert client.get("/org/members/").status_code == 200
    assert client.get("/org/edit/").status_code == 422
    assert client.post("/org/members/", {"email": bob.email, "role": "owner"}).status_code == 422
    assert client.post(reverse("org-member-role", args=[mine.pk]), {"role": "owner"}).status_code == 422
    assert client.post(reverse("org-member-remove", args=[of_anne.pk])).status_code == 422
    assert client.post("/org/submit/").status_code == 422
    assert client.post("/org/affiliations/", {"other": "P-X", "kind": "control"}).status_code == 422
    assert Membership.objects.get(pk=mine.pk).role == "agent"
    assert not Invitation.objects.exists()
    assert client.post(reverse("org-member-remove", args=[mine.pk])).status_code == 302  # leaving is one's own right
    assert not queries.parties_of(dora).exists()


def test_anne_invites_dora_who_accepts_and_acts(anne_co: Party, anne: User, dora: User, client_of: ClientOf) -> None:
    sent = client_of(anne).post("/org/members/", {"email": dora.email, "role": "agent"})
    assert sent.status_code == 302
    invitation = Invitation.objects.get()
    url = reverse("org-invitation", args=[invitation.pk])
    assert "invites you" in client_of(dora).get("/org/").content.decode()
    assert client_of(dora).post(url, {"answer": "accept"}).status_code == 302
    assert access.acting_party(dora) == anne_co
    assert client_of(dora).post(url, {"answer": "accept"}).status_code == 404


def test_an_unknown_address_is_explained(anne: User, client_of: ClientOf) -> None:
    page = client_of(anne).post("/org/members/", {"email": "nobody@example.com", "role": "agent"})
    assert page.status_code == 422
    assert "nobody@example.com" in page.content.decode()


def test_nobody_answers_or_takes_back_anothers_invitation(
    anne_co: Party, anne: User, dora: User, mallory: User, client_of: ClientOf
) -> None:
    invitation = actions.invite_member(party=anne_co, user_email=dora.email, role="agent", by=anne)
    for client in (client_of(mallory), client_of(anne)):
        assert client.post(reverse("org-invitation", args=[invitation.pk]), {"answer": "accept"}).status_code == 404
    take_back = reverse("org-invitation-take-back", args=[invitation.pk])
    assert client_of(mallory).post(take_back).status_code == 404
    assert Invitation.objects.count() == 1
    assert client_of(anne).post(take_back).status_code == 302
    assert not Invitation.objects.exists()


def test_members_of_another_party_cannot_be_touched(
    bob: User, bob_co: Party, mallory: User, client_of: ClientOf
) -> None:
    of_bob = Membership.objects.get(user=bob)
    for name, data in (("org-member-role", {"role": "viewer"}), ("org-member-remove", {})):
        assert client_of(mallory).post(reverse(name, args=[of_bob.pk]), data).status_code == 404
    assert Membership.objects.get(pk=of_bob.pk).role == "owner"


def test_switching_goes_back_to_where_one_was_but_not_elsewhere(
    anne: User, anne_co: Party, bob_co: Party, client_of: ClientOf
) -> None:
    people.join(anne, bob_co, "viewer")
    client = client_of(anne)
    moved = client.post("/org/act-for/", {"party": anne_co.pk, "next": "/agencies/"})
    assert moved["Location"] == "/agencies/"
    assert access.acting_party(User.objects.get(pk=anne.pk)) == anne_co
    away = client.post("/org/act-for/", {"party": bob_co.pk, "next": "https://elsewhere.example/"})
    assert away["Location"] == "/org/"


@pytest.mark.parametrize("named", ["", "x", "-1", "9" * 30, "999999"])
def test_nobody_switches_to_a_party_not_theirs(anne: User, bob_co: Party, client_of: ClientOf, named: str) -> None:
    client = client_of(anne)
    assert client.post("/org/act-for/", {"party": named}).status_code == 404
    assert client.post("/org/act-for/", {"party": bob_co.pk}).status_code == 404
    assert User.objects.get(pk=anne.pk).acting_for == anne.acting_for


def test_anne_declares_a_tie_by_code(anne_co: Party, anne: User, bob_co: Party, client_of: ClientOf) -> None:
    client = client_of(anne)
    for code in (f" {bob_co.code.lower()} ", str(bob_co.uscc)):
        assert client.post("/org/affiliations/", {"other": code, "kind": "control"}).status_code == 302
    assert Affiliation.objects.count() == 1
    page = client.post("/org/affiliations/", {"other": "P-NOBODY", "kind": "control"})
    assert page.status_code == 422
    assert "P-NOBODY" in page.content.decode()
    assert bob_co.name in client.get("/org/affiliations/").content.decode()


POSTED: list[tuple[str, list[Any]]] = [
    ("org-submit", []),
    ("act_for", []),
    ("org-member-role", [1]),
    ("org-member-remove", [1]),
    ("org-invitation", [1]),
    ("org-invitation-take-back", [1]),
    ("party-evidence", ["P-1"]),
]


@pytest.mark.parametrize(("name", "arguments"), POSTED)
def test_what_changes_things_is_only_posted_by_who_is_signed_in(
    anne: User, client_of: ClientOf, name: str, arguments: list[Any]
) -> None:
    url = reverse(name, args=arguments)
    assert client_of(anne).get(url).status_code == 405
    assert client_of(None).post(url)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/org/", "/org/new/", "/org/edit/", "/org/members/", "/org/affiliations/"])
def test_nobody_is_asked_to_sign_in(client_of: ClientOf, db: None, path: str) -> None:
    assert client_of(None).get(path)["Location"].startswith("/accounts/login/")
