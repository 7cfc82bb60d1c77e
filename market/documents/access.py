"""Who may read a document: its owner, the parties let in, and everybody its level names. Nobody else, no regulator."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import Http404

from market.documents.models import Document, Version
from market.parties.access import may_verify
from market.parties.models import Party

IDENTITY = "identity"  # kind of the proof a party gives of itself


def version_for(user: Any, document_code: str, number: int | None = None) -> Version:
    """The latest version (or the one with `number`) that `user` may read; 404 when unknown or not for them."""
    versions = Version.objects.filter(document__code=document_code).select_related("document__owner")
    version = (versions.filter(number=number) if number else versions).order_by("-number").first()
    if version is None or not may_read(user, version.document):
        raise Http404
    return version


def may_read(user: Any, document: Document) -> bool:
    """Whether `user` may read `document`: by its level, as a member of its owner or of a reader, or as a verifier."""
    return document.pk in readable_ids(user, [document])


def readable_ids(user: Any, documents: Sequence[Document]) -> set[int]:
    """The ids of those documents that `user` may read, found with one question for all of them."""
    signed_in = getattr(user, "is_authenticated", False)
    open_levels = {Document.Level.PUBLIC, *([Document.Level.MEMBERS] if signed_in else [])}
    ids = {document.pk for document in documents if document.level in open_levels}
    rest = [document for document in documents if document.pk not in ids]
    if not signed_in or not rest:
        return ids
    inside = Q(owner__memberships__user=user) | Q(readers__memberships__user=user)
    ids.update(Document.objects.filter(inside, pk__in=[document.pk for document in rest]).values_list("pk", flat=True))
    return ids | {document.pk for document in rest if document.pk not in ids and _verifies(user, document)}


def _verifies(user: Any, document: Document) -> bool:
    """Proof of identity is read by whoever may verify its owner, while the owner waits for it and no longer."""
    owner = document.owner
    waits = document.kind == IDENTITY and document.subject == owner.ref and owner.state == Party.State.SUBMITTED
    return waits and may_verify(user, owner)


def evidence_party_for(user: Any, code: str) -> Party:
    """The party `code` whose proof of identity `user` may add to: an owner or agent of it; 404 for others."""
    party = Party.objects.filter(code=code, memberships__user=user, memberships__role__in=("owner", "agent")).first()
    if party is None:
        raise Http404
    return party
