"""
The work that every tool is given: stages, what each reads and writes, and the sources.

Each stage leaves the first 64 bytes of each file that it reads, whichever tool runs it.
Knows no tool (`tools`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt
from pathlib import Path

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Work:
    """One stage: what it is called, the files that it reads, and the one that it writes."""

    name: str
    reads: tuple[str, ...]
    writes: str

    @property
    def line(self) -> str:
        """The work as a line for a shell."""
        if len(self.reads) == 1:
            return f"head -c 64 {self.reads[0]} > {self.writes}"
        # A line that names a hundred thousand files is more than a shell takes.
        return f"head -qc 64 {' '.join(self.reads[:50])} > {self.writes}"


@dataclass(frozen=True)
class Shape:
    """
    Stages that are joined in some way.

    Attributes:
        name: What it is called.
        size: How many stages; of `fan-in`, files; of `big`, megabytes.
        stages: In an order in which they can be built.
        imports: What the file that declares them imports, if it is in Python.
        megabytes: How large its one source is; 0 for small ones.
    """

    name: str
    size: int
    stages: tuple[Work, ...]
    imports: str = ""
    megabytes: int = 0

    @property
    def sources(self) -> list[str]:
        """The files that no stage writes."""
        made = {stage.writes for stage in self.stages}
        return [path for stage in self.stages for path in stage.reads if path not in made]

    def prepare(self, folder: Path) -> None:
        """Write the sources, and make the folder of the outputs."""
        for name in ("in", "out"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for path in self.sources:
            if not self.megabytes:
                (folder / path).write_text(f"{path}\n")
                continue
            piece = path.encode().ljust(MEGABYTE, b"x")
            with (folder / path).open("wb") as file:
                for _ in range(self.megabytes):
                    file.write(piece)

    def leaf(self) -> str:
        """Return a source that nothing but the last stage depends on."""
        return self.stages[-1].reads[0]

    def middle(self) -> str:
        """Return a source of a stage in the middle."""
        return self.stages[len(self.stages) // 2].reads[0]


def _wide(size: int) -> tuple[Work, ...]:
    return tuple(Work(f"s{n}", (f"in/{n}",), f"out/{n}") for n in range(size))


def _chain(size: int) -> tuple[Work, ...]:
    return tuple(
        Work(f"s{n}", (f"in/{n}", *((f"out/{n - 1}",) if n else ())), f"out/{n}")
        for n in range(size)
    )


def _layers(size: int) -> tuple[Work, ...]:
    width = max(1, isqrt(size))
    stages = []
    for n in range(size):
        above = n - n % width - width
        upper = {above + (n + step) % width for step in range(3)} if above >= 0 else set()
        stages.append(Work(f"s{n}", (f"in/{n}", *(f"out/{u}" for u in sorted(upper))), f"out/{n}"))
    return tuple(stages)


def _fan_in(size: int) -> tuple[Work, ...]:
    return (Work("all", tuple(f"in/{n}" for n in range(size)), "out/all"),)


_SHAPES: dict[str, Callable[[int], tuple[Work, ...]]] = {
    "wide": _wide,
    "chain": _chain,
    "layers": _layers,
    "fan-in": _fan_in,
    "pandas": _wide,
    "big": lambda _: _wide(1),
}
NAMES = tuple(_SHAPES)


def shape(name: str, size: int) -> Shape:
    """Return the shape of this name and size."""
    return Shape(
        name,
        size,
        _SHAPES[name](size),
        imports="import pandas\n" if name == "pandas" else "",
        megabytes=size if name == "big" else 0,
    )
