"""
Build tools: the file in which each describes a shape, and the commands that it has.

Those that are not on the PATH are passed over. Tools in Python run the work inside their own
process, but for capstone, which gives each run a process of its own; DVC and Snakemake start
a shell for it, as make and ninja do.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shapes import Shape

Operations = dict[str, list[str]]
"""What a tool can do: the words of the command for each operation."""


@dataclass(frozen=True)
class Tool:
    """
    A build tool.

    Attributes:
        name: What it is called.
        command: The program.
        file: In which it is told of the work.
        describe: Writes that.
        operations: Its arguments for each operation that it has.
        is_python: Whether it is told of the work in Python.
        starts: Gets a project ready, where more than the file is needed.
    """

    name: str
    command: str
    file: str
    describe: Callable[[Shape], str]
    operations: Operations
    is_python: bool
    starts: tuple[str, ...] = ()

    def prepare(self, folder: Path, shape: Shape) -> None:
        """Write the sources and what the tool is told of the work."""
        shape.prepare(folder)
        (folder / self.file).write_text(self.describe(shape))
        if self.starts:
            subprocess.run([self.command, *self.starts], cwd=folder, check=True)


_HEADS = """
def heads(paths, target):
    with open(target, "wb") as left:
        for path in paths:
            with open(path, "rb") as file:
                left.write(file.read(64))
"""


def _listed(shape: Shape) -> str:
    """Spell the stages as Python that takes as little as it can to say so."""
    if shape.name in {"wide", "pandas", "big"}:
        count = len(shape.stages)
        return f'WORK = [(f"s{{n}}", [f"in/{{n}}"], f"out/{{n}}") for n in range({count})]\n'
    if shape.name == "fan-in":
        return f'WORK = [("all", [f"in/{{n}}" for n in range({shape.size})], "out/all")]\n'
    work = [(each.name, list(each.reads), each.writes) for each in shape.stages]
    return f"WORK = {work!r}\n"


def _capstone(shape: Shape) -> str:
    reads = '"in/*"' if shape.name == "fan-in" else "reads"
    return (
        f"from pathlib import Path\n{shape.imports}\nfrom capstone_build import stage\n"
        f"{_HEADS}\n"
        "def work(sources: list[Path], target: Path) -> None:\n"
        "    heads(sources, target)\n\n"
        f"{_listed(shape)}"
        "pipeline = [\n"
        f'    stage(name=name, inputs={{"sources": {reads}}}, outputs={{"target": writes}})(work)\n'
        "    for name, reads, writes in WORK\n]\n"
    )


def _doit(shape: Shape) -> str:
    return (
        f"{shape.imports}{_HEADS}\n{_listed(shape)}\n"
        "def task_work():\n"
        "    for name, reads, writes in WORK:\n"
        '        yield {"name": name, "actions": [(heads, (reads, writes))],\n'
        '               "file_dep": reads, "targets": [writes]}\n'
    )


def _scons(shape: Shape) -> str:
    return (
        f"{shape.imports}{_HEADS}\n{_listed(shape)}\n"
        "def act(target, source, env):\n"
        "    heads([str(each) for each in source], str(target[0]))\n\n"
        'Decider("content-timestamp")\n'
        "env = Environment(tools=[])\n"
        "for name, reads, writes in WORK:\n"
        "    env.Command(writes, reads, Action(act, None))\n"
    )


def _pytask(shape: Shape) -> str:
    return (
        "from pathlib import Path\nfrom typing import Annotated\n"
        f"from pytask import Product, task\n{shape.imports}{_HEADS}\n{_listed(shape)}\n"
        "for name, reads, writes in WORK:\n"
        "    @task(id=name)\n"
        "    def task_work(\n"
        "        sources: list[Path] = [Path(each) for each in reads],\n"
        "        target: Annotated[Path, Product] = Path(writes),\n"
        "    ) -> None:\n"
        "        heads(sources, target)\n"
    )


def _ninja(shape: Shape) -> str:
    rules = ["rule run", "  command = $line"]
    for each in shape.stages:
        rules += [f"build {each.writes}: run {' '.join(each.reads)}", f"  line = {each.line}"]
    return "\n".join([*rules, ""])


def _make(shape: Shape) -> str:
    rules = [f"all: {' '.join(each.writes for each in shape.stages)}"]
    rules += [f"{each.writes}: {' '.join(each.reads)}\n\t{each.line}" for each in shape.stages]
    return "\n".join([*rules, ""])


def _dvc(shape: Shape) -> str:
    return json.dumps(
        {
            "stages": {
                each.name: {
                    "cmd": each.line,
                    "deps": each.reads,
                    "outs": [{each.writes: {"cache": False}}],
                }
                for each in shape.stages
            }
        }
    )


def _snakemake(shape: Shape) -> str:
    work = {each.writes: (each.reads, each.line) for each in shape.stages}
    return (
        f"WORK = {work!r}\n"
        "rule all:\n    input: list(WORK)\n"
        "rule work:\n"
        '    input: lambda wildcards: WORK["out/" + wildcards.name][0]\n'
        '    output: "out/{name}"\n'
        '    params: line=lambda wildcards: WORK["out/" + wildcards.name][1]\n'
        '    shell: "{params.line}"\n'
    )


def tools(wanted: list[str]) -> Iterator[Tool]:
    """Yield capstone, and those of the peers that are *wanted* and on the PATH."""
    own = str(Path(sys.executable).with_name("capstone"))
    yield Tool(
        "capstone",
        own,
        "pipeline.py",
        _capstone,
        {"build": ["build", "-j2"], "status": ["status"], "graph": ["graph"]},
        is_python=True,
    )
    peers = (
        ("ninja", "build.ninja", _ninja, {"build": ["-j2"], "status": ["-n"]}, False, ()),
        ("make", "Makefile", _make, {"build": ["-s", "-j2"], "status": ["-n"]}, False, ()),
        (
            "doit",
            "dodo.py",
            _doit,
            {"build": ["-n", "2", "-P", "thread"], "status": ["list", "--all", "-s"]},
            True,
            (),
        ),
        (
            "scons",
            "SConstruct",
            _scons,
            {
                "build": ["-Q", "-s", "-j2"],
                "status": ["-Q", "-n"],
                "graph": ["-Q", "-n", "--tree=all"],
            },
            True,
            (),
        ),
        ("pytask", "task_work.py", _pytask, {"build": ["--verbose", "0"]}, True, ()),
        (
            "dvc",
            "dvc.yaml",
            _dvc,
            {"build": ["repro", "-q"], "status": ["status", "-q"], "graph": ["dag", "--dot"]},
            False,
            ("init", "--no-scm", "-q"),
        ),
        (
            "snakemake",
            "Snakefile",
            _snakemake,
            {
                "build": ["-q", "all", "--nolock", "--cores", "2"],
                "status": ["--summary", "--nolock"],
                "graph": ["--dag", "--nolock"],
            },
            False,
            (),
        ),
    )
    for name, file, describe, operations, is_python, starts in peers:
        if name in wanted and (found := shutil.which(name)):
            yield Tool(name, found, file, describe, operations, is_python, starts)
