"""The Debian packages the launchers need: seen, installed when we may, otherwise named in one loud line."""

import glob
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable

from deploy import bootstrap


def postgres_programs() -> str | None:
    """Return the directory of the newest initdb and pg_ctl, or None; Debian keeps them off the PATH."""
    by_version = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: float(path.split("/")[4]))
    found = shutil.which("initdb") or (by_version[-1] if by_version else None)
    return found and os.path.dirname(found)


def chromium() -> str | None:
    """Return the browser the tests drive, $CHROMIUM or Debian's, or None."""
    return shutil.which(os.environ.get("CHROMIUM") or "chromium")


# How to see that what a package brings is there, from Debian or from elsewhere.
SEEN: dict[str, Callable[[], object]] = {
    "python3-venv": lambda: importlib.util.find_spec("ensurepip"),
    "postgresql": postgres_programs,
    "redis-server": lambda: shutil.which("redis-server"),
    "chromium": chromium,
    "gettext": lambda: shutil.which("xgettext"),
    "poppler-utils": lambda: shutil.which("pdftotext"),
    "fonts-noto-cjk": lambda: glob.glob("/usr/share/fonts/**/NotoSansCJK*", recursive=True),
}


def require(*packages: str) -> None:
    """Install the packages that are missing if we are root; otherwise name them and end with exit code 1."""
    missing = [package for package in packages if not SEEN[package]()]
    if not missing:
        return
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    by_hand = f"as root: apt-get update && apt-get install {' '.join(missing)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        bootstrap.fail(f"missing Debian packages: {' '.join(missing)}", by_hand)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    bootstrap.run(["apt-get", "update", "-qq"], doing="Reading Debian's package lists", remedy=by_hand)
    bootstrap.run(install, doing=f"Installing Debian's {', '.join(missing)}", remedy=by_hand)
    importlib.invalidate_caches()
    if absent := [package for package in missing if not SEEN[package]()]:
        bootstrap.fail(f"installed, but {sys.executable} does not see: {' '.join(absent)}", "use Debian's own python3")
