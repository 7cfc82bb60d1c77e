"""What only one kind of right has: the row beside a right's own, named as its kind is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Patent(models.Model):
    """What only patents have. Numbers as in ZC 0006 / ST.16; a utility model or design may need an evaluation report."""

    class Type(models.TextChoices):
        """专利法 2: three types, 20 / 10 / 15 years from filing (42)."""

        INVENTION = "invention", _("Invention patent")
        UTILITY = "utility", _("Utility model")
        DESIGN = "design", _("Design patent")

    right = models.OneToOneField("rights.Right", on_delete=models.CASCADE, related_name="patent", primary_key=True)
    type = models.CharField(_("type"), max_length=10, choices=Type)
    application_no = models.CharField(_("application number"), max_length=30, blank=True)
    publication_no = models.CharField(_("publication number"), max_length=30, blank=True)
    grant_no = models.CharField(_("grant number"), max_length=30, blank=True)
    ipc = models.JSONField(_("IPC"), default=list, blank=True)
    claims = models.PositiveIntegerField(_("number of claims"), null=True, blank=True)
    first_claim = models.TextField(_("first claim"), blank=True)
    annuity_paid_to = models.DateField(_("annuity paid until"), null=True, blank=True)
    evaluation_report = models.BooleanField(_("evaluation report on file"), default=False)

    def __str__(self) -> str:
        return self.grant_no or self.application_no


class Trademark(models.Model):
    """What only trademarks have: the words, the class and the similarity groups (类似群) that must travel together."""

    right = models.OneToOneField("rights.Right", on_delete=models.CASCADE, related_name="trademark", primary_key=True)
    words = models.CharField(_("words of the mark"), max_length=600)
    nice_class = models.PositiveSmallIntegerField(_("Nice class"))
    groups = models.JSONField(_("similarity groups"), default=list, blank=True)
    goods = models.TextField(_("goods and services"), blank=True)
    last_use_on = models.DateField(_("last use shown on"), null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(nice_class__range=(1, 45)), name="nice_class_1_to_45"),)

    def __str__(self) -> str:
        return self.words


class Copyright(models.Model):
    """What only copyrights have: the kind of work, its authors and its dates (著作权法 3, 22-23)."""

    class Work(models.TextChoices):
        """著作权法 3."""

        SOFTWARE = "software", _("Software")
        LITERARY = "literary", _("Literary work")
        MUSICAL = "musical", _("Musical work")
        ARTISTIC = "artistic", _("Work of fine art")
        PHOTOGRAPHIC = "photographic", _("Photographic work")
        AUDIOVISUAL = "audiovisual", _("Audiovisual work")
        GRAPHIC = "graphic", _("Drawings and models")
        OTHER = "other", _("Other work")

    right = models.OneToOneField("rights.Right", on_delete=models.CASCADE, related_name="copyright", primary_key=True)
    work = models.CharField(_("kind of work"), max_length=14, choices=Work)
    certificate_no = models.CharField(_("certificate number"), max_length=40, blank=True)
    version = models.CharField(_("version"), max_length=20, blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    published_on = models.DateField(_("first published on"), null=True, blank=True)

    def __str__(self) -> str:
        return self.certificate_no


class LayoutDesign(models.Model):
    """What only layout designs of integrated circuits have: what the circuit does, and the days its term hangs on
    (集成电路布图设计保护条例 2001 art. 12)."""

    class Function(models.TextChoices):
        """What the application form asks the circuit to be."""

        LOGIC = "logic", _("Logic circuit")
        MEMORY = "memory", _("Memory circuit")
        MICRO = "micro", _("Microcomputer circuit")
        LINEAR = "linear", _("Linear circuit")
        OTHER = "other", _("Other circuit")

    right = models.OneToOneField("rights.Right", on_delete=models.CASCADE, related_name="ic_layout", primary_key=True)
    function = models.CharField(_("function of the circuit"), max_length=10, choices=Function)
    application_no = models.CharField(_("application number"), max_length=30, blank=True)
    technology = models.CharField(_("process technology"), max_length=60, blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    exploited_on = models.DateField(_("first put to commercial use on"), null=True, blank=True)

    def __str__(self) -> str:
        return self.get_function_display()


class PlantVariety(models.Model):
    """What only plant varieties have; the right's title is the denomination (品种名称). How it grows decides how long it
    is protected, and which of two authorities granted it (植物新品种保护条例)."""

    class Growth(models.TextChoices):
        """Which of the two terms it has."""

        WOODY = "woody", _("Woody or climbing plant")
        OTHER = "other", _("Other plant")

    class Authority(models.TextChoices):
        """植物新品种保护条例 3: agriculture and forestry share the task."""

        AGRICULTURE = "agriculture", _("Ministry of Agriculture and Rural Affairs")
        FORESTRY = "forestry", _("National Forestry and Grassland Administration")

    right = models.OneToOneField(
        "rights.Right", on_delete=models.CASCADE, related_name="plant_variety", primary_key=True
    )
    growth = models.CharField(_("how it grows"), max_length=10, choices=Growth)
    species = models.CharField(_("genus or species"), max_length=120, blank=True)
    application_no = models.CharField(_("application number"), max_length=30, blank=True)
    authority = models.CharField(_("granted by"), max_length=12, choices=Authority, blank=True)

    def __str__(self) -> str:
        return self.species
