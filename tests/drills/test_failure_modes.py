"""The table of failure modes is whole, and names tests and drills that exist; nothing is run here but one look at the code."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.drills.__main__ import DRILLS
from tests.drills.failure_modes import MODES, Mode

TESTS = Path(__file__).resolve().parents[1]


@cache
def named_in(file: str) -> frozenset[str]:
    """The tests a file defines, by its syntax alone."""
    tree = ast.parse((TESTS / file).read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def test_all_forty_five_are_there_once_and_in_order() -> None:
    assert [mode.number for mode in MODES] == list(range(1, 46))
    assert len({mode.name for mode in MODES}) == 45


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: str(mode.number))
def test_each_is_proven(mode: Mode) -> None:
    assert mode.name.strip()
    assert mode.proofs
    for proof in mode.proofs:
        file, _, test = proof.partition("::")
        if file.startswith("drills/") and not test:
            assert Path(file).stem in DRILLS
        elif test:
            assert test in named_in(file), proof
        else:
            assert named_in(file), f"{file} tests nothing"


def test_only_the_engine_moves_an_end() -> None:
    """Failure mode 16: who writes the end of a lot that is bid on holds its lock; the rest of the product only reads it."""
    writes = re.compile(r"\.update\([^)]*\bends_at=|\.ends_at = |\"ends_at\": \w+\.ends_at\b", re.DOTALL)
    room = TESTS.parent / "auctions"
    writers = {path.relative_to(room).as_posix() for path in room.rglob("*.py") if writes.search(path.read_text())}
    allowed = {path for path in writers if path.startswith(("engine/", "migrations/"))}
    assert writers == allowed, f"ends are moved in {sorted(writers - allowed)}"
    assert "engine/rows.py" in writers, "the pattern finds nothing, so it proves nothing"
