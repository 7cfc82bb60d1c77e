"""A worker that closes what is due and kills itself (SIGKILL) before statement number N of it: python -m … N."""

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402  (models load only after Django is set up)

from auctions import engine  # noqa: E402

_numbers = count()
_last = int(sys.argv[1])


def die_in_time(execute: Callable[..., Any], *statement: Any) -> Any:
    """Pass a statement on, until it is the one not to live to see."""
    if next(_numbers) == _last:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(*statement)


with connection.execute_wrapper(die_in_time):
    engine.close_due()
