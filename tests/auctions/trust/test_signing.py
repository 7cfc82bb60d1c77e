"""The platform's keys: made once, kept to one user, rotated without losing what they signed."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from auctions import signing
from auctions.rules.chain import Json, canonical


def holds(paper: Json) -> bool:
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(paper["public"]))
    try:
        public.verify(bytes.fromhex(paper["signature"]), canonical(paper["body"]))
    except InvalidSignature:
        return False
    return True


def test_the_first_signature_makes_the_key_and_the_same_body_gets_the_same_paper(signing_dir: Path) -> None:
    paper = signing.sign({"n": 1})
    assert holds(paper)
    assert not holds({**paper, "body": {"n": 2}})
    assert signing.sign({"n": 1}) == paper
    (file,) = signing_dir.iterdir()
    assert (file.stat().st_mode & 0o777, signing_dir.stat().st_mode & 0o777) == (0o600, 0o700)


def test_processes_that_start_together_sign_with_one_key() -> None:
    with ThreadPoolExecutor(8) as pool:
        papers = list(pool.map(lambda n: signing.sign({"n": n}), range(16)))
    assert len({paper["key"] for paper in papers}) == 1


def test_a_rotation_signs_with_a_new_key_and_keeps_the_old_public_half_without_its_secret(signing_dir: Path) -> None:
    before = signing.sign({"n": 1})
    said = StringIO()
    call_command("rotate_signing_key", stdout=said)
    after = signing.sign({"n": 1})
    assert after["key"] in said.getvalue()
    assert after["key"] != before["key"]
    assert holds(before)
    old, new = signing.published()["keys"]
    assert (old["public"], new["public"]) == (before["public"], after["public"])
    assert old["until"]
    assert new["until"] is None
    assert "secret" not in json.loads((signing_dir / "1.json").read_text())


def test_a_key_others_can_read_is_not_used(signing_dir: Path) -> None:
    signing_dir.mkdir()
    (signing_dir / "1.json").write_text(json.dumps({"secret": "00" * 32, "since": "2026-12-01T00:00:00.000000Z"}))
    (signing_dir / "1.json").chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        signing.sign({"n": 1})


@pytest.mark.django_db
def test_the_published_keys_hold_no_secret(client: Any, signing_dir: Path) -> None:
    signing.sign({"n": 1})
    secret = json.loads((signing_dir / "1.json").read_text())["secret"]
    for address in ("/verify/keys.json", "/verify/", "/verify/luochui_verify.py"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert secret not in answer.content.decode()
    assert client.get("/verify/keys.json").json() == signing.published()
