"""
Edits, kills, damage and builds at once, for as long as it is told: nothing wrong, nothing stuck.

    python benchmarks/soak.py --minutes 5 [--seed N] [--keep FOLDER]

A random pipeline (functions, commands, commands that write in place, folders,
patterns) is edited, built, killed at random moments, built twice at once, and its
`.cache` is cut, overwritten and deleted, over and over. After each blow one plain
build must give what a clean build gives in a fresh folder, to the byte; a second
one must run nothing; no process may be left, and no output be half written.
Ends with exit code 1 and what it found, with the seed that finds it again.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

CAPSTONE = str(Path(sys.executable).with_name("capstone"))
LIMIT_SECONDS = 120
"""No build here takes so long unless it is stuck."""

FUNCTION = """

@stage(inputs={inputs!r}, outputs={{"out": {output!r}}}, params={{"factor": {factor}}})
def {name}({names}, out: Path, factor: int) -> None:
    text = "".join(read(each) for each in ({names},))
    with out.open("w") as file:
        for line in text.splitlines():
            file.write(line * factor + "{salt}\\n")
            file.flush()
            time.sleep(0.001)
"""

FOLDER = """

@stage(inputs={inputs!r}, outputs={{"out": {output!r}}})
def {name}({names}, out: Path) -> None:
    for number, each in enumerate(({names},)):
        (out / f"{{number}}.txt").write_text(read(each) + "{salt}\\n")
        time.sleep(0.002)
"""

HEAD = """\
import time
from pathlib import Path

from capstone_build import command, stage
from helpers import read

