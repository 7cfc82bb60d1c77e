"""The embedded database for a bench in this process, and the time and the statements that something costs on it."""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def market() -> Iterator[None]:
    """Django set up on a new SQLite database with all tables, which goes again; import models inside."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases

    setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(verbosity=0)


def costs(act: Callable[[], object]) -> tuple[float, int]:
    """Do it; the seconds it took and the statements it made."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        begun = time.perf_counter()
        act()
        took = time.perf_counter() - begun
    return took, len(seen)


def tell(figures: dict[str, Any], *, as_json: bool) -> None:
    """Print the figures, for a program or for people."""
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, figure in figures.items():
        print(f"{name:>16}  {figure}")
