"""The lines that block rules work on, and what all rules ask of a line."""

from __future__ import annotations

from dataclasses import dataclass, field


class Words(str):
    """Text of an element that is still inline Markdown."""

    __slots__ = ()


@dataclass(slots=True)
class Source:
    """The lines of one container, and how deep it lies."""

    lines: list[str]
    depth: int = 0
    last_seen: dict[str, int] = field(default_factory=dict)

    def last(self, mark: str) -> int:
        """The last line that has `mark` (in lower case), or -1; looked for once, so that hostile text stays cheap."""
        if mark not in self.last_seen:
            found = (at for at in range(len(self.lines) - 1, -1, -1) if mark in self.lines[at].lower())
            self.last_seen[mark] = next(found, -1)
        return self.last_seen[mark]

    def next_line(self, at: int) -> int:
        """The first line from `at` on that is not blank."""
        while at < len(self.lines) and not self.lines[at]:
            at += 1
        return at


def unspaced(line: str) -> str:
    """The line, or nothing where it is only spaces: all rules take an empty line as blank."""
    return line if line.strip(" ") else ""


def indent(line: str) -> int:
    """How many spaces the line begins with."""
    return len(line) - len(line.lstrip(" "))
