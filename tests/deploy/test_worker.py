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

    duties = [worker.Step("mail", hang, 0.0, thread=worker.OUTSIDE), worker.Step("close", close, 0.0)]
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


def test_what_waits_for_others_has_a_thread_of_its_own_and_so_have_the_lots() -> None:
    threads = {step.name: step.thread for step in worker.steps()}
    assert [name for name, thread in threads.items() if thread == worker.OUTSIDE] == [
        "mail notices",
        "allocate packages",
    ]
    hammer = {name for name, thread in threads.items() if thread == worker.HAMMER}
    assert {"close lots", "open lots", "keep halts", "close sales"} <= hammer
    assert not {"deliver facts", "probe the doors"} & hammer


def test_facts_wait_while_lots_are_being_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(worker.journal, "deliver_due", lambda limit: asked.append(limit) or limit)
    closing = iter([False, False, False, True])
    monkeypatch.setattr(worker.engine, "is_closing", lambda: next(closing))
    worker.deliver()
    assert asked == [worker.FACTS] * 3
