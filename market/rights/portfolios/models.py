"""A holder's portfolio: which rights belong to it and since when, and which of them protect which product line."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import code_field
from market.parties.models import Party


class Portfolio(models.Model):
    """Rights of one holder that are looked at together (专利组合)."""

    code = code_field("P")
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="portfolios")
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("portfolio:P-…")."""
        return f"portfolio:{self.code}"


class Member(models.Model):
    """A right's stay in a portfolio. A stay that ended is kept: with the day, and whether the right was taken out or its
    title passed to somebody else."""

    class Left(models.TextChoices):
        """How a stay ended."""

        TAKEN_OUT = "taken_out", _("Taken out")
        TITLE_PASSED = "title_passed", _("Title passed")

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="members")
    right = models.ForeignKey("rights.Right", on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)
    left = models.CharField(max_length=12, choices=Left, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["portfolio", "right"], condition=Q(until=None), name="one_live_stay_per_portfolio_and_right"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="stay_ends_after_start"),
            models.CheckConstraint(
                condition=Q(until=None, left="") | (Q(until__isnull=False) & ~Q(left="")), name="ended_stay_says_how"
            ),
        )

    def __str__(self) -> str:
        return f"{self.portfolio_id} {self.right_id}"


class ProductLine(models.Model):
    """Products of one kind: the Nice classes of their goods, the IPC places of their technology, and the members that
    protect them. `together`: what protects it goes to one buyer."""

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="lines")
    name = models.CharField(_("product line"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    classes = models.JSONField(_("Nice classes"), default=list, blank=True)
    ipc = models.JSONField(_("IPC"), default=list, blank=True)
    together = models.BooleanField(_("goes to one buyer"), default=False)
    members = models.ManyToManyField(Member, related_name="lines")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name
