"""Turns a refusal into a sentence in the reader's language; the sentences live in templates/refusals/<code>.txt."""

from typing import Any

from django.template import Context, Engine

from market.kernel.errors import Refused


def sentence(refused: Refused) -> str:
    """What to tell the reader, in the active language: what is wrong and how to go on."""
    return " ".join(text(f"refusals/{refused.code}.txt", refused.facts).split())


def text(template: str, facts: dict[str, Any]) -> str:
    """A text template filled with `facts`, in the active language: plain text, to be escaped where it becomes HTML."""
    return str(Engine.get_default().get_template(template).render(Context(facts, autoescape=False)))
