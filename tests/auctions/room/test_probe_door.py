"""The platform's own knock at the public door: decided, kept, refused; nobody else's is."""

import json
import urllib.error
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.test import Client, override_settings

from auctions.engine import probes
from auctions.models import Bid, Probe
from deploy import prober

pytestmark = pytest.mark.django_db

URL = "https://market.example/probe/2/"


def knock(client: Client, key: str, shown: str) -> Any:
    bid = {"type": "bid", "key": key, "amount": {"amount": "1.00", "currency": "CNY"}, "seen_seq": 0}
    return client.post("/probe/2/", json.dumps(bid), content_type="application/json", headers={"x-probe": shown})


def test_a_probe_is_decided_kept_once_and_refused(client: Client) -> None:
    key = str(uuid4())
    for _ in range(2):
        answer = knock(client, key, probes.pass_for(URL))
        assert (answer.status_code, answer.json()["code"], answer.json()["key"]) == (422, "bid.not_registered", key)
    assert [(row.target, str(row.key)) for row in Probe.objects.all()] == [(URL, key)]
    assert not Bid.objects.exists()


def test_without_a_fresh_pass_of_our_own_there_is_no_such_door(client: Client) -> None:
    with patch("time.time", return_value=1.0):
        stale = probes.pass_for(URL)
    for shown in ("", "x", stale, probes.pass_for(URL)[:-1]):
        assert knock(client, str(uuid4()), shown).status_code == 404
    assert client.get("/probe/").status_code == 405
    assert not Probe.objects.exists()


def test_the_prober_counts_only_a_refusal_it_was_given() -> None:
    def answers(status: int) -> Any:
        return urllib.error.HTTPError(URL, status, "", None, None)  # type: ignore[arg-type]

    with override_settings(PROBE_URLS=[URL, URL]), patch("urllib.request.urlopen", side_effect=answers(422)):
        assert prober.probe_all() == 2
    for fault in (answers(502), OSError("nobody")):
        with override_settings(PROBE_URLS=[URL]), patch("urllib.request.urlopen", side_effect=fault):
            assert prober.probe_all() == 0
