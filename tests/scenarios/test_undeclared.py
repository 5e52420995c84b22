"""What was read but not declared is found, named with the line to paste, and counts."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import capstone_build
from capstone_build.core.variable import digest_variable
from tests.project import Project, wait_until

READING = """
from pathlib import Path

from capstone_build import stage


@stage(inputs={"raw": "data.txt"}, outputs={"out": "output/out.txt"})
def work(raw: str) -> str:
    return raw + {expression}
"""


@pytest.fixture
def reading(project: Project) -> Project:
    """A project of one stage that reads what it declares, and whatever a test makes it read."""
    project.write("data.txt", "data\n")
    project.write("lookup.csv", "one\n")
    project.write("folder/a.txt", "a\n")
    return project


def declare(project: Project, expression: str, before: str = "") -> None:
    """Let the stage add what *expression* gives to what it declares."""
    project.write("pipeline.py", before + READING.replace("{expression}", expression))


def test_an_undeclared_file_is_named_with_the_line_to_paste_and_counts(reading: Project) -> None:
    """Once it was seen to be read, an edit of it re-runs the stage."""
    declare(reading, "open('lookup.csv').read()")
    told = reading.build().out
    assert "stage work reads lookup.csv (pipeline.py:9), which it does not declare" in told
    assert 'inputs={"lookup": "lookup.csv"}' in told
    assert reading.build().ran == []

    reading.write("lookup.csv", "two\n")
    again = reading.build()
    assert again.ran == ["work"]
    assert "lookup.csv, read but not declared, changed" in again.line("work")
    assert "to paste" not in again.out, "what is known is not told again"
    assert reading.read("output/out.txt") == "data\ntwo\n"
    assert reading.build().ran == []


@pytest.mark.parametrize(
    "expression",
    [
        "Path('lookup.csv').read_text()",
        "open(Path(__file__).parent / 'lookup.csv').read()",
        "open(Path.cwd() / 'folder' / '..' / 'lookup.csv').read()",
        "check_output([sys.executable, '-c', 'print(open(\"lookup.csv\").read())'], text=True)",
        "get_context('spawn').Pool(1).map(Path.read_text, [Path('lookup.csv')])[0]",
        "get_context('fork').Pool(1).map(Path.read_text, [Path('lookup.csv')])[0]",
        "__import__('pandas').read_csv('lookup.csv').columns[0]",
    ],
)
def test_it_is_found_however_python_opens_it(reading: Project, expression: str) -> None:
    """In the stage's own process, in those that it starts, and through libraries."""
    imports = (
        "import sys\nfrom multiprocessing import get_context\nfrom subprocess import check_output\n"
    )
    declare(reading, expression, before=imports)
    assert "reads lookup.csv" in reading.build().out
    assert reading.build().ran == []
    reading.write("lookup.csv", "two\n")
    assert reading.build().ran == ["work"]
    assert reading.build().ran == []


def test_what_is_declared_is_not_told_of(reading: Project) -> None:
    """Neither an input, nor a folder or pattern that it is in, nor what the stage wrote itself."""
    reading.write(
        "pipeline.py",
        """
        from pathlib import Path
        from capstone_build import stage

        @stage(
            inputs={"raw": "data.txt", "all": "folder/*.txt"},
            outputs={"out": "output/out.txt", "more": "output/more/"},
        )
        def work(raw: Path, all: list[Path], out: Path, more: Path) -> None:
            Path("scratch.txt").write_text("mine")
            (more / "x").write_text("x")
            names = sorted(p.name for p in Path("folder").iterdir())
            texts = [Path("folder/a.txt").read_text(), Path("scratch.txt").read_text()]
            out.write_text(raw.read_text() + str(names) + str(texts) + (more / "x").read_text())
        """,
    )
    assert "does not declare" not in reading.build().out
    assert reading.build().ran == []


def test_a_file_that_was_looked_for_counts_when_it_comes(reading: Project) -> None:
    """What is not there decides as much as what is."""
    declare(
        reading,
        "override()",
        before="def override():\n    try:\n        return open('override.txt').read()\n"
        "    except FileNotFoundError:\n        return 'none'\n",
    )
    assert "override.txt" not in reading.build().out
    assert reading.build().ran == []
    reading.write("override.txt", "some")
    assert reading.build().ran == ["work"]
    assert reading.read("output/out.txt") == "data\nsome"


