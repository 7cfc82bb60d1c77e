"""Rows of files for any page, each a link only for readers who may open it."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse

from market.documents import access, queries
from market.documents.forms import PROOFS, EvidenceForm
from market.documents.models import Version
from market.parties.models import Party

register = template.Library()


@register.inclusion_tag("documents/_rows.html", takes_context=True)
def file_row(context: dict[str, Any], version: Version) -> dict[str, Any]:
    """{% file_row version %}: one <li> of <ul class="files">."""
    return _rows(context, [version])


@register.inclusion_tag("documents/_rows.html", takes_context=True)
def file_rows(context: dict[str, Any], versions: Iterable[Version]) -> dict[str, Any]:
    """{% file_rows versions %}: the same for several, asking once who may read them."""
    return _rows(context, list(versions))


@register.inclusion_tag("documents/_about.html", takes_context=True)
def files_about(context: dict[str, Any], subject: str) -> dict[str, Any]:
    """{% files_about "deal:D-…" %}: the latest version of every document about a subject, as a list."""
    return _rows(context, list(queries.latest_about(subject)))


@register.inclusion_tag("documents/_evidence.html", takes_context=True)
def evidence(context: dict[str, Any], party: Party) -> dict[str, Any]:
    """{% evidence party %}: what a party gave as proof of its identity."""
    versions = list(queries.evidence_of(party))
    labels = dict(PROOFS)
    return _rows(context, versions, [str(labels.get(version.document.title, "")) for version in versions])


@register.inclusion_tag("documents/_evidence_form.html", takes_context=True)
def evidence_form(context: dict[str, Any], party: Party) -> dict[str, Any]:
    """{% evidence_form party %}: the form by which a party's people add such a proof."""
    return {"form": EvidenceForm(), "party": party, "csrf_token": context.get("csrf_token")}


def _rows(context: dict[str, Any], versions: list[Version], labels: list[str] | None = None) -> dict[str, Any]:
    """Each version with its address (none when the reader may not open it) and the words that say who may."""
    user = context["request"].user
    readable = access.readable_ids(user, [version.document for version in versions])
    rows = [
        {
            "version": version,
            "name": label or version.name,
            "url": reverse("document-version", args=[version.document.code, version.number])
            if version.document_id in readable
            else "",
            "access": version.document.get_level_display(),
        }
        for version, label in zip(versions, labels or [""] * len(versions), strict=True)
    ]
    return {"rows": rows}
