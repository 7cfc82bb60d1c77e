"""Mail: in the user's language, once, and a failing server keeps nothing and nobody waiting."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail

from market.kernel import clock
from market.notices import actions
from market.notices.models import Notice
from market.parties.models import Party, User
from market.trail.models import Delivery
from tests.market.notices.told import record


@pytest.fixture(autouse=True)
def quiet(anne: User, bob: User) -> None:
    """Nobody has been told anything, and nothing is under way."""
    Delivery.objects.all().delete()
    Notice.objects.all().delete()
    return


def notice(user: User, **columns: Any) -> Notice:
    """A notice that waits to be mailed."""
    return Notice.objects.create(user=user, fact=record(), **columns)


def test_a_notice_is_mailed_once(anne: User) -> None:
    told = notice(anne)
    assert actions.mail_due() == 1
    assert actions.mail_due() == 0
    (sent,) = mail.outbox
    assert sent.to == ["anne@example.com"]
    assert "P-TEST" in sent.subject
    assert sent.extra_headers["Message-ID"] == f"<notice-{told.pk}@127.0.0.1>"
    assert "http://127.0.0.1:8000/org/" in sent.body
    told.refresh_from_db()
    assert told.mailed_at is not None


def test_each_reads_it_in_their_own_language(anne: User, bob: User) -> None:
    bob.language = "en"
    bob.save()
    notice(anne)
    notice(bob)
    assert actions.mail_due() == 2
    assert mail.outbox[1].subject == "[落槌 Luochui] 吉林大学 is verified (P-TEST)"


def test_what_was_read_on_the_page_or_is_old_is_not_mailed(anne: User, bob: User) -> None:
    notice(anne, read_at=clock.now())
    notice(bob, at=clock.now() - timedelta(days=4))
    assert actions.mail_due() == 0
    assert mail.outbox == []


def test_no_mail_goes_to_who_has_no_address_or_cannot_sign_in(anne: User, bob: User) -> None:
    anne.email = ""
    anne.save()
    bob.is_active = False
    bob.save()
    notice(anne)
    notice(bob)
    assert actions.mail_due() == 0


def test_a_round_is_bounded(anne: User, bob: User) -> None:
    for user in (anne, bob):
        notice(user)
    assert actions.mail_due(limit=1) == 1
    assert actions.mail_due(limit=1) == 1
    assert len(mail.outbox) == 2


def test_a_notice_another_worker_took_is_left_to_it_for_ten_minutes(anne: User) -> None:
    told = notice(anne, claimed_at=clock.now() - timedelta(minutes=9))
    assert actions.mail_due() == 0
    Notice.objects.filter(pk=told.pk).update(claimed_at=clock.now() - timedelta(minutes=11))
    assert actions.mail_due() == 1


class Failing:
    """A mail server that fails in a chosen way for the addresses named."""

    def __init__(self, error: Exception, *addresses: str, on_connect: bool = False) -> None:
        self.error, self.addresses, self.on_connect = error, addresses, on_connect
        self.sent: list[str] = []

    def __enter__(self) -> "Failing":
        if self.on_connect:
            raise self.error
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send_messages(self, messages: list[mail.EmailMessage]) -> int:
        """What EmailMessage.send calls."""
        if messages[0].to[0] in self.addresses:
            raise self.error
        self.sent.append(messages[0].to[0])
        return 1


def test_a_server_that_does_not_answer_keeps_nothing_waiting_and_loses_nothing(
    anne: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = notice(anne)
    with monkeypatch.context() as broken:
        broken.setattr(mail, "get_connection", lambda: Failing(TimeoutError("timed out"), on_connect=True))
        assert actions.mail_due() == 0
    told.refresh_from_db()
    assert told.mailed_at is None
    with clock.shifted_to(clock.now() + timedelta(minutes=11)):
        assert actions.mail_due() == 1


def test_a_server_that_hangs_up_ends_the_round(anne: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    notice(anne)
    notice(bob)
    server = Failing(SMTPServerDisconnected("gone"), "anne@example.com")
    monkeypatch.setattr(mail, "get_connection", lambda: server)
    assert actions.mail_due() == 0
    assert server.sent == []


def test_one_refused_address_does_not_keep_the_others_waiting(
    anne: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = notice(anne), notice(bob)
    server = Failing(SMTPRecipientsRefused({}), "anne@example.com")
    monkeypatch.setattr(mail, "get_connection", lambda: server)
    assert actions.mail_due() == 1
    assert server.sent == ["bob@example.com"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.mailed_at is None, second.mailed_at is None) == (True, False)


def test_a_name_with_line_ends_cannot_add_headers(anne: User, anne_co: Party) -> None:
    Notice.objects.create(user=anne, fact=record(party_name="X\r\nBcc: all@example.com"))
    assert actions.mail_due() == 1
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["anne@example.com"]