def test_the_names_in_a_folder_count_for_who_asks_for_them(reading: Project) -> None:
    """A new file re-runs; one that a stage made does not."""
    declare(reading, "','.join(sorted(p.name for p in Path('.').rglob('*.txt')))")
    assert reading.build().ran == ["work"]
    assert reading.build().ran == []
    reading.write("folder/b.txt", "b\n")
    done = reading.build()
    assert done.ran == ["work"]
    assert "folder/, listed but not declared, changed: b.txt is new" in done.out
    assert reading.build().ran == []
    reading.write("folder/b.txt", "its content is not asked for\n")
    assert reading.build().ran == []
    (reading.root / "folder/a.txt").rename(reading.root / "folder/c.txt")
    told = reading.run("why", "work").out
    assert "folder/, listed but not declared, changed: c.txt is new, a.txt is gone" in told
    reading.build()
    for name in ("b.txt", "c.txt"):
        (reading.root / "folder" / name).unlink()
    assert "b.txt is gone, c.txt is gone" in reading.build().out
    for number in range(300):
        reading.write(f"folder/{number}.txt", "")
    assert "folder/, listed but not declared, changed" in reading.build().out
    assert reading.build().ran == []


def test_a_file_read_on_import_counts_for_the_stages_that_use_what_it_made(
    reading: Project,
) -> None:
    """A module's constant, loaded from a file, is part of the code that uses it, and no more."""
    reading.write("settings.py", "A = open('a.cfg').read()\nB = open('b.cfg').read()\n")
    reading.write("a.cfg", "a")
    reading.write("b.cfg", "b")
    declare(reading, "settings.A", before="import settings\n")
    told = reading.build().out
    assert "reads a.cfg (settings.py:1)" in told
    assert "b.cfg" not in told
    reading.write("b.cfg", "bb")
    assert reading.build().ran == []
    reading.write("a.cfg", "aa")
    assert reading.build().ran == ["work"]
    assert reading.read("output/out.txt") == "data\naa"


def test_environment_variables_that_the_code_reads_count(reading: Project) -> None:
    """By literal name, found in the source; by computed name, seen while it runs."""
    declare(
        reading,
        "os.environ.get('MODE', '-') + os.getenv('LE' + 'VEL', '-')",
        before="import os\n",
    )
    told = reading.build().out
    assert "reads the environment variable MODE (pipeline.py:10)" in told
    assert 'env=["MODE"]' in told
    assert "reads the environment variable LEVEL" in told
    assert reading.build().ran == []
    assert reading.build(env={"MODE": "x"}).ran == ["work"]
    assert reading.build(env={"MODE": "x", "LEVEL": "y"}).ran == ["work"]
    assert reading.build(env={"MODE": "x", "LEVEL": "y"}).ran == []
    assert reading.build().restored == ["work"]
    assert reading.read("output/out.txt") == "data\n--"


@pytest.mark.parametrize(
    "expression",
    [
        "[os.environ[name] for name in sorted(os.environ) if name.startswith('MO')]",
        "[list(os.environ), os.environ['MO' + 'DE']][1]",
        "os.environb[b'MO' + b'DE']",
        "os.path.expandvars('$MODE/x')",
        "string.Template('$MODE').substitute(os.environ)",
        "collections.ChainMap(os.environ, {})['MO' + 'DE']",
    ],
)
def test_a_variable_is_found_however_the_code_asks_for_it(
    reading: Project, expression: str
) -> None:
    """After it listed all of them, as bytes, or through what only hands it on."""
    declare(reading, f"str({expression})", before="import collections, os, string\n")
    reading.build(env={"MODE": "one"})
    assert reading.build(env={"MODE": "one"}).ran == []
    assert reading.build(env={"MODE": "two"}).ran == ["work"]
    assert "two" in reading.read("output/out.txt")


