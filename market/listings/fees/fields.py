"""A column that keeps a fee schedule by value, so that what was agreed stays what it was."""

from typing import TYPE_CHECKING, Any

from django.db import models

from market.listings.fees.rules import Schedule

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class ScheduleField(models.JSONField):
    """A `Schedule` as JSON."""

    def from_db_value(self, value: Any, expression: Any, connection: "BaseDatabaseWrapper") -> Schedule | None:
        """The schedule that was stored."""
        data = super().from_db_value(value, expression, connection)
        return None if data is None else Schedule.from_data(data)

    def get_prep_value(self, value: Any) -> Any:
        """The schedule as it is stored."""
        return super().get_prep_value(value.as_data() if isinstance(value, Schedule) else value)

    def value_to_string(self, obj: models.Model) -> Any:
        """The schedule as a fixture writes it."""
        value = self.value_from_object(obj)
        return value.as_data() if isinstance(value, Schedule) else value

    def to_python(self, value: Any) -> Any:
        """The schedule from a fixture."""
        return Schedule.from_data(value) if isinstance(value, dict) else value
