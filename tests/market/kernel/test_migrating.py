"""A room's tables are made together and go together; its guards ask for no model."""

import pytest
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from market.kernel.migrating import CreateModels, Guard, Kept

FOLK = migrations.CreateModel("Folk", [("id", models.AutoField(primary_key=True))])
TALE = migrations.CreateModel(
    "Tale", [("id", models.AutoField(primary_key=True)), ("of", models.ForeignKey("kernel.Folk", models.CASCADE))]
)


@pytest.mark.django_db(transaction=True)  # SQLite changes no tables inside a transaction
def test_tables_that_name_each_other_come_and_go_in_one_step() -> None:
    step, empty, full = CreateModels([FOLK, TALE]), ProjectState(), ProjectState()
    assert empty.apps.get_models() == []
    step.state_forwards("kernel", full)
    assert [*full.models] == [("kernel", "folk"), ("kernel", "tale")]
    with connection.schema_editor() as editor:
        step.database_forwards("kernel", editor, empty, full)
    assert {"kernel_folk", "kernel_tale"} <= set(connection.introspection.table_names())
    with connection.schema_editor() as editor:
        step.database_backwards("kernel", editor, full, empty)
    assert not {"kernel_folk", "kernel_tale"} & set(connection.introspection.table_names())
    assert step.describe() == "Create Folk, Tale"


@pytest.mark.django_db
def test_a_guard_is_put_up_and_taken_down_without_a_model() -> None:
    seen, state = [], ProjectState()
    guard = Guard(lambda apps, editor: seen.append([*apps.get_models()]), lambda apps, editor: seen.append("down"))
    guard.database_forwards("kernel", connection.schema_editor(), state, state)
    guard.database_backwards("kernel", connection.schema_editor(), state, state)
    assert seen == [[], "down"]
    assert "apps" not in state.__dict__
    with pytest.raises(NotImplementedError):
        Guard(guard.code).database_backwards("kernel", connection.schema_editor(), state, state)


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_is_neither_changed_nor_deleted_nor_replaced_until_the_guard_is_taken_down() -> None:
    step, kept, state = CreateModels([FOLK]), Kept("kernel", {"kernel_folk": ["id"]}), ProjectState()
    step.state_forwards("kernel", state)
    with connection.schema_editor() as editor:
        step.database_forwards("kernel", editor, ProjectState(), state)
        kept.database_forwards("kernel", editor, state, state)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kernel_folk (id) VALUES (1)")
        for said in ("UPDATE kernel_folk SET id = 2", "DELETE FROM kernel_folk", "REPLACE INTO kernel_folk VALUES (1)"):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(said)
    with connection.schema_editor() as editor:
        kept.database_backwards("kernel", editor, state, state)
        editor.execute("DELETE FROM kernel_folk")
        step.database_backwards("kernel", editor, state, ProjectState())
