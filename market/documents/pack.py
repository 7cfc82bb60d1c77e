"""Packs what the office needs into one ZIP: the same files give the same bytes, each named with its hash."""

import hashlib
import io
import zipfile
from collections.abc import Mapping

MANIFEST = "manifest.txt"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a ZIP entry must bear a date; when the pack was made is no part of it


def pack(files: Mapping[str, bytes]) -> bytes:
    """The ZIP of `files` in their order, and a manifest of SHA-256 that `sha256sum -c manifest.txt` checks."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {**files, MANIFEST: "".join(lines).encode()}.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
