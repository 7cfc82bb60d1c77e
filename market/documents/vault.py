"""The one file that knows where documents lie: the local disk, or S3 by setting."""

from typing import Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import Storage, storages


def storage() -> Storage:
    """The private storage named "vault" in the settings."""
    return storages["vault"]


def put(code: str, name: str, content: "File[bytes]") -> str:
    """Store the content for the document `code` and return its path in the vault."""
    return storage().save(_path(code, name), content)


def remove(path: str) -> None:
    """Take a file out again whose rows were never written."""
    storage().delete(path)


def place(version: Any, name: str) -> str:
    """Where a version is stored: under its document's code, with a name that tells nothing and never collides."""
    return _path(version.document.code, name)


def _path(code: str, name: str) -> str:
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else "bin"
    return f"{code}/{uuid4().hex}.{suffix[:8]}"
