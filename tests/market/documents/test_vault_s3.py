"""The vault on S3: the same room, with boto3 over HTTP to a local S3 server."""

import runpy
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import boto3
import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer

from market.documents.models import Version
from market.parties.models import Party, User
from tests.market.documents.files import PDF, stored


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An S3 server with an empty bucket, and the settings that point the vault at it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        s3 = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1")
        made = s3.create_bucket(Bucket="luochui")
        for name, value in (("S3_BUCKET", "luochui"), ("S3_ENDPOINT", endpoint), ("S3_REGION", "us-east-1")):
            monkeypatch.setenv(name, value)
        vault = runpy.run_path(str(settings.ROOT / "deploy" / "settings.py"))["STORAGES"]["vault"]
        settings.STORAGES = {**settings.STORAGES, "vault": vault}
        monkeypatch.setattr(Version._meta.get_field("file"), "storage", storages["vault"])  # read once, at start-up
        yield made
        made.objects.delete()
    finally:
        server.stop()


def test_a_stored_file_lies_private_and_encrypted_in_the_bucket(bucket: Any, jida: Party) -> None:
    version = stored(jida)
    (found,) = bucket.objects.all()
    assert found.key == version.file.name
    kept = found.get()
    assert kept["Body"].read() == PDF
    assert kept["ServerSideEncryption"] == "AES256"
    grants = bucket.Object(found.key).Acl().grants
    assert [grant["Grantee"].get("URI") for grant in grants] == [None]


def test_it_comes_back_through_our_own_door_only(
    bucket: Any, jida: Party, li_wei: User, mallory: User, client_of: Callable[[User | None], Client]
) -> None:
    version = stored(jida)
    url = reverse("document", args=[version.document.code])
    response = client_of(li_wei).get(url)
    assert b"".join(response.streaming_content) == PDF
    assert client_of(mallory).get(url).status_code == 404
    endpoint = bucket.meta.client.meta.endpoint_url
    with pytest.raises(HTTPError, match="403"):
        urlopen(f"{endpoint}/luochui/{version.file.name}")


def test_versions_never_overwrite_each_other(bucket: Any, jida: Party) -> None:
    first, second = stored(jida), stored(jida, PDF + b"%2")
    assert len(list(bucket.objects.all())) == 2
    assert (first.file.read(), second.file.read()) == (PDF, PDF + b"%2")


def test_a_file_whose_rows_fail_is_taken_out_again(bucket: Any, jida: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.documents.actions.journal.record", lambda *_args, **_data: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        stored(jida)
    assert list(bucket.objects.all()) == []