def test_what_a_compiled_library_reads_is_its_own_affair(reading: Project) -> None:
    """It has no frame, so that the stage seems to read it; Python's own modules have names, too."""
    declare(
        reading,
        "str(pa.array(np.arange(2)).to_numpy()) + os.environ.get('RANDOM' + '_SEED', '-')",
        before="import os\nimport random\nimport numpy as np\nimport pyarrow as pa\n",
    )
    told = reading.build().out
    assert "PYARROW" not in told
    assert "reads the environment variable RANDOM_SEED" in told
    assert reading.build(env={"PYARROW_IGNORE_TIMEZONE": "1"}).ran == []
    assert reading.build(env={"RANDOM_SEED": "1"}).ran == ["work"]


def test_who_copies_the_environment_reads_no_variable_in_particular(reading: Project) -> None:
    """Programs are started with all of it; not all of it decides."""
    declare(
        reading,
        "str(len({**os.environ}) > 1) + str('HOME' in dict(os.environ.items()))",
        before="import os\n",
    )
    assert "environment variable" not in reading.build().out
    assert reading.build(env={"ANYTHING": "else"}).ran == []


def test_a_key_that_the_code_reads_is_not_remembered(reading: Project) -> None:
    """Not even as a digest: a new key re-runs nothing."""
    declare(reading, "os.environ['SERVICE_API_KEY'][:0]", before="import os\n")
    assert "SERVICE_API_KEY" not in reading.build(env={"SERVICE_API_KEY": "the key"}).out
    assert reading.build(env={"SERVICE_API_KEY": "another"}).ran == []
    kept = [file for file in (reading.root / ".cache").rglob("*") if file.is_file()]
    for trace in ("the key", digest_variable("the key").removeprefix("xxh3:")):
        assert not [file for file in kept if trace.encode() in file.read_bytes()]


def test_a_key_that_a_function_carries_is_not_remembered(reading: Project) -> None:
    """A closure's value is kept to be told; not one that is a key in the environment."""
    reading.write(
        "pipeline.py",
        """
        import os
        from capstone_build import stage

        def make(key):
            @stage(outputs={"out": "output/out.txt"})
            def work() -> str:
                return key[:0]
            return work

        work = make(os.environ["SERVICE_API_KEY"])
        """,
    )
    reading.build(env={"SERVICE_API_KEY": "the key"})
    assert reading.build(env={"SERVICE_API_KEY": "another"}).ran == []
    kept = [file for file in (reading.root / ".cache").rglob("*") if file.is_file()]
    assert not [file for file in kept if b"the key" in file.read_bytes()]


def test_a_module_that_a_library_looks_up_by_name_counts(reading: Project) -> None:
    """A class named in data, as configuration frameworks do."""
    reading.write("plugins/__init__.py", "")
    reading.write("plugins/loud.py", "def say():\n    return 'one'  # a remark\n")
    declare(
        reading,
        "pkgutil.resolve_name(''.join(['plugins.loud', ':say']))()",
        before="import pkgutil\nimport plugins.loud\n",
    )
    reading.build()
    reading.edit("plugins/loud.py", "'one'", "'two'")
    assert reading.build().ran == ["work"]
    assert reading.read("output/out.txt") == "data\ntwo"
    assert reading.build().ran == []


def test_an_object_that_is_unpickled_brings_its_class(reading: Project) -> None:
    """The input names the class; its code counts, wherever it is."""
    reading.write("shapes.py", "class Shape:\n    def __str__(self):\n        return 'round'\n")
    reading.write(
        "make.py",
        "import pickle, shapes\npickle.dump(shapes.Shape(), open('shape.pkl', 'wb'))\n",
    )
    subprocess.run([sys.executable, "make.py"], cwd=reading.root, check=True)
    declare(reading, "str(pickle.load(open('shape.pkl', 'rb')))", before="import pickle\n")
    reading.build()
    assert reading.build().ran == []
    reading.edit("shapes.py", "round", "square")
    assert reading.build().ran == ["work"]
    assert reading.read("output/out.txt") == "data\nsquare"


def test_what_a_program_in_python_reads_is_found_too(reading: Project) -> None:
    """A command's script takes notes as a function does, and runs no stale bytecode."""
    reading.write(
        "pipeline.py",
        """
        from capstone_build import command

        c = command("python script.py > {outputs.o}", name="c", outputs={"o": "output/o.txt"})
        """,
    )
    reading.write("script.py", "print(open('lookup.csv').read())\n")
    assert "stage c reads lookup.csv (script.py:1)" in reading.build().out
    assert reading.build().ran == []
    reading.write("lookup.csv", "two\n")
    assert reading.build().ran == ["c"]
    assert reading.build().ran == []


