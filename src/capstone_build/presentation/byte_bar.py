"""
A bar that tells how far a long reading is.

Knows how many bytes are done, of how many; does not know what is read. On
anything but a terminal it shows nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self, TextIO

from capstone_build.core.size import spell_size
from capstone_build.presentation.style import Style, paint

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

_PATIENCE_SECONDS = 0.5
"""What is over sooner needs no bar."""

_LENGTH = 30


class ByteBar:
    """
    A bar on a terminal; to be used as a context manager around the work.

    Args:
        stream: The terminal.
        is_live: Whether it is one on which lines may be drawn anew.
        colour: Whether it shows colours.
    """

    def __init__(self, stream: TextIO, *, is_live: bool, colour: bool) -> None:
        self._stream = stream
        self._is_live = is_live
        self._colour = colour
        self._began = time.monotonic()
        self._done = 0
        self._total = 0
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Return the bar itself; it is not shown yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away and show the cursor again."""
        if self._live is not None:
            self._live.stop()

    def __call__(self, done: int, total: int) -> None:
        """Take note of how far it is."""
        self._done, self._total = done, total
        is_long = time.monotonic() - self._began > _PATIENCE_SECONDS
        if self._is_live and self._live is None and is_long:
            self._begin()

    def line(self) -> str:
        """Return the bar as text."""
        filled = _LENGTH * self._done // self._total if self._total else 0
        bar = paint("=" * filled, Style.GOOD, self._colour)
        bar += paint("-" * (_LENGTH - filled), Style.DIM, self._colour)
        return f"[{bar}] {spell_size(self._done)} of {spell_size(self._total)}"

    def _begin(self) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self._stream, force_terminal=True, no_color=not self._colour)
        self._live = Live(
            console=console,
            get_renderable=self._text,
            refresh_per_second=8,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def _text(self) -> Text:
        from rich.text import Text

        return Text.from_ansi(self.line())
