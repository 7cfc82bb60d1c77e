"""Writes about notices: told, read, mailed."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any

from django.core import mail
from django.db import connection, transaction
from django.db.models import Q

from market.kernel import clock
from market.notices import queries
from market.notices.models import Notice
from market.trail.models import Fact

logger = logging.getLogger(__name__)

# A mail that was taken but not sent (the process died, the server said no) is taken again after this long.
LEASE = timedelta(minutes=10)
# What could not be mailed in this time is old news: it stays on the page and is not mailed any more.
STALE = timedelta(days=3)


def write(*, fact: Fact, user_ids: Iterable[int]) -> None:
    """Tell `fact` to these users; whoever was told already is not told again."""
    Notice.objects.bulk_create(
        [Notice(fact=fact, user_id=user_id) for user_id in sorted(user_ids)], ignore_conflicts=True
    )


@transaction.atomic
def mark_read(*, user: Any, up_to: int) -> int:
    """Mark `user`'s notices read, up to and with the one numbered `up_to` (those that came since stay); how many."""
    return Notice.objects.filter(user=user, read_at=None, pk__lte=up_to).update(read_at=clock.now())


def mail_due(limit: int = 20) -> int:
    """Mail up to `limit` notices nobody has read or mailed yet; returns how many were sent.

    An outside effect, so no transaction is open while the mail server is asked. A notice is taken for ten minutes
    first, so two workers do not send it twice; it may go out twice only if a worker dies between sending and noting it
    (the Message-ID is the same both times). A server that does not answer within EMAIL_TIMEOUT ends this round: what
    was taken is tried again when its ten minutes are over.
    """
    notices = _take(limit)
    if not notices:
        return 0
    sent = 0
    try:
        with mail.get_connection() as server:
            for notice in notices:
                if _send(notice, server):
                    sent += 1
    except (OSError, SMTPException):
        logger.exception("the mail server failed after %s of %s notices", sent, len(notices))
    return sent


@transaction.atomic
def _take(limit: int) -> list[Notice]:
    """Claim the notices to mail now, oldest first, skipping those another worker holds."""
    now = clock.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    due = Notice.objects.filter(free, mailed_at=None, read_at=None, at__gt=now - STALE, user__is_active=True)
    due = due.exclude(user__email="").order_by("at", "pk")
    if not due.exists():
        return []
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    taken = list(due.select_related("fact", "user")[:limit])
    Notice.objects.filter(pk__in=[notice.pk for notice in taken]).update(claimed_at=now)
    return taken


def _send(notice: Notice, server: Any) -> bool:
    """Send one notice and note it; False when this address was refused, which must not keep the others waiting."""
    words = queries.mail_words(notice)
    message = mail.EmailMessage(
        subject=words.subject,
        body=words.body,
        to=[notice.user.email],
        headers={"Message-ID": queries.message_id(notice), "Auto-Submitted": "auto-generated"},
        connection=server,
    )
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPDataError, ValueError) as error:  # this mail is wrong, the server is well
        logger.warning("notice %s was not mailed: %s", notice.pk, error)
        return False
    Notice.objects.filter(pk=notice.pk).update(mailed_at=clock.now())
    return True