def test_a_file_that_changes_after_it_was_read_is_read_again(reading: Project) -> None:
    """What was recorded is what was read, not what is there when the stage ends."""
    reading.write(
        "pipeline.py",
        """
        import time
        from pathlib import Path
        from capstone_build import stage

        @stage(outputs={"out": "output/out.txt"})
        def work() -> str:
            text = Path("lookup.csv").read_text()
            Path("reading").touch()
            while not Path("go").exists():
                time.sleep(0.01)
            return text
        """,
    )
    process = reading.start("build")
    wait_until(lambda: reading.exists("reading"), "the stage reads")
    reading.write("lookup.csv", "two\n")
    reading.write("go", "")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert "lookup.csv' changed while it ran" in out
    assert reading.read("output/out.txt") == "two\n"


@pytest.mark.parametrize(
    "expression",
    [
        "str(pyarrow.parquet.read_table('lookup.parquet').to_pydict())",
        "str(pandas.read_parquet('lookup.parquet'))",
        "table('lookup.parquet')",
    ],
)
def test_a_file_that_no_python_opens_counts_where_the_code_names_it(
    reading: Project, expression: str
) -> None:
    """Libraries in C++ open files by themselves; a path that is spelled is known all the same."""
    before = (
        "import pandas, pyarrow.parquet\n\n\ndef table(path):\n"
        "    return str(pyarrow.parquet.read_table(path).to_pydict())\n"
    )
    pd.DataFrame({"a": [1]}).to_parquet(reading.root / "lookup.parquet")
    declare(reading, expression, before)
    assert 'inputs={"lookup": "lookup.parquet"}' in reading.build().out
    assert reading.build().ran == []
    pd.DataFrame({"a": [2]}).to_parquet(reading.root / "lookup.parquet")
    assert reading.build().ran == ["work"]
    assert "2" in reading.read("output/out.txt")
    assert reading.build().ran == []


def test_a_file_that_is_named_to_be_written_does_not_count(reading: Project) -> None:
    """Neither by a function nor by a command: what a run left is not what it reads."""
    reading.write(
        "pipeline.py",
        """
        from pathlib import Path
        from capstone_build import command, stage

        text = "sort data.txt > {outputs.o}; date +%N > c.log"
        c = command(text, name="c", outputs={"o": "c.txt"})

        @stage(outputs={"o": "f.txt"})
        def f() -> str:
            import time
            Path("f.log").write_text(str(time.time_ns()))
            return "done"
        """,
    )
    reading.build()
    assert reading.build().ran == []
    assert reading.build("--force", "c", "--force", "f").ran
    told = reading.build()
    assert told.ran == []
    assert ".log" not in told.out


def test_a_script_never_runs_stale_bytecode(project: Project) -> None:
    """An edit of the same size within the same second is one that Python would not see."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        c = command("python script.py > {outputs.o}", name="c", outputs={"o": "output/o.txt"})
        """,
    )
    project.write("script.py", "import helper\nprint(helper.WORD)\n")
    helper = project.write("helper.py", "WORD = 'one'\n")
    os.utime(helper, (1_700_000_000, 1_700_000_000))
    py_compile.compile(str(helper), doraise=True)
    project.build()
    project.write("helper.py", "WORD = 'two'\n")
    os.utime(helper, (1_700_000_000, 1_700_000_000))
    assert project.build().ran == ["c"]
    assert project.read("output/o.txt") == "two\n"


def test_a_script_that_changes_while_it_runs_is_not_taken_for_what_ran(project: Project) -> None:
    """Neither it nor what it imports: the stage fails, and the next build runs it."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        c = command("python script.py > {outputs.o}", name="c", outputs={"o": "output/o.txt"})
        """,
    )
    project.write(
        "script.py",
        """
        import pathlib, time

        pathlib.Path("started").touch()
        while not pathlib.Path("go").exists():
            time.sleep(0.01)
        import helper
        print(helper.WORD)
        """,
    )
    project.write("helper.py", "WORD = 'one'\n")
    process = project.start("build")
    wait_until(lambda: project.exists("started"), "the script runs")
    project.write("helper.py", "WORD = 'two'\n")
    project.write("go", "")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "its code changed after the build began: " in out
    assert "helper.py" in out
    assert project.build().ran == ["c"]
    assert project.read("output/o.txt") == "two\n"
    project.write("helper.py", "WORD = 'one'\n")
    assert project.build().ran == ["c"]
    assert project.read("output/o.txt") == "one\n"


