"""How a day and an action's number stand in an address. `config/urls.py` registers both, for every page."""

from __future__ import annotations

from datetime import date


class DateConverter:
    """A day: 2012-10-30."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """The day; a ValueError for the 31st of February makes the address one that does not exist."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """As the address shows it."""
        return value.isoformat()


class LabelConverter:
    """An action's number within its series, with that of a sub-item after a point: 79, 79.1."""

    regex = r"[0-9]{1,9}(?:\.[0-9]{1,4})?"

    def to_python(self, value: str) -> tuple[int, int]:
        """Number and sub-number, which is 0 for an action of its own."""
        number, _, sub_number = value.partition(".")
        return int(number), int(sub_number or 0)

    def to_url(self, value: str) -> str:
        """As the address shows it."""
        return value
