"""Many rows written at once read as they were given, on both databases, each under a key of its own."""

from json import dumps
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from market.kernel.bulk import among, create_many, create_plain, insert_many
from market.royalties.models import Run
from market.trail.models import Fact

BOTH = pytest.mark.parametrize("base", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
ODD = ("\\N", "a\tb\nc\rd\\", "光电“\\t”", '{"a": 1}', "")
COLUMNS = ("name", "subject", "actor", "audience", "data", "at")


def facts() -> list[Fact]:
    return [Fact(name="tea", subject=text, actor="a", audience=[text], data={text: [text, None, 1]}) for text in ODD]


@BOTH
@pytest.mark.parametrize("write", [create_many, lambda rows: create_plain(rows, COLUMNS)], ids=["whole", "plain"])
@pytest.mark.django_db
def test_rows_read_as_they_were_given(base: str, write: Any) -> None:
    given = facts()
    write(given)
    assert [row.pk for row in given] == sorted({row.pk for row in given})
    for row in given:
        same = Fact.objects.get(pk=row.pk)
        assert (same.subject, same.audience, same.data, same.at) == (row.subject, row.audience, row.data, row.at)


@BOTH
@pytest.mark.django_db
def test_plain_values_are_rows(base: str) -> None:
    given = facts()
    insert_many(
        Fact, COLUMNS, [("tea", row.subject, "a", dumps(row.audience), dumps(row.data), row.at) for row in given]
    )
    insert_many(Fact, COLUMNS, [])
    assert list(Fact.objects.values_list("subject", "data")) == [(row.subject, row.data) for row in given]
    assert Fact.objects.filter(among("pk", Fact.objects.values_list("pk", flat=True)[:2])).count() == 2
    assert not Fact.objects.filter(among("pk", [])).exists()


@BOTH
@pytest.mark.django_db
def test_what_the_database_refuses_is_refused_whole(base: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        create_many(Run(number=7, day="2026-01-01", expected=1) for _ in range(2))
    assert not Run.objects.exists()