def test_a_stage_that_keeps_a_file_of_its_own_does_not_run_for_ever(reading: Project) -> None:
    """What it reads and writes itself counts as it left it: only another's edit re-runs it."""
    declare(
        reading,
        "count()",
        before="def count():\n    from pathlib import Path\n    p = Path('state.txt')\n"
        "    n = int(p.read_text()) + 1 if p.exists() else 0\n    p.write_text(str(n))\n"
        "    return str(n)\n",
    )
    reading.write("state.txt", "5")
    assert reading.build().ran == ["work"]
    assert reading.build().ran == []
    reading.write("state.txt", "9")
    assert reading.build().ran == ["work"]
    assert reading.read("output/out.txt") == "data\n10"


def test_outputs_come_back_with_what_was_read(reading: Project) -> None:
    """Content that was there before is restored with the run that read it."""
    declare(reading, "open('lookup.csv').read()")
    reading.build()
    reading.write("lookup.csv", "two\n")
    reading.build()
    reading.write("lookup.csv", "one\n")
    assert reading.build().restored == ["work"]
    assert reading.read("output/out.txt") == "data\none\n"
    reading.write("lookup.csv", "two\n")
    assert reading.build().restored == ["work"]
    assert reading.read("output/out.txt") == "data\ntwo\n"


@pytest.mark.parametrize(
    "call",
    [
        "check_output(['sh', 'run.sh'], text=True)",
        "check_output(['sh', Path('..', Path.cwd().name, 'run.sh')], text=True)",
        "check_output('LANG=C sh run.sh', shell=True, text=True)",
        "check_output(['./run.sh'], text=True)",
        "check_output(['sh', '../run.sh'], cwd='folder', text=True)",
        "os.popen('sh run.sh').read()",
    ],
)
def test_a_program_that_a_function_starts_counts(reading: Project, call: str) -> None:
    """A script in another language is code of the stage as its own lines are."""
    reading.write("run.sh", "#!/bin/sh\necho one\n").chmod(0o755)
    declare(reading, call, before="import os\nfrom subprocess import check_output\n")
    reading.build()
    assert reading.build().ran == []
    reading.edit("run.sh", "one", "two")
    assert reading.build().ran == ["work"]
    assert reading.read("output/out.txt") == "data\ntwo\n"
    assert reading.build().ran == []


def test_a_program_that_is_named_as_code_is_declared(reading: Project) -> None:
    """What `code=` lists is not told to be missing."""
    reading.write("run.sh", "echo one\n")
    declare(
        reading,
        "check_output(['sh', 'run.sh'], text=True)",
        before="from subprocess import check_output\n",
    )
    reading.edit("pipeline.py", "@stage(", "@stage(code=['run.sh'], ")
    assert "does not declare" not in reading.build().out
    reading.edit("run.sh", "one", "two")
    assert reading.build().ran == ["work"]
    reading.edit("run.sh", "two", "one")
    assert reading.build().restored == ["work"]


def test_a_script_that_runs_in_another_environment_counts(reading: Project) -> None:
    """Python that was started without what lets it take notes is still seen to be started."""
    reading.write("script.py", "print('one')  # a remark\n")
    declare(
        reading,
        "check_output([sys.executable, 'script' + '.py'], env={}, text=True)",
        before="import sys\nfrom subprocess import check_output\n",
    )
    reading.build()
    reading.edit("script.py", "a remark", "another")
    assert reading.build().ran == []
    reading.edit("script.py", "one", "two")
    assert reading.build().ran == ["work"]


def test_a_file_that_is_added_to_and_read_counts(reading: Project) -> None:
    """What was in it before is not the stage's own."""
    declare(reading, "[open('lookup.csv', 'a').close(), open('lookup.csv').read()][1]")
    reading.build()
    assert reading.build().ran == []
    reading.write("lookup.csv", "two\n")
    assert reading.build().ran == ["work"]


