"""The background loop: no lot closes late because another machine is slow."""

import threading

import pytest

from deploy import worker


def test_a_mail_server_that_hangs_keeps_no_lot_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging, closed, stop, release = (threading.Event() for _ in range(4))

    def hang() -> None:
        hanging.set()
        release.wait(30)

    def close() -> None:
        if hanging.is_set():
            closed.set()

    duties = [worker.Step("mail", hang, 0.0, outside=True), worker.Step("close", close, 0.0)]
    monkeypatch.setattr(worker, "steps", lambda: duties)
    loop = threading.Thread(target=worker.run, args=(stop,), daemon=True)
    loop.start()
    try:
        assert closed.wait(10), "the lot waited for the mail"
    finally:
        stop.set()
        loop.join(10)
        release.set()
    assert not loop.is_alive(), "stopping waited for the mail"


def test_mail_is_the_duty_that_waits_for_another_machine() -> None:
    assert [step.name for step in worker.steps() if step.outside] == ["mail notices"]
