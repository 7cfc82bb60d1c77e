"""Steps of a migration that spare Django the drawing of models: all tables of a room at once, guards without any model."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AlterField, CreateModel, RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_SQLITE = (
    """CREATE TRIGGER {0}_no_update BEFORE UPDATE ON {0}
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_delete BEFORE DELETE ON {0}
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_replace BEFORE INSERT ON {0}
    WHEN EXISTS (SELECT 1 FROM {0} WHERE {1})
    BEGIN SELECT RAISE(ABORT, 'UNIQUE: {0} is append-only'); END""",
)
_SQLITE_DOWN = tuple(f"DROP TRIGGER {{0}}_no_{what}" for what in ("update", "delete", "replace"))
_REFUSAL = """CREATE OR REPLACE FUNCTION {0}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$"""
_POSTGRESQL = (
    """CREATE TRIGGER {0}_no_change BEFORE UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION {1}_append_only()""",
    """CREATE TRIGGER {0}_no_truncate BEFORE TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION {1}_append_only()""",
)
_POSTGRESQL_DOWN = ("DROP TRIGGER {0}_no_change ON {0}", "DROP TRIGGER {0}_no_truncate ON {0}")


class CreateModels(Operation):
    """Does what its `CreateModel`s do one by one, for a seventh of the time of a first start: the models of the project are
    drawn once for all of them. A model that refers to a later one gets that field by an `AddField` afterwards."""

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # drawn again when somebody asks
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {', '.join(model.name for model in self.models)}"


class Unindexed(AlterField):
    """A foreign key to which another index leads already loses its own. Nothing but the index is touched: on SQLite `AlterField`
    would make the table anew, and its guards would be gone."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # drawn again when somebody asks
        super().state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        editor.execute(f"DROP INDEX {self._index(app_label, editor)[0]}", params=None)

    def database_backwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        index, table, column = self._index(app_label, editor)
        editor.execute(f"CREATE INDEX {index} ON {table} ({column})", params=None)

    def _index(self, app_label: str, editor: BaseDatabaseSchemaEditor) -> tuple[str, str, str]:
        table, column = f"{app_label}_{self.model_name_lower}", f"{self.name}_id"
        return editor._create_index_name(table, [column]), table, column  # type: ignore[attr-defined]


class Guard(RunPython):
    """What a room's own SQL does in its database: as `RunPython`, for code that asks for no model, so that none is drawn."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        super().database_forwards(app_label, schema_editor, ProjectState(), to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        super().database_backwards(app_label, schema_editor, ProjectState(), to_state)


class Kept(Guard):
    """The database itself refuses to change or delete a row of these tables of `room`, whoever asks.

    Each table comes with the columns of which no value may come twice: an INSERT OR REPLACE deletes without waking a DELETE
    trigger on SQLite. The room's function on PostgreSQL stays when the triggers go, since other tables may use it.
    """

    def __init__(self, room: str, tables: Mapping[str, Sequence[str]]) -> None:
        super().__init__(self._put_up, self._take_down)
        self.room, self.tables = room, tables

    def _put_up(self, apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        postgresql = editor.connection.vendor == "postgresql"
        if postgresql:
            editor.execute(_REFUSAL.replace("{0}", self.room), params=None)
        for table, once in self.tables.items():
            taken = " OR ".join(f"{column} = NEW.{column}" for column in once)
            for statement in _POSTGRESQL if postgresql else _SQLITE:
                filled = statement.replace("{0}", table).replace("{1}", self.room if postgresql else taken)
                editor.execute(filled, params=None)

    def _take_down(self, apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for table in self.tables:
            for statement in _POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else _SQLITE_DOWN:
                editor.execute(statement.replace("{0}", table), params=None)
