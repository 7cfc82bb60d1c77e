"""Where a right comes from: the people who made it, and the family of rights that go back to one first application."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from market.kernel.fields import code_field
from market.parties.models import Party


class Creator(models.Model):
    """An inventor, designer, author or breeder, in the order the office names them; `party` where the market knows them."""

    right = models.ForeignKey("rights.Right", on_delete=models.CASCADE, related_name="creators")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=200)
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="creations")

    class Meta:
        ordering = ("right", "place")
        constraints = (models.UniqueConstraint(fields=["right", "place"], name="one_creator_per_place"),)

    def __str__(self) -> str:
        return self.name


class Family(models.Model):
    """Rights of one kind that go back to the same first application: a patent family, or marks based on one another.

    `root` is the canonical number of that application at `office`; a right is in one family at most.
    """

    code = code_field("M")
    kind = models.CharField(_("kind"), max_length=14)
    office = models.CharField(_("office"), max_length=2)
    root = models.CharField(_("first application"), max_length=60)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["kind", "office", "root"], name="one_family_per_root"),)

    def __str__(self) -> str:
        return f"{self.office} {self.root}"
