"""Turns a refusal into a sentence in the reader's language; the sentences live in templates/refusals/<code>.txt."""

from django.template.loader import render_to_string

from market.kernel.errors import Refused


def sentence(refused: Refused) -> str:
    """What to tell the reader, in the active language: what is wrong and how to go on."""
    return " ".join(render_to_string(f"refusals/{refused.code}.txt", refused.facts).split())
