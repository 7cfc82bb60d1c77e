"""A rehearsal never touches a real lot."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def test_outside_a_demonstration_nothing_is_rehearsed(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="only in a demonstration") as no:
        call_command("rehearse", "L-2345678923")
    assert no.value.returncode == 2


def test_an_unknown_lot_is_said_to_be_unknown(db, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="no lot") as no:
        call_command("rehearse", "L-2345678923")
    assert no.value.returncode == 2
