"""Forms and fields drawn with the house's templates, so that {{ form }} is never a bare default."""

from django.forms.renderers import TemplatesSetting


class HouseRenderer(TemplatesSetting):
    """The house's form and field, Django's own widgets (settings: FORM_RENDERER, and "django.forms" installed)."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
