"""
Answers: what shows itself.

Knows no project and does no work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Self

from capstone_build.presentation.notebook import lines_html


class Answer:
    """What shows itself: as text, in a notebook, and as what JSON can say."""

    __slots__ = ()

    def _lines(self, colour: bool) -> Iterable[str]:
        raise NotImplementedError

    def as_dict(self) -> Mapping[str, Any]:
        """Return what the command tells with `--json`; documented in docs/json.md."""
        raise NotImplementedError

    def __str__(self) -> str:
        """Return what the command prints, without colours."""
        return "\n".join(self._lines(colour=False))

    def __repr__(self) -> str:
        """Return the last line of it, which is the verdict where there is one."""
        *_, last = ["", *self._lines(colour=False)]
        return f"<{type(self).__name__}: {last.strip()}>"

    def _repr_html_(self) -> str:
        """Return it for a notebook."""
        return lines_html(self._lines(colour=True))

    @classmethod
    def of(cls, value: Any, **more: Any) -> Self:
        """Return a value of a room below as one that shows itself."""
        taken = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        return cls(**taken, **more)
