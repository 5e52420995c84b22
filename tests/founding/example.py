"""
Files of other tools as people write them, each with the pipeline that it becomes.

An example is one text: `=== name` begins a file of the project; `=== pipeline.py` is
what is expected, and `=== said` what is told besides. The originals and the pipelines
were run side by side, by DVC, GNU make and Snakemake: but for what is said not to be
carried over, they left the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from capstone_build.founding.adopted import AdoptedPipeline
from capstone_build.founding.dvc_file import read_dvc
from capstone_build.founding.forgotten import CommandFiles
from capstone_build.founding.makefile import read_makefile
from capstone_build.founding.pipeline_text import pipeline_text
from capstone_build.founding.snakefile import read_snakefile

FOLDER = Path(__file__).parent / "examples"
EXPECTED = ("pipeline.py", "said")
READERS = {"dvc": read_dvc, "make": read_makefile, "snakemake": read_snakefile}
_FILE = re.compile(r"^=== (.+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """
    An example.

    Attributes:
        tool: The tool that it is for.
        name: What it is called.
        files: What the project holds, by path; the tool's own file comes first.
        expected: What it becomes: `pipeline.py` and `said`.
    """

    tool: str
    name: str
    files: dict[str, str]
    expected: dict[str, str]

    @property
    def file(self) -> str:
        """The tool's own file."""
        return next(iter(self.files))

    @property
    def lines(self) -> list[str]:
        """The lines of the tool's own file."""
        return self.files[self.file].split("\n")

    def put(self, root: Path) -> None:
        """Write the files; what begins as a script can be run."""
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            if text.startswith("#!"):
                path.chmod(0o755)

    def become(self, root: Path) -> dict[str, str]:
        """Return what it becomes."""
        return become(READERS[self.tool](root / self.file), root)


def become(read: AdoptedPipeline, root: Path) -> dict[str, str]:
    """Return the pipeline and what is said of a file that was read."""
    files = CommandFiles(read, root)
    told = [f"{each.where}: {each.text}" for each in read.all_remarks()]
    told += [f"{each.where}: {each.sentence()}" for each in files.forgotten()]
    return {
        "pipeline.py": pipeline_text(files.pipeline()),
        "said": "".join(f"{line}\n" for line in told),
    }


def examples() -> list[Example]:
    """Read them all."""
    return [_read(path) for path in sorted(FOLDER.glob("*/*.txt"))]


def _read(path: Path) -> Example:
    parts = _FILE.split(path.read_text(encoding="utf-8"))[1:]
    texts = dict(zip(parts[::2], parts[1::2], strict=True))
    return Example(
        tool=path.parent.name,
        name=path.stem,
        files={name: text for name, text in texts.items() if name not in EXPECTED},
        expected={name: texts.get(name, "") for name in EXPECTED},
    )