"""

HELPERS = '''\
def read(path):
    """Return the text of a file, or of all files of a folder or a pattern."""
    if isinstance(path, list):
        return "".join(read(each) for each in path)
    if path.is_dir():
        return "".join(read(each) for each in sorted(path.iterdir()))
    return path.read_text(){how}
'''


class FoundError(Exception):
    """Something that must not be."""


@dataclass
class Soak:
    """
    One project, and all that is done to it.

    Attributes:
        root: Its folder.
        chance: What everything is drawn from.
        done: How often each blow was struck.
    """

    root: Path
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    salts: list[int] = field(default_factory=list)
    how: str = ""

    def begin(self, stages: int) -> None:
        """Write a pipeline of so many stages and its sources."""
        self.salts = [0] * stages
        for number in range(6):
            self._edit_source(number)
        self._write_pipeline()

    def strike(self) -> None:
        """Do one thing to it, and see that one plain build makes it right."""
        blow = self.chance.choice(
            [self._edit, self._kill, self._kill, self._kill, self._damage, self._twice, self._touch]
        )
        blow()
        self.done[blow.__name__.strip("_")] += 1
        self._settle()

    # Blows.

    def _edit(self) -> None:
        """Edit a source, a stage, a helper, or put all of it at once."""
        match self.chance.randrange(4):
            case 0:
                self.how = self.chance.choice(["", ".strip()", ".upper()"])
                self._write_pipeline()
            case 1:
                number = self.chance.randrange(len(self.salts))
                self.salts[number] = self.chance.randrange(3)
                self._write_pipeline()
            case _:
                self._edit_source(self.chance.randrange(6))

    def _kill(self) -> None:
        """Start a build with something to do, and kill it, its host, or a stage of it."""
        self._edit_source(self.chance.randrange(6))
        process = self._start()
        time.sleep(self.chance.uniform(0.0, 0.8))
        what = self.chance.choice(["build", "group", "host", "stage", "term", "interrupt"])
        others = [pid for pid in self._processes() if pid != process.pid]
        with suppress(ProcessLookupError):
            match what:
                case "group":
                    os.killpg(process.pid, signal.SIGKILL)
                case "term":
                    process.terminate()
                case "interrupt":
                    os.killpg(process.pid, signal.SIGINT)
                case "host" if others:
                    os.kill(min(others), signal.SIGKILL)
                case "stage" if others:
                    os.kill(max(others), signal.SIGKILL)
                case _:
                    process.kill()
        self._end(process, f"killed: {what}")

    def _damage(self) -> None:
        """Cut, overwrite or delete something of the memory."""
        files = [path for path in (self.root / ".cache").rglob("*") if path.is_file()]
        chosen = self.chance.sample(files, min(len(files), self.chance.randrange(1, 4)))
        for path in chosen:
            content = path.read_bytes()
            match self.chance.randrange(4):
                case 0:
                    path.unlink()
                case 1:
                    path.write_bytes(content[: self.chance.randrange(len(content) + 1)])
                case 2:
                    path.write_bytes(self.chance.randbytes(len(content)))
                case _:
                    place = self.chance.randrange(len(content) or 1)
                    path.write_bytes(content[:place] + b"\xff" + content[place + 1 :])
        if self.chance.random() < 0.1:
            shutil.rmtree(self.root / ".cache")

    def _twice(self) -> None:
        """Build twice at once, after an edit."""
        self._edit_source(self.chance.randrange(6))
        for process in [self._start(), self._start()]:
            self._end(process, "one of two")
            if process.returncode:
                raise FoundError(f"one of two builds at once ended with {process.returncode}")

    def _touch(self) -> None:
        """Edit, delete or put back an output by hand."""
        outputs = [path for path in (self.root / "output").rglob("*") if path.is_file()]
        for path in self.chance.sample(outputs, min(2, len(outputs))):
            if self.chance.random() < 0.5:
                path.unlink()
            else:
                path.write_text("by hand")

    # What must hold.

    def _settle(self) -> None:
        """One plain build gives what a clean one gives; the next runs nothing."""
        self._expect_nobody()
        self._build(self.root)
        with tempfile.TemporaryDirectory() as folder:
            fresh = Path(folder)
            for path in self.root.iterdir():
                if path.name in {"pipeline.py", "helpers.py"}:
                    shutil.copy2(path, fresh)
            shutil.copytree(self.root / "data", fresh / "data")
            self._build(fresh)
            expected = _contents(fresh / "output")
        found = _contents(self.root / "output")
        if found != expected:
            differing = sorted(
                name for name in found.keys() | expected if found.get(name) != expected.get(name)
            )
            raise FoundError(f"not what a clean build gives: {', '.join(differing)}")
        said = self._build(self.root)
        if "built " in said or "restored " in said:
            raise FoundError(f"a build after a build did something:\n{said}")
        self._expect_nobody()

    def _expect_nobody(self) -> None:
        deadline = time.monotonic() + 10
        while left := list(self._processes()):
            if time.monotonic() > deadline:
                raise FoundError(f"processes are left: {left}")
            time.sleep(0.02)

    # Means.

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [CAPSTONE, "build", self.chance.choice(["-j1", "-j2", "-j4"])],
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _end(self, process: subprocess.Popen[str], why: str) -> None:
        try:
            said, _ = process.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise FoundError(f"a build is stuck ({why})") from None
        if "Traceback" in said and "in main" in said:
            raise FoundError(f"a traceback ({why}):\n{said}")

    def _build(self, folder: Path) -> str:
        done = subprocess.run(
            [CAPSTONE, "build"],
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
        )
        said = done.stdout + done.stderr
        if done.returncode:
            raise FoundError(f"a plain build ended with {done.returncode}:\n{said}")
        return said

    def _processes(self) -> Iterator[int]:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    if (entry / "cwd").readlink() == self.root:
                        yield int(entry.name)

    def _edit_source(self, number: int) -> None:
        path = self.root / "data" / f"{number}.txt"
        path.parent.mkdir(exist_ok=True)
        words = self.chance.choices(["one", "two", "three"], k=self.chance.randrange(1, 30))
        path.write_text("\n".join(words) + "\n")

    def _write_pipeline(self) -> None:
        """Write the pipeline as its salts say; what reads what stays the same."""
        drawing = random.Random(len(self.salts))  # noqa: S311 (always the same)
        readable = [f"data/{number}.txt" for number in range(6)] + ["data/*.txt"]
        text = HEAD
        for number, salt in enumerate(self.salts):
            chosen = drawing.sample(readable, drawing.randrange(1, min(4, len(readable))))
            inputs = {f"i{place}": path for place, path in enumerate(chosen)}
            names = ", ".join(inputs)
            kind = drawing.randrange(4)
            output = f"output/{number}/" if kind == 1 else f"output/{number}.txt"
            name = f"s{number}"
            if kind == 0:
                text += FUNCTION.format(
                    inputs=inputs, output=output, name=name, names=names, salt=salt, factor=2
                )
            elif kind == 1:
                text += FOLDER.format(
                    inputs=inputs, output=output, name=name, names=names, salt=salt
                )
            else:
                target = "{outputs.out}" if kind == 2 else output
                reading = " ".join(f"{{inputs.{each}}}" for each in inputs)
                line = (
                    f"find {reading} -type f | sort | head -n 3 > {target}; sleep 0.01; "
                    f"echo {salt} >> {target}"
                )
                text += (
                    f"\n{name} = command(\n    {line!r},\n    name={name!r},\n"
                    f"    inputs={inputs!r},\n    outputs={{'out': {output!r}}},\n)\n"
                )
            readable.append(output)
        (self.root / "helpers.py").write_text(HELPERS.format(how=self.how))
        (self.root / "pipeline.py").write_text(text)


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def main() -> int:
    """Soak a project until the time is up, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--stages", type=int, default=10)
    parser.add_argument("--keep", type=Path, help="keep the project there, if something is found")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "project"
        root.mkdir()
        soak = Soak(root, random.Random(chosen.seed))  # noqa: S311 (no secret)
        soak.begin(chosen.stages)
        deadline = time.monotonic() + chosen.minutes * 60
        try:
            while time.monotonic() < deadline:
                soak.strike()
        except FoundError as found:
            if chosen.keep is not None:
                shutil.copytree(root, chosen.keep, symlinks=True)
            print(f"found, with --seed {chosen.seed}, after {dict(soak.done)}: {found}")
            return 1
        print(f"nothing found, with --seed {chosen.seed}, in {dict(soak.done)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