@pytest.mark.parametrize(
    "expression",
    [
        "[os.system('cp data.txt s.tmp'), open('s.tmp').read(), os.remove('s.tmp')][1]",
        "[d := tempfile.mkdtemp(dir='.'), len(os.listdir('.')) > 0, os.rmdir(d)][1]",
        "[d := tempfile.mkdtemp(dir='.'), open(d + '/x', 'w').close(), shutil.rmtree(d)][1]",
    ],
)
def test_what_came_and_went_with_the_run_does_not_count(reading: Project, expression: str) -> None:
    """Scratch files and folders in the project, whoever wrote them."""
    declare(reading, f"str({expression})", before="import os, shutil, tempfile\n")
    told = reading.build().out
    assert "changed while it ran" not in told
    assert "does not declare" not in told
    assert reading.build().ran == []


def test_strange_files_do_not_stop_a_build(reading: Project) -> None:
    """A name that is not UTF-8 beside what is read, and a pipe where a file was."""
    (reading.root / os.fsdecode(b"\xff.bin")).touch()
    declare(
        reading,
        "str(len(os.listdir('.'))) + (open('lookup.csv').read() if is_file('lookup.csv') else '')",
        before="import os\nfrom os.path import isfile as is_file\n",
    )
    reading.build()
    assert reading.build().ran == []
    (reading.root / "lookup.csv").unlink()
    os.mkfifo(reading.root / "lookup.csv")
    assert reading.build().ran == ["work"]


def test_a_file_whose_name_is_not_utf_8_counts_as_any_other(reading: Project) -> None:
    """By its content; and it is told how the rest of the program spells it."""
    odd = reading.root / "folder" / os.fsdecode(b"\xff\xe4.bin")
    odd.write_text("one")
    declare(
        reading,
        "[open(os.path.join('folder', n)).read() for n in sorted(os.listdir('folder'))][-1]",
        before="import os\n",
    )
    told = reading.build().out
    assert "udcff" in told
    assert "changed while it ran" not in told
    assert reading.build().ran == []
    odd.write_text("two")
    assert reading.build().ran == ["work"]
    assert reading.read("output/out.txt") == "data\ntwo"
    assert reading.build().ran == []


def test_the_engine_is_nobodys_code_though_its_source_lies_in_the_project(
    project: Project,
) -> None:
    """What it reads for itself is not the stage's, in its own checkout neither."""
    source = Path(capstone_build.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source, project.root / "src/capstone_build", ignore=ignored)
    project.write(
        "pipeline.py",
        """
        from capstone_build import command, stage

        c = command("python -c 'print(1)' > {outputs.o}", name="c", outputs={"o": "c.txt"})

        @stage(outputs={"o": "f.txt"})
        def f() -> str:
            return "done"
        """,
    )
    told = project.build(env={"PYTHONPATH": str(project.root / "src")})
    assert "does not declare" not in told.out


def test_who_asks_for_the_version_of_a_package_lists_no_folder(reading: Project) -> None:
    """Many libraries do when they are imported; the project's folder is on the path."""
    declare(reading, "version('click')", before="from importlib.metadata import version\n")
    reading.build()
    reading.write("anything.txt", "new")
    assert reading.build().ran == []


@pytest.mark.parametrize(
    "arguments",
    [
        "[sys.executable, 'script.py', 'lookup'], env={'A': '1'}",
        "[sys.executable, 'script.py', 'lookup'], env={**os.environ, 'PYTHONPATH': 'src'}",
        "[b'python3', 'script.py', 'lookup'], env={b'PATH': os.environb[b'PATH']}",
        "shlex.join([sys.executable, 'script.py', 'lookup']), shell=True, env={}",
    ],
)
def test_what_a_python_reads_in_an_environment_of_its_own_is_found(
    reading: Project, arguments: str
) -> None:
    """Its environment is the one it was given, and what lets it take notes."""
    reading.write(
        "script.py",
        "import os, sys\nprint(open(sys.argv[1] + '.csv').read(), os.environ.get('HOME'))\n",
    )
    before = "import os, shlex, sys\nfrom subprocess import check_output\n"
    declare(reading, f"check_output({arguments}, text=True)", before=before)
    assert "reads lookup.csv" in reading.build().out
    assert reading.build().ran == []
    reading.write("lookup.csv", "two\n")
    assert reading.build().ran == ["work"]
    assert ("None" in reading.read("output/out.txt")) is ("**os.environ" not in arguments)
    assert reading.build().ran == []


