"""A file somebody handed in, and each of its rows: how far it is read, what becomes of each, what was entered."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import code_field
from market.kernel.states import Moves
from market.parties.models import Party

NEW, CREATED, EXISTS, REFUSED = "new", "created", "exists", "refused"  # what becomes of a row


class Import(models.Model):
    """A file read in the background, then entered. The same bytes handed in again by the same party are the same import.

    Whoever works on it holds it until `stale_at` under the number `attempts`; what is done stands in its rows, so that
    one that was cut off goes on where it was. `tries` counts the attempts since something was done.
    """

    class State(models.TextChoices):
        """Where it stands."""

        READING = "reading", _("Being read")
        READ = "read", _("Read")
        ENTERING = "entering", _("Being entered")
        DONE = "done", _("Entered")
        FAILED = "failed", _("Given up")

    WORKING: ClassVar[frozenset[str]] = frozenset({State.READING, State.ENTERING})
    MOVES: ClassVar[Moves] = {
        State.READING: frozenset({State.READ, State.FAILED}),
        State.READ: frozenset({State.ENTERING, State.READING}),
        State.ENTERING: frozenset({State.DONE, State.FAILED}),
        State.DONE: frozenset({State.ENTERING}),
        State.FAILED: frozenset({State.READING}),
    }

    code = code_field("I")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="imports")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    form = models.CharField(max_length=5, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    unknown = models.JSONField(default=list, blank=True)
    total = models.PositiveIntegerField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    stale_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=["party", "sha256"], name="one_import_per_file"),)
        indexes = (
            models.Index(fields=["stale_at"], condition=Q(state__in=["reading", "entering"]), name="import_due"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.version.name}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("import:I-…")."""
        return f"import:{self.code}"


class ImportRow(models.Model):
    """One right or one reason of the file (`drafts.Line`), what becomes of it (`intake`), and why, as `kept` writes it.
    `same` is the right's kind, office and key in the register."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    file = models.CharField(max_length=160)
    row = models.PositiveIntegerField()
    form = models.CharField(max_length=10, blank=True)
    cells = models.JSONField(default=dict)
    draft = models.JSONField(null=True)
    same = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=8)
    why = models.JSONField(default=list)

    class Meta:
        ordering = ("run", "place")
        constraints = (models.UniqueConstraint(fields=["run", "place"], name="one_row_per_place"),)
        indexes = (
            models.Index(fields=["run", "outcome", "place"], name="import_row_outcome"),
            models.Index(fields=["same"], name="import_row_same"),
        )

    def __str__(self) -> str:
        return f"{self.file}:{self.row}"
