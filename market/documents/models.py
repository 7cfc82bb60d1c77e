"""A document about a subject, its immutable versions, and the parties that may read it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from market.documents import vault
from market.kernel import clock
from market.kernel.fields import code_field
from market.parties.models import Party


class Document(models.Model):
    """A named document of a `kind` ("contract", "receipt", "proof") about a `subject` ("deal:D-…")."""

    class Level(models.TextChoices):
        """Who may read it besides its owner."""

        PUBLIC = "public", _("Everyone")
        MEMBERS = "members", _("Signed-in users")
        PRIVATE = "private", _("Named parties only")

    code = code_field("X")
    subject = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=160)
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="documents")
    readers = models.ManyToManyField(Party, related_name="readable_documents", blank=True)
    level = models.CharField(max_length=10, choices=Level, default=Level.PRIVATE)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["subject", "kind", "title", "owner"], name="document_once_per_owner"),
        )

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """One immutable state of a document: the file as stored, with its SHA-256."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.FileField(upload_to=vault.place, storage=vault.storage, max_length=200)
    name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("document", "number")
        constraints = (models.UniqueConstraint(fields=["document", "number"], name="version_number_once_per_document"),)

    def __str__(self) -> str:
        return f"{self.document} v{self.number}"
