"""A refusal's sentence is plain text: it is escaped once, where it becomes a page."""

from django.utils import translation

from market.kernel.errors import Refused
from market.kernel.words import sentence


def test_a_name_stands_in_the_sentence_as_it_is_written() -> None:
    with translation.override("en"):
        said = sentence(Refused("file.empty", name="R&D <1>.pdf"))
    assert said.startswith("The file “R&D <1>.pdf” is empty.")
    assert "\n" not in said
