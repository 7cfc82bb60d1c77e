"""What the launchers do first: the virtual environment from a lock, the translations; standard library only."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

if sys.version_info < (3, 11):  # noqa: UP036 - this is where it is found out
    sys.exit("Luochui needs Python 3.11 or newer; Debian 12's python3 will do")

ROOT = Path(__file__).resolve().parent.parent
VENV, BOOT = ROOT / ".venv", ROOT / ".boot"
PYTHON = VENV / "bin" / "python"
PIP = BOOT / "bin" / "pip"
DEBIANS_PYTHON = Path("/usr/bin/python3")
UV_SETTINGS = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "true"}


def say(line: str) -> None:
    """Print one line at once, so that a log shows the steps in order."""
    print(line, flush=True)


def fail(problem: str, remedy: str) -> NoReturn:
    """End the launcher with exit code 1, saying what is wrong and how to go on."""
    sys.stdout.flush()
    sys.exit(f"\nFAILED: {problem}\nRemedy: {remedy}")


def run(command: Iterable[str | Path], *, doing: str, remedy: str) -> str:
    """Run a step quietly and return its output; if it fails, show the output and end with the remedy."""
    say(doing)
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        say(done.stdout.rstrip())
        fail(f"{' '.join(words)} (exit code {done.returncode})", remedy)
    return done.stdout


def environment(lock: str) -> None:
    """Make .venv hold what the lock file names, every file checked against its hash; nothing to do the second time."""
    stamp = VENV / f".{lock}.sha256"
    wanted = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        run(
            [interpreter(), "-m", "venv", "--clear", "--without-pip", VENV], doing="Making .venv", remedy="delete .venv"
        )
    if not PIP.exists():
        venv.create(BOOT, clear=True, symlinks=True, with_pip=True)
    say(f"Installing what {lock} names")
    if not _install_by_uv(lock):
        run(
            [PIP, "--python", PYTHON, "install", "--quiet", "--no-deps", "--require-hashes", "-r", lock],
            doing="uv cannot do it here; asking pip, which is slower",
            remedy="check the way to a Python package index (pip config list), then run this again",
        )
    stamp.write_text(wanted)


def interpreter() -> str:
    """Debian's own Python where it is new enough, or the one that runs this.

    Debian compiles it with profile guidance: half as fast again as the same version built from its source without.
    """
    new_enough = "import sys; sys.exit(sys.version_info < (3, 11))"
    found = DEBIANS_PYTHON.exists() and not subprocess.run([DEBIANS_PYTHON, "-c", new_enough]).returncode
    return str(DEBIANS_PYTHON) if found else sys.executable


def _install_by_uv(lock: str) -> bool:
    """Install with uv, fetched by pip when absent; False when uv cannot be had or cannot reach its index."""
    uv = Path(shutil.which("uv") or BOOT / "bin" / "uv")
    get_uv: list[str | Path] = [PIP, "install", "--quiet", "--disable-pip-version-check", "uv>=0.9,<1"]
    if not uv.exists() and subprocess.run(get_uv, stderr=subprocess.DEVNULL).returncode:
        return False
    install: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock]
    return subprocess.run(install, cwd=ROOT, env={**os.environ, **UV_SETTINGS}).returncode == 0


def translations() -> None:
    """Compile the catalogues that are newer than their compiled form."""
    for catalogue in sorted((ROOT / "market" / "locale").glob("*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= catalogue.stat().st_mtime:
            continue
        run(
            [PYTHON, "-m", "babel.messages.frontend", "compile", "-i", catalogue, "-o", compiled],
            doing=f"Compiling the {catalogue.parent.parent.name} translation",
            remedy=f"mend {catalogue.relative_to(ROOT)}",
        )
