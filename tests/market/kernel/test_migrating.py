"""A room's tables are made together and go together."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from market.kernel.migrating import CreateModels

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
