"""A file on its way from a form to an action."""

from typing import Any, NamedTuple, Self


class Upload(NamedTuple):
    """A file as it came in: a report, a resolution, an office's receipt, notice or certificate."""

    name: str
    content: bytes
    content_type: str = "application/pdf"

    @classmethod
    def of(cls, sent: Any) -> Self | None:
        """The file that a form took, if one was sent."""
        return cls(sent.name, sent.read(), sent.content_type or "") if sent else None
