"""A platform key of the test's own, logs of lots, and the stand-alone verifier run as a stranger runs it."""

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any
from unittest import mock

import pytest

from auctions.views.verify import PROGRAMS, VERIFIER

Files = Sequence[Any]
SCRIPT, OPENER = PROGRAMS / f"{VERIFIER}.py", PROGRAMS / "luochui_open.py"


@pytest.fixture(autouse=True)
def signing_dir(tmp_path: Path, settings: Any) -> Path:
    """Where this test's platform keeps its keys."""
    settings.SIGNING_DIR = str(tmp_path / "signing")
    return tmp_path / "signing"


@pytest.fixture
def stranger(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """stranger(paper, …): the downloaded verifier in an empty directory, with no site and no package to lean on."""

    def run(*papers: Any, program: Path = SCRIPT) -> "subprocess.CompletedProcess[str]":
        home = tmp_path / "stranger"
        home.mkdir(exist_ok=True)
        (home / program.name).write_text(program.read_text())
        names = []
        for number, paper in enumerate(papers):
            (home / f"{number}.json").write_text(paper if isinstance(paper, str) else json.dumps(paper))
            names.append(f"{number}.json")
        return subprocess.run(
            [sys.executable, "-I", "-S", program.name, *names], cwd=home, capture_output=True, text=True, env={}
        )

    return run


def verdict(home: Path, *papers: Any, program: Path = SCRIPT) -> str:
    """The same script, or another, in this process, for many papers at once: what it printed, or why it refused."""
    names = []
    for number, paper in enumerate(papers):
        file = home / f"{number}.json"
        file.write_text(paper if isinstance(paper, str) else json.dumps(paper))
        names.append(str(file))
    said = io.StringIO()
    argv = mock.patch.object(sys, "argv", [str(program), *names])
    quiet = mock.patch.object(sys, "tracebacklimit", 0, create=True)  # which a program may set for itself
    try:
        with argv, quiet, contextlib.redirect_stdout(said):
            exec(_compiled(program), {"__name__": "__main__"})
    except (Exception, SystemExit) as refused:  # whatever it stumbles over, a stranger sees it as a refusal
        return f"refused: {refused!r}"
    return said.getvalue()


@cache
def _compiled(program: Path) -> CodeType:
    return compile(program.read_text(), program.name, "exec")
