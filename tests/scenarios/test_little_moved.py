"""
Where little has moved, little is looked at: work grows with what moved, and misses nothing.

Whether a pipeline was loaded is told by a mark that it leaves outside of the project
each time it is imported.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.done import Done
from tests.project import Project
from tests.ready_command import ReadyCommand

MARK = """
from pathlib import Path as MarkPath
with open(MarkPath(__file__).parent.parent / "loads", "a") as marks:
    marks.write("x")
"""

CHAINS = f"""
from pathlib import Path
from capstone_build import stage
{MARK}

def first_line(source: str) -> str:
    return source.split("\\n")[0] + "\\n"

def both(one: str, other: str) -> str:
    return one + other

pipeline = [
    *(
        stage(name=f"cut_{{n}}", inputs={{"source": f"in/{{n}}"}}, outputs={{"o": f"cut/{{n}}"}})(
            first_line
        )
        for n in range(4)
    ),
    stage(name="join", inputs={{"one": "cut/0", "other": "cut/1"}}, outputs={{"o": "out/join"}})(
        both
    ),
]
"""


def loads_of(project: Project) -> Callable[[], int]:
    """Return what tells how often the pipeline was loaded."""
    marks = project.root.parent / "loads"
    return lambda: len(marks.read_text(encoding="utf-8")) if marks.exists() else 0


def settled(project: Project, loads: Callable[[], int]) -> int:
    """Build until a build loads nothing; return how often the pipeline was loaded by then."""
    for _ in range(4):
        before = loads()
        done = project.build()
        if loads() == before:
            assert done.last_line.startswith("nothing to do")
            return before
    raise AssertionError("it does not come to rest")


@pytest.fixture
def chains(project: Project) -> Project:
    """Four stages that each read a source, and one that reads what two of them leave."""
    for n in range(4):
        project.write(f"in/{n}", f"{n}\nmore\n")
    project.write("pipeline.py", CHAINS)
    settled(project, loads_of(project))
    return project


def test_a_touched_file_loads_nothing(chains: Project) -> None:
    """What was only touched is read again, and the pipeline is not needed to tell so."""
    before = loads_of(chains)()
    (chains.root / "in/2").touch()

    assert chains.build().last_line == "nothing to do: 5 stages are up to date"
    assert chains.build().last_line == "nothing to do: 5 stages are up to date"
    assert loads_of(chains)() == before


def test_a_changed_file_runs_what_it_reaches(chains: Project) -> None:
    """All stages that it leads to are judged, early cutoff and all, and the rest is counted."""
    before = loads_of(chains)()
    chains.write("in/0", "0\nless\n")

    done = chains.build()

    assert done.ran == ["cut_0"], "its output is the same, so nothing follows"
    assert done.last_line.startswith("built 1, up to date 4 in")
    chains.write("in/0", "new\n")
    done = chains.build()
    assert done.ran == ["cut_0", "join"]
    assert chains.read("out/join") == "new\n1\n"
    assert loads_of(chains)() == before + 2, "once for each build that ran something"
    assert chains.build().last_line == "nothing to do: 5 stages are up to date"
    assert loads_of(chains)() == before + 2


def test_a_changed_file_reads_no_code(chains: Project) -> None:
    """The engine imports neither what reads code nor what joins stages: what is known holds."""
    importing = {"PYTHONPROFILEIMPORTTIME": "1"}
    for _ in range(3):
        chains.build(env=importing)
    chains.write("in/0", "0\nanother\n")

    done = chains.run("build", env=importing)

    assert done.ran == ["cut_0"]
    engine = [line for line in done.err.splitlines() if "capstone_build.building" in line]
    assert engine, "it ran something"
    for room in ("capstone_build.analysis", "networkx"):
        assert room not in done.err, room


def test_what_is_restored_loads_nothing(chains: Project) -> None:
    """An output that is edited or gone is brought back without the pipeline; the edit is kept."""
    before = loads_of(chains)()
    chains.write("cut/3", "by hand\n")
    (chains.root / "out/join").unlink()

    done = chains.build()

    assert sorted(done.restored) == ["cut_3", "join"]
    assert "kept" in done.out
    assert chains.read("cut/3") == "3\n"
    assert chains.read("out/join") == "0\n1\n"
    assert loads_of(chains)() == before


def test_a_source_that_is_gone_is_told_as_ever(chains: Project) -> None:
    """So is one that becomes a folder."""
    (chains.root / "in/0").unlink()
    assert "in/0" in chains.run("build").err
    (chains.root / "in/0").mkdir()
    assert chains.run("build").code != 0
    (chains.root / "in/0").rmdir()
    chains.write("in/0", "back\n")
    assert chains.build().ran == ["cut_0", "join"]


def test_code_that_moved_as_well_is_seen(chains: Project) -> None:
    """An edit of the pipeline is not passed over because an input moved too."""
    chains.write("in/3", "new\n")
    chains.edit("pipeline.py", 'split("\\n")[0] + "\\n"', 'split("\\n")[0] + "!\\n"')

    assert sorted(chains.build().ran) == ["cut_0", "cut_1", "cut_2", "cut_3", "join"]
    assert chains.read("cut/3") == "new!\n"


def test_a_failure_says_that_the_rest_stands(chains: Project) -> None:
    """The stages that were not looked at are not told to be missing."""
    chains.edit(
        "pipeline.py", "    return source", "    assert 'bad' not in source\n    return source"
    )
    settled(chains, loads_of(chains))
    chains.write("in/2", "bad\n")

    done = chains.run("build")

    assert done.code == 1
    assert done.failed == ["cut_2"]
    assert "nothing that" not in done.out
    assert "4 other stages" in done.out
    chains.write("in/2", "good\n")
    assert chains.build().ran == ["cut_2"]


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0", None])
def test_without_its_outline_all_is_looked_at(chains: Project, damage: bytes | None) -> None:
    """An outline that is gone, or not what was written, costs a look at everything."""
    (outline,) = (chains.root / ".cache/outlines").iterdir()
    before = loads_of(chains)()
    if damage is None:
        outline.unlink()
    else:
        outline.write_bytes(damage)
    chains.write("in/0", "new\n")

    assert chains.build().ran == ["cut_0", "join"]
    assert loads_of(chains)() > before
    settled(chains, loads_of(chains))


ROLES = {
    "read at import": (
        "value = open('in/0').read()\n",
        'command(f"echo {value!r} > {{outputs.o}}", name="other", outputs={"o": "other"})',
    ),
    "a script of another stage": (
        "",
        'command("sh in/0 > {outputs.o}", name="other", outputs={"o": "other"})',
    ),
    "named as code": (
        "",
        'command("cat in/[0] > {outputs.o}", name="other", code=["in/0"], outputs={"o": "other"})',
    ),
    "read undeclared": (
        "",
        'command("cat in/[0] > {outputs.o}", name="other", outputs={"o": "other"})',
    ),
}


@pytest.mark.parametrize("role", ROLES)
def test_an_input_that_counts_elsewhere_counts_there(project: Project, role: str) -> None:
    """A file that one stage declares to read may be code, or an undeclared input, of another."""
    before, other = ROLES[role]
    project.write("in/0", "echo 1\n")
    project.write(
        "pipeline.py",
        f"""
