"""A page of steps that people enter: a form for each that may be taken, and the one that was sent with what is wrong in it.

A step's form is made for the thing it is about, says the step's arguments (`said`) and shows a refusal where it belongs
(`refuse`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest
from django.utils.functional import Promise

from market.kernel.errors import Conflict, Refused


class Step(NamedTuple):
    """A step: the button that takes it, its form, and the action behind it."""

    button: str | Promise
    form: Callable[..., Any]
    action: Callable[..., object]


def take(request: HttpRequest, steps: Mapping[str, Step], about: Any) -> tuple[str, Any] | None:
    """Take the step that was sent about a thing; None once it is taken, else its name and its form with its faults.

    404 for a step there is not; a Conflict is for the whole page.
    """
    name = request.POST.get("step", "")
    if name not in steps:
        raise Http404
    form = steps[name].form(about, request.POST, request.FILES, prefix=name)
    if form.is_valid():
        try:
            steps[name].action(about, by=request.user, **form.said())
        except Conflict:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            return None
    return name, form


def doors(
    steps: Mapping[str, Step], about: Any, names: Iterable[str], main: Iterable[str], faulty: tuple[str, Any] | None
) -> list[dict[str, Any]]:
    """For templates/components/doors.html: the forms of the steps `names`, of which those in `main` are what is expected, and
    the `faulty` one as it was sent."""
    forms = {name: steps[name].form(about, prefix=name) for name in names} | dict([faulty] if faulty else [])
    asked, expected = faulty[0] if faulty else "", set(main)
    return [
        {"step": name, "form": form, "button": steps[name].button, "open": name == asked, "main": name in expected}
        for name, form in forms.items()
    ]
