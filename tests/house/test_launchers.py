"""The launchers' own decisions, without servers and without the network."""

import sys
from pathlib import Path

import pytest

from deploy import bootstrap, debian, throwaway


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without chromium, where a test may not install anything either."""
    monkeypatch.setitem(debian.SEEN, "chromium", lambda: None)
    monkeypatch.setattr(bootstrap, "run", lambda *_, **__: pytest.fail("started a command"))


@pytest.mark.usefixtures("nothing_installed")
def test_someone_without_root_is_told_which_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as ended:
        debian.require("chromium", "gettext")
    assert "missing Debian packages: chromium" in str(ended.value.code)
    assert "as root: apt-get update && apt-get install chromium" in str(ended.value.code)


def test_what_is_there_is_not_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(debian.SEEN, "chromium", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(bootstrap, "run", lambda *_, **__: pytest.fail("started a command"))
    debian.require("chromium")


def test_an_environment_with_this_locks_stamp_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / "venv")
    monkeypatch.setattr(bootstrap, "PYTHON", python)
    monkeypatch.setattr(bootstrap, "PIP", python)
    installed: list[str] = []
    monkeypatch.setattr(bootstrap, "_install_by_uv", lambda lock: installed.append(lock) is None)
    python.parent.mkdir(parents=True)
    python.touch()
    lock = tmp_path / "requirements.lock"
    lock.write_text("django==5.2.19")
    bootstrap.environment("requirements.lock")
    bootstrap.environment("requirements.lock")
    assert installed == ["requirements.lock"]
    lock.write_text("django==5.2.20")
    bootstrap.environment("requirements.lock")
    assert installed == ["requirements.lock"] * 2


@pytest.mark.parametrize("version", ["old", "new", "absent"])
def test_debians_own_python_is_taken_where_it_is_new_enough(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str
) -> None:
    debians = tmp_path / "python3"
    if version != "absent":
        debians.write_text(f"#!/bin/sh\nexit {int(version == 'old')}\n")
        debians.chmod(0o755)
    monkeypatch.setattr(bootstrap, "DEBIANS_PYTHON", debians)
    assert bootstrap.interpreter() == str(debians if version == "new" else sys.executable)


def test_a_failed_step_shows_its_output_and_the_remedy(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        bootstrap.run(["sh", "-c", "echo the disk is full; exit 3"], doing="Trying", remedy="make room")
    assert capfd.readouterr().out == "Trying\nthe disk is full\n"
    assert "(exit code 3)\nRemedy: make room" in str(ended.value.code)


def test_a_throwaway_redis_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "redis-server"
    broken.write_text("#!/bin/sh\nexit 7\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(RuntimeError, match=r"redis-server does not answer \(exit code 7\)"), throwaway.redis():
        pytest.fail("yielded a Redis that is not there")
