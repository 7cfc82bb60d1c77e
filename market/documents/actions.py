"""Writes about documents: a file is stored as the next version, a party is let in."""

import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from market.documents import vault
from market.documents.models import Document, Version
from market.documents.rules import HEAD_BYTES, check_upload, clean_name
from market.kernel.ids import new_code
from market.kernel.typed import tidy
from market.parties.models import Party, User
from market.trail import journal

SYSTEM = "system:documents"


def store(
    *,
    subject: str,
    kind: str,
    title: str,
    name: str,
    content: bytes,
    content_type: str,
    owner: Party,
    by: User | None,
    level: str = Document.Level.PRIVATE,
    readers: Iterable[Party] = (),
) -> Version:
    """Keep `content` as the next version of `owner`'s document (subject, kind, title), which is made when new.

    The same bytes as the latest version are the same version again. The file goes to the vault before the rows are
    written, so that no row names a file that is not there; a file whose rows failed is taken out again. `level` counts
    for a new document only; `readers` are let in besides. Refused `file.empty`, `file.size`, `file.type`.
    """
    name = clean_name(name)
    content_type = check_upload(name, content_type, content[:HEAD_BYTES], len(content), settings.MAX_UPLOAD_BYTES)
    key = {"subject": subject, "kind": kind, "title": tidy(title), "owner": owner}
    digest = hashlib.sha256(content).hexdigest()
    found = Document.objects.filter(**key).first()
    latest = found.versions.order_by("-number").first() if found else None
    if found and latest and latest.sha256 == digest:
        _let_in(found, readers, by)
        return latest
    code = found.code if found else new_code("X")
    path = vault.put(code, name, ContentFile(content))
    try:
        return _write(key, code, level, list(readers), by, path, name, content_type, len(content), digest)
    except BaseException:
        vault.remove(path)
        raise


@transaction.atomic
def _write(
    key: dict[str, object],
    code: str,
    level: str,
    readers: list[Party],
    by: User | None,
    path: str,
    name: str,
    content_type: str,
    size: int,
    digest: str,
) -> Version:
    """Write the document (if new) and its next version, under the document's lock, and record the fact."""
    document, _made = Document.objects.get_or_create(**key, defaults={"code": code, "level": level})
    document = Document.objects.select_for_update().get(pk=document.pk)
    latest = document.versions.order_by("-number").first()
    version = Version.objects.create(
        document=document,
        number=latest.number + 1 if latest else 1,
        file=path,
        name=name,
        content_type=content_type,
        size=size,
        sha256=digest,
        by=by,
    )
    journal.record(
        "document.stored",
        subject=f"document:{document.code}",
        actor=by.ref if by else SYSTEM,
        about=document.subject,
        kind=document.kind,
        version=version.number,
        sha256=digest,
    )
    _let_in(document, readers, by)
    return version


@transaction.atomic
def grant(*, document: Document, party: Party, by: User | None = None) -> None:
    """Let the members of `party` read `document`; asking again changes nothing."""
    _let_in(document, [party], by)


def _let_in(document: Document, readers: Iterable[Party], by: User | None) -> None:
    """Add the readers that are not there yet, each a fact."""
    there = {document.owner_id, *document.readers.values_list("pk", flat=True)}
    with transaction.atomic():
        for party in readers:
            if party.pk in there:
                continue
            document.readers.add(party)
            journal.record(
                "document.granted",
                subject=f"document:{document.code}",
                actor=by.ref if by else SYSTEM,
                about=document.subject,
                reader=party.ref,
            )