def test_a_file_that_a_python_out_of_sight_names_counts(reading: Project) -> None:
    """Started with `-I` it takes no notes; what its source spells is known all the same."""
    reading.write("script.py", "open('own.txt', 'w').close()\nprint(open('lookup.csv').read())\n")
    declare(
        reading,
        "check_output([sys.executable, '-I', 'script.py'], text=True)",
        before="import sys\nfrom subprocess import check_output\n",
    )
    told = reading.build().out
    assert "reads lookup.csv" in told
    assert "own.txt" not in told
    assert reading.build().ran == []
    reading.write("lookup.csv", "two\n")
    assert reading.build().ran == ["work"]
    assert reading.read("output/out.txt") == "data\ntwo\n\n"
    assert reading.build().ran == []


@pytest.mark.parametrize("asks", ["Path(p).exists()", "os.path.isfile(p)", "Path(p).is_file()"])
def test_a_file_that_is_asked_for_counts_when_it_comes(reading: Project, asks: str) -> None:
    """Where it is not there it is never opened; the name is not spelled in the source."""
    declare(
        reading,
        "override('override')",
        before="import os\n\n\ndef override(name):\n    p = name + '.txt'\n"
        f"    return open(p).read() if {asks} else 'none'\n",
    )
    assert "override" not in reading.build().out
    assert reading.build().ran == []
    reading.write("override.txt", "some")
    assert reading.build().ran == ["work"]
    assert reading.read("output/out.txt") == "data\nsome"


def test_a_file_that_is_made_where_it_is_missing_does_not_count(reading: Project) -> None:
    """What a library writes without Python is the stage's own all the same."""
    declare(
        reading,
        "made('scratch')",
        before="import os\n\n\ndef made(name):\n    p = name + '.txt'\n"
        "    if not os.path.exists(p):\n        os.system(f'cp data.txt {p}')\n    return p\n",
    )
    told = reading.build().out
    assert "once more" not in told
    assert reading.build().ran == []


@pytest.mark.parametrize(
    "call",
    [
        "check_output(['bin/' + 'tidy'], text=True)",
        "check_output([sys.executable, 'bin/' + 'tidy'], text=True)",
        "check_output([sys.executable, '-c', 'import runpy; runpy.run_path(\"bin/tidy\")'])",
        "runpy.run_path('bin/' + 'tidy')['WORD']",
    ],
)
def test_a_program_in_python_that_is_named_without_a_suffix_counts(
    reading: Project, call: str
) -> None:
    """However it is started, and though it is no module."""
    program = reading.write("bin/tidy", "#!/usr/bin/env python3\nWORD = 'one'\nprint(WORD)\n")
    program.chmod(0o755)
    declare(
        reading, f"str({call})", before="import runpy, sys\nfrom subprocess import check_output\n"
    )
    reading.build()
    assert reading.build().ran == []
    reading.edit("bin/tidy", "one", "two")
    assert reading.build().ran == ["work"]
    assert "two" in reading.read("output/out.txt")
    assert reading.build().ran == []


@pytest.mark.parametrize("declared", ["data/x.csv", "data/*.csv", "data/"])
def test_an_input_by_the_name_that_its_link_leads_to_is_declared(
    reading: Project, declared: str
) -> None:
    """It is not told of, and where the link leads to another file the stage runs."""
    reading.write("store/v1/x.csv", "one")
    reading.write("store/v2/x.csv", "two")
    (reading.root / "data").symlink_to("store/v1")
    declare(reading, "str([p.resolve().read_text() for p in Path('data').glob('*.csv')])")
    reading.edit("pipeline.py", '"raw": "data.txt"', f'"raw": "data.txt", "more": "{declared}"')
    reading.edit(
        "pipeline.py",
        "(raw: str)",
        f"(raw: str, more: {'list[Path]' if '*' in declared else 'Path'})",
    )
    assert "x.csv" not in reading.build().out
    assert reading.build().ran == []
    (reading.root / "data").unlink()
    (reading.root / "data").symlink_to("store/v2")
    assert reading.build().ran == ["work"]
    assert "two" in reading.read("output/out.txt")
    assert reading.build().ran == []