from capstone_build import command
{MARK}
{before}
plain = command("cat {{inputs.a}} > {{outputs.o}}", name="plain",
                inputs={{"a": "in/0"}}, outputs={{"o": "plain"}})
other = {other}
""",
    )
    settled(project, loads_of(project))
    project.write("in/0", "echo 2\n")

    done = project.build()

    assert sorted(done.ran) == ["other", "plain"], done.out
    assert "2" in project.read("other")
    assert project.build().last_line.startswith("nothing to do")


def test_what_is_read_undeclared_calls_back_its_reader(project: Project) -> None:
    """A stage that reads, undeclared, what another one leaves is looked at in the same build."""
    project.write("in", "1\n")
    project.write("part", "one\n")
    project.write(
        "pipeline.py",
        f"""
from pathlib import Path
from capstone_build import stage
{MARK}

@stage(inputs={{"part": "part"}}, outputs={{"o": "reader"}})
def reads(part: str) -> str:
    return part + Path("made").read_text() if Path("made").exists() else part

@stage(inputs={{"source": "in"}}, outputs={{"o": "made"}})
def writes(source: str) -> str:
    return source * 2
""",
    )
    settled(project, loads_of(project))
    project.write("in", "2\n")

    assert sorted(project.build().ran) == ["reads", "writes"]
    assert project.read("reader") == "one\n2\n2\n"


def test_a_new_undeclared_input_counts_from_then_on(project: Project) -> None:
    """A run that reads other files than before leaves nothing that would miss them."""
    for name in "abc":
        project.write(name, f"{name}\n")
    project.write("which", "a")
    project.write(
        "pipeline.py",
        f"""
