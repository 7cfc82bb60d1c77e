"""The one file that knows where documents lie: the local disk, or S3 by setting."""

from typing import Any
from uuid import uuid4

from django.core.files.storage import Storage, storages


def storage() -> Storage:
    """The private storage named "vault" in the settings."""
    return storages["vault"]


def place(version: Any, name: str) -> str:
    """Where a version is stored: under its document's code, with a name that tells nothing and never collides."""
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else "bin"
    return f"{version.document.code}/{uuid4().hex}.{suffix[:8]}"
