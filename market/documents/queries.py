"""Reads about documents: the latest versions about a subject."""

from django.db.models import Max, QuerySet

from market.documents.models import Version
from market.parties.models import Party


def content_of(version: Version) -> bytes:
    """The bytes of a kept file."""
    with version.file.open("rb") as file:
        return bytes(file.read())


def latest_about(subject: str, *kinds: str) -> QuerySet[Version]:
    """The latest version of every document about `subject`, of these kinds (all when none is named), oldest first."""
    versions = Version.objects.filter(document__subject=subject)
    if kinds:
        versions = versions.filter(document__kind__in=kinds)
    latest = versions.values("document").annotate(top=Max("pk")).values("top")
    return Version.objects.filter(pk__in=latest).select_related("document__owner").order_by("document_id")


def evidence_of(party: Party) -> QuerySet[Version]:
    """What `party` gave as proof of its own identity."""
    return latest_about(party.ref, "identity").filter(document__owner=party)
