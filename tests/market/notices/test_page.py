"""The messages page: mine only, by day, page by page; reading is my own act."""

from collections.abc import Callable
from datetime import timedelta

from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from market.kernel import clock
from market.notices import queries
from market.notices.models import Notice
from market.parties.models import User
from tests.market.notices.told import record

ClientOf = Callable[[User | None], Client]
URL = "/me/notifications/"


def notices(user: User, count: int) -> list[Notice]:
    """So many notices to `user`."""
    return [Notice.objects.create(user=user, fact=record(party_name=f"第{number}家")) for number in range(count)]


def test_anne_sees_her_messages_under_their_days_and_nobody_elses(
    anne: User, mallory: User, client_of: ClientOf
) -> None:
    _today, yesterday = notices(anne, 2)
    Notice.objects.filter(pk=yesterday.pk).update(at=clock.now() - timedelta(days=1))
    Notice.objects.create(user=mallory, fact=record(party_name="别人家"))
    page = client_of(anne).get(URL)
    assert page.status_code == 200
    assert [len(rows) for _day, rows in page.context["days"]] == [1, 1]
    assert "别人家" not in page.content.decode()
    assert reverse("organisation") in page.content.decode()


def test_a_day_is_shown_once_though_a_message_came_out_of_turn(anne: User, client_of: ClientOf) -> None:
    _first, late, _last = notices(anne, 3)
    Notice.objects.filter(pk=late.pk).update(at=clock.now() - timedelta(days=1))
    days = client_of(anne).get(URL).context["days"]
    assert [len(rows) for _day, rows in days] == [2, 1]
    assert days[0][0] > days[1][0]


def test_a_stranger_is_asked_to_sign_in(client_of: ClientOf) -> None:
    assert client_of(None).get(URL).status_code == 302
    assert client_of(None).post(URL, {"up_to": "9"}).status_code == 302


def test_marking_read_leaves_what_came_since_and_what_is_others(anne: User, bob: User, client_of: ClientOf) -> None:
    first, second, third = notices(anne, 3)
    (of_bob,) = notices(bob, 1)
    client = client_of(anne)
    for _again in range(2):
        assert client.post(URL, {"up_to": str(second.pk)}).status_code == 302
    assert set(Notice.objects.filter(read_at=None)) == {third, of_bob}
    assert first.pk < second.pk
    assert queries.unread(anne) == 1


def test_nonsense_marks_nothing(anne: User, client_of: ClientOf) -> None:
    notices(anne, 1)
    for nonsense in ("", "x", "-1", "9" * 30):
        assert client_of(anne).post(URL, {"up_to": nonsense}).status_code == 302
    assert queries.unread(anne) == 1


def test_long_histories_come_in_pages(anne: User, client_of: ClientOf) -> None:
    made = notices(anne, queries.PAGE * 2 + 1)
    client, url, seen = client_of(anne), URL, []
    while url:
        page = client.get(url)
        seen += [words.notice for _day, rows in page.context["days"] for words in rows]
        url = URL + page.context["next_url"] if page.context["next_url"] else ""
    assert seen == made[::-1]
    assert client.get(URL + "?before=x").status_code == 200


def test_a_page_asks_the_same_few_questions_at_any_length(
    anne: User, client_of: ClientOf, django_assert_max_num_queries: Callable[..., object]
) -> None:
    notices(anne, queries.PAGE + 5)
    client = client_of(anne)
    with django_assert_max_num_queries(12):
        client.get(URL)


def test_my_page_shows_the_newest_five(anne: User) -> None:
    notices(anne, 6)
    with translation.override("en"):
        shown = Template("{% load notices_tags %}{% notices_of user %}").render(Context({"user": anne}))
    assert shown.count("<li>") == 5
    assert "第5家" in shown
    assert "第0家" not in shown
    assert URL in shown


def test_no_message_yet_says_so(anne: User, client_of: ClientOf) -> None:
    assert "No messages yet." in client_of(anne).get(URL).content.decode()