from pathlib import Path
from capstone_build import stage
{MARK}

@stage(inputs={{"which": "which"}}, outputs={{"o": "picked"}})
def pick(which: str) -> str:
    return Path(which).read_text()

@stage(inputs={{"b": "b", "c": "c"}}, outputs={{"o": "both"}})
def both(b: str, c: str) -> str:
    return b + c
""",
    )
    settled(project, loads_of(project))
    project.write("which", "b")
    assert project.build().ran == ["pick"]

    project.write("b", "B\n")

    assert sorted(project.build().ran) == ["both", "pick"]
    assert project.read("picked") == "B\n"


def test_a_declaration_that_moves_unseen_is_refused(project: Project) -> None:
    """What a pipeline reads past Python's eyes cannot make a stage run as another one."""
    project.write("in", "1\n")
    project.write("unseen", "first")
    project.write(
        "pipeline.py",
        f"""
import ctypes
from capstone_build import command
{MARK}
libc = ctypes.CDLL(None)
held = ctypes.create_string_buffer(9)
libc.read(libc.open(b"unseen", 0), held, 8)
made = command(f"cat {{{{inputs.a}}}} > {{{{outputs.o}}}}; : {{held.value.decode()}}", name="made",
               inputs={{"a": "in"}}, outputs={{"o": "made"}})
""",
    )
    settled(project, loads_of(project))
    project.write("unseen", "second")
    project.write("in", "2\n")

    done = project.run("build")

    assert done.code == 1
    assert "declared otherwise" in done.out
    assert project.build().ran == ["made"]
    assert project.read("made") == "2\n"


PIPELINE = """
from pathlib import Path
from capstone_build import command, stage

FACTOR = 1

def joined(parts: list[Path]) -> str:
    return "".join(sorted(path.read_text() for path in parts)) * FACTOR

@stage(inputs={"a": "src/a", "b": "src/b"}, outputs={"o": "out/ab"})
def ab(a: str, b: str) -> str:
    assert "bad" not in a + b
    return (a + b)[:4]

@stage(inputs={"parts": "parts/*.txt"}, outputs={"o": "out/parts"}, params={"times": 1})
def parts(parts: list[Path], times: int) -> str:
    return joined(parts) * times

@stage(inputs={"ab": "out/ab", "c": "src/c"}, outputs={"pieces": "out/pieces/"})
def split(ab: str, c: str, pieces: Path) -> None:
    for number, letter in enumerate(sorted(set(ab + c))):
        (pieces / f"{number}{'' if letter.isalpha() else '.x'}").write_text(letter)

@stage(inputs={"pieces": "out/pieces/"}, outputs={"o": "out/whole"})
def whole(pieces: Path) -> str:
    return "".join(sorted(path.read_text() for path in pieces.iterdir()))

@stage(inputs={"a": "src/a"}, outputs={"o": "out/undeclared"})
def undeclared(a: str) -> str:
    seen = [Path(name) for name in ("src/d", "out/parts", "maybe")]
    return a + "".join(path.read_text() for path in seen if path.exists())

@stage(inputs={"whole": "out/whole", "parts": "out/parts"}, outputs={"o": "out/last"})
def last(whole: str, parts: str) -> str:
    return whole + parts

lines = command("cat {inputs.last} src/d > {outputs.o}", name="lines",
                inputs={"last": "out/last"}, outputs={"o": "out/lines"})
script = command("echo 'echo '$(cat {inputs.c}) > {outputs.o}", name="script",
                 inputs={"c": "src/c"}, outputs={"o": "out/script.sh"})
runs = command("sh out/script.sh > {outputs.o}", name="runs",
               inputs={"s": "out/script.sh"}, outputs={"o": "out/run"})
"""

