"""
Where a project is: its root, and the file that declares its pipeline.

Knows how both are found; does not load the file (`authoring.loading`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from capstone_build.errors import PipelineNotFoundError, UsageError

PIPELINE_FILE = "pipeline.py"
BUNDLED_MODULE = "capstone_report.pipeline"
BUNDLED_LEDGER = "capstone_report.ledger"
BUNDLED_DATA = "data/*.csv"
_TABLE = re.compile(r"[^.].*\.(csv|tsv|txt)(\.(gz|zst|bz2))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class ProjectPlace:
    """
    A project to build.

    Attributes:
        root: Absolute; paths of stages start here, and stages run here.
        module: The dotted name of the module that declares the pipeline.
        file: Its file; None for the bundled pipeline.
    """

    root: Path
    module: str
    file: Path | None

    @property
    def is_bundled(self) -> bool:
        """Whether the pipeline is the one that comes with capstone."""
        return self.file is None

    @property
    def source_roots(self) -> list[Path]:
        """The folders whose modules are the project's own code."""
        if not self.is_bundled:
            return [self.root]
        return [self.root, Path(__file__).parents[2] / self.module.partition(".")[0]]

    def from_root(self, word: str | Path) -> str:
        """Return a *word* that names stages; where it is an absolute path inside, from the root."""
        path = Path(word)
        is_inside = path.is_absolute() and path.is_relative_to(self.root)
        return path.relative_to(self.root).as_posix() if is_inside else str(word)


def find_project(start: Path, file: Path | None = None) -> ProjectPlace:
    """
    Find the project that *start* lies in, or that *file* declares.

    Without *file*: the nearest `pipeline.py`, or `[tool.capstone] pipeline` of
    the nearest `pyproject.toml`, from *start* upwards; where there is none and
    *start* has `data/*.csv` (or `.tsv`, `.txt`, also packed), the bundled pipeline.

    Raises:
        PipelineNotFoundError: If there is none of these.
        UsageError: If the file named does not exist or cannot be a module.
    """
    start = start.resolve()
    if file is not None:
        path = (start / file).resolve()
        if not path.is_file():
            raise UsageError(f"the pipeline file {str(file)!r} does not exist")
        return _declared_by(path, _root_above(path))
    for folder in (start, *start.parents):
        if (folder / PIPELINE_FILE).is_file():
            return _declared_by(folder / PIPELINE_FILE, folder)
        if (named := named_pipeline(folder)) is not None:
            path = (folder / named).resolve()
            if not path.is_file():
                raise UsageError(
                    f"the pipeline file {named!r} does not exist",
                    facts={"named in": str(folder / "pyproject.toml")},
                )
            return _declared_by(path, folder)
    if any(_TABLE.fullmatch(path.name) for path in start.glob("data/*")):
        return ProjectPlace(start, BUNDLED_MODULE, None)
    raise PipelineNotFoundError(
        f"there is no {PIPELINE_FILE} here or above, and no {BUNDLED_DATA} for the bundled one",
        facts={"looked in": str(start)},
        hint="`capstone init` writes one; or put CSV files into data/ and build again.",
    )


def _declared_by(file: Path, root: Path) -> ProjectPlace:
    if not file.is_relative_to(root) or file.suffix != ".py":
        raise UsageError(
            f"the pipeline file {str(file)!r} is no Python file of the project",
            facts={"project": str(root)},
        )
    parts = file.relative_to(root).with_suffix("").parts
    if not all(part.isidentifier() for part in parts):
        raise UsageError(
            f"the pipeline file {str(file.relative_to(root))!r} cannot be imported by name",
            hint="Rename it: letters, figures and underscores, as in my_pipeline.py.",
        )
    return ProjectPlace(root, ".".join(parts), file)


def _root_above(file: Path) -> Path:
    """Return the nearest folder that is configured for capstone, else the file's own."""
    for folder in file.parents:
        if (folder / "capstone.toml").is_file() or _configured(folder):
            return folder
    return file.parent


def named_pipeline(folder: Path) -> str | None:
    """Return what the folder's `pyproject.toml` names as the pipeline; None if it names none."""
    named = _configured(folder).get("pipeline")
    return named if isinstance(named, str) else None


def _configured(folder: Path) -> dict[str, object]:
    """Return `[tool.capstone]` of the folder's `pyproject.toml`; empty if there is none."""
    try:
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    import tomllib  # (8 ms, for most folders in vain)

    try:
        content = tomllib.loads(text)
    except ValueError:
        return {}
    table = content.get("tool", {}).get("capstone", {})
    return table if isinstance(table, dict) else {}
