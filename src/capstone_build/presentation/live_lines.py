"""
Lines on a terminal that scroll by above others that are drawn anew.

Knows rich, which is imported (60 ms) when there is something to draw; does not know
what the lines say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text


class LiveLines:
    """
    The lines of one command.

    Args:
        stream: Where to.
        colour: Whether it shows colours.
        draw: Gives the lines that are drawn anew, several times a second, once they are begun.
    """

    def __init__(self, stream: TextIO, colour: bool, draw: Callable[[], Iterable[str]]) -> None:
        self._stream = stream
        self._colour = colour
        self._draw = draw
        self._live: Live | None = None

    @property
    def size(self) -> tuple[int, int] | None:
        """Columns and lines of the terminal, as it is now; None while nothing is drawn anew."""
        if self._live is None:
            return None
        size = self._live.console.size
        return size.width, size.height

    def begin(self) -> None:
        """Begin to draw, unless that is begun."""
        if self._live is not None:
            return
        from rich.console import Console
        from rich.live import Live

        console = Console(
            file=self._stream,
            force_terminal=True,
            color_system="standard" if self._colour else None,
            no_color=not self._colour,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._live = Live(
            console=console,
            get_renderable=self._drawn,
            refresh_per_second=8,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def stop(self) -> None:
        """Take away what is drawn, and show the cursor again."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def print(self, line: str) -> None:
        """Let a line scroll by."""
        if self._live is None:
            self._stream.write(f"{line}\n")
            self._stream.flush()
            return
        from rich.text import Text

        self._live.console.print(Text.from_ansi(line), soft_wrap=True)

    def _drawn(self) -> Text:
        from rich.text import Text

        return Text("\n").join(Text.from_ansi(line) for line in self._draw())