LETTERS = ("a", "b", "c", "d")


def edits(chance: random.Random) -> Callable[[Path], object]:
    """Return one change of a project, the same for all."""
    text = chance.choice(["x\n", "y\n", "xy\n", "abc\n", "", "bad\n"])
    source = f"src/{chance.choice(LETTERS)}"
    part = f"parts/{chance.choice('pq')}.txt"
    output = chance.choice(
        [
            "out/ab",
            "out/parts",
            "out/whole",
            "out/pieces/0",
            "out/last",
            "out/lines",
            "out/script.sh",
        ]
    )

    def write(path: str) -> Callable[[Path], object]:
        return lambda root: (root / path).exists() and (root / path).write_text(text)

    def remove(path: str) -> Callable[[Path], object]:
        return lambda root: (root / path).unlink(missing_ok=True)

    def factor(root: Path) -> None:
        code = (root / "pipeline.py").read_text()
        new = chance_of_code.choice(["FACTOR = 1", "FACTOR = 2", "FACTOR = 1  # one"])
        (root / "pipeline.py").write_text(
            "\n".join(new if line.startswith("FACTOR") else line for line in code.split("\n"))
        )

    chance_of_code = random.Random(chance.random())  # noqa: S311 (no secret)
    state = chance_of_code.getstate()

    def same_factor(root: Path) -> None:
        chance_of_code.setstate(state)
        factor(root)

    return chance.choice(
        [
            *[write(source)] * 5,
            *[write(output)] * 2,
            remove(output),
            lambda root: (root / source).touch(),
            lambda root: (root / "parts").mkdir(exist_ok=True) or (root / part).write_text(text),
            remove(part),
            lambda root: (root / "maybe").write_text(text),
            remove("maybe"),
            same_factor,
            lambda root: (root / "capstone.toml").write_text(
                f"[params.parts]\ntimes = {len(text)}\n"
            ),
        ]
    )


def told(done: Done) -> tuple[object, ...]:
    """Return what a build said of the stages."""
    count = done.last_line.partition(" in ")[0]
    return done.code, sorted(done.ran), sorted(done.restored), sorted(done.failed), count


def all_files(root: Path) -> dict[str, bytes]:
    """Return all that is in a project, but for the engine's memory."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".cache" not in path.parts
    }


@pytest.mark.parametrize("seed", range(2))
def test_a_part_and_the_whole_come_to_the_same(
    tmp_path: Path, ready: ReadyCommand, seed: int
) -> None:
    """Over any history of edits, builds that look at a part do what those do that look at all."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    part, whole = Project(tmp_path / "1/part"), Project(tmp_path / "2/whole")
    for project in (part, whole):
        for letter in LETTERS:
            project.write(f"src/{letter}", f"{letter}\n")
        project.write("parts/p.txt", "p\n")
        project.write("pipeline.py", MARK + PIPELINE)
        assert ready.run(project.root, "build").code == 0
    for _ in range(8):
        changes = [edits(chance) for _ in range(chance.choice([1, 1, 1, 2]))]
        words = chance.choice([["build", "-k"], ["build", "-k"], ["build", "-k", "last"]])
        ready.run(part.root, *words)  # it comes to rest, so that the next goes the short way
        ready.run(whole.root, *words)
        answers = []
        for project in (part, whole):
            for change in changes:
                change(project.root)
            if project is whole:
                shutil.rmtree(project.root / ".cache/footings", ignore_errors=True)
            answers.append(ready.run(project.root, *words))

        assert told(answers[0]) == told(answers[1]), answers[0].out + answers[1].out
        assert all_files(part.root) == all_files(whole.root)
    for source in ("src/a", "src/b", "parts/p.txt"):
        part.write(source, "good\n")
    settled(part, loads_of(part))
    (part.root / "src/b").touch()
    before = loads_of(part)()
    assert part.build().last_line.startswith("nothing to do")
    assert loads_of(part)() == before, "it is looked at the short way where that can be"
