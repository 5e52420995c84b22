"""It says why, down to the line: what changed, where, by which chain, old and new."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Callable

import pytest

from tests.project import Project

READING = """
from os import environ, listdir
from pathlib import Path
def render_table(numbers):
    names = listdir("ra" + "tes")
    text = [Path("ra" + "tes", name).read_text() for name in names]
    return str(text) + environ.get("LE" + "VEL", "")
"""


@pytest.fixture
def shop(project: Project) -> Project:
    """A report that reaches a helper of a helper in another module, built once."""
    project.write("data.txt", "1 2\n")
    project.write(
        "money.py",
        '''
        RATE = 2


        def format_money(x):
            """Say an amount."""
            # two digits
            return f"{x * RATE:.2f}"


        def unrelated():
            return "old"
        ''',
    )
    project.write(
        "tables.py",
        """
        from money import format_money


        def render_table(numbers):
            return "|".join(format_money(n) for n in numbers)
        """,
    )
    project.write(
        "pipeline.py",
        """
        from capstone_build import stage
        from tables import render_table


        @stage(inputs={"data": "data.txt"}, outputs={"out": "output/report.txt"})
        def report(data: str) -> str:
            return render_table(int(word) for word in data.split())
        """,
    )
    project.build()
    return project


def why(project: Project, *arguments: str) -> str:
    """What `capstone why` prints."""
    done = project.run("why", *arguments)
    assert done.code == 0, done.err
    return done.out


def test_it_names_the_symbol_its_place_the_chain_and_the_lines(shop: Project) -> None:
    """Before the stage runs, and after."""
    shop.edit("money.py", ".2f", ",.2f")
    expected = [
        "code changed: money:format_money (money.py:5)",
        "report -> render_table -> format_money",
        "-     return f'{x * RATE:.2f}'",
        "+     return f'{x * RATE:,.2f}'",
    ]
    before = why(shop, "report")
    assert before.startswith("report: must run\n")
    for line in expected:
        assert line in before
    assert "Say an amount" not in before, "what does not count is not shown"

    shop.build()
    after = why(shop, "report")
    assert after.startswith("report: up to date\n")
    assert "last built on" in after
    for line in expected:
        assert line in after


def test_old_code_is_shown_without_git_or_the_old_file(shop: Project) -> None:
    """A definition that went to another module, and was changed, leaves with its old text."""
    (shop.root / "money.py").unlink()
    shop.write("coins.py", "RATE = 2\n\n\ndef format_money(x):\n    return f'{x * RATE:.3f}'\n")
    shop.edit("tables.py", "from money", "from coins")
    told = why(shop, "report")
    assert "code no longer used: money:format_money" in told
    assert "-     return f'{x * RATE:.2f}'" in told
    assert "code now used: coins:format_money (coins.py:4)" in told
    assert "+     return f'{x * RATE:.3f}'" in told


def test_an_edit_that_does_not_count_is_told_too(shop: Project) -> None:
    """A skip is explained as a run is."""
    shop.edit("money.py", "two digits", "2 digits")
    shop.edit("money.py", '"old"', '"new"')
    assert shop.build().ran == []
    told = why(shop, "report")
    assert told.startswith("report: up to date\n")
    assert "money.py was edited, in nothing that this stage uses" in told


def test_other_reasons_are_told_by_their_values(shop: Project) -> None:
    """Inputs by path; and a stage may be asked for by what it writes."""
    shop.write("data.txt", "3\n")
    assert "input data.txt changed" in why(shop, "output/report.txt")


def test_where_reading_ends_the_coarser_thing_is_named(shop: Project) -> None:
    """The line to blame is given."""
    shop.write(
        "tables.py",
        """
        import money


        def render_table(numbers):
            return "|".join(getattr(money, "format_" + "money")(n) for n in numbers)
        """,
    )
    shop.build()
    assert "tables.py:6 money is used as a value: whole module counts" in why(shop, "report")
    shop.edit("money.py", '"old"', '"new"')
    told = why(shop, "report")
    assert "code changed: money:unrelated" in told
    assert "whole module counts" in told


def test_all_that_counts_can_be_listed(shop: Project) -> None:
    """Definitions with place and chain, packages with their versions, the rest by name."""
    told = why(shop, "report", "--closure")
    rows = [line.split() for line in told.splitlines()]
    chain = ["report", "->", "render_table", "->", "format_money", "->", "RATE"]
    assert ["money:RATE", "money.py:2", *chain] in rows
    assert any(row[:1] == ["python"] for row in rows)
    assert ["data.txt"] in rows
    assert not any(row[:1] == ["money:unrelated"] for row in rows)


def test_without_the_old_text_it_still_says_what_changed(shop: Project) -> None:
    """The store may be gone; the manifest knows the symbol."""
    shop.edit("money.py", ".2f", ".3f")
    shutil.rmtree(shop.root / ".cache/objects")
    told = why(shop, "report")
    assert "code changed: money:format_money (money.py:5)" in told
    assert "(what it was is not kept)" in told
    assert "+ " not in told, "what is old is not shown as new"


def test_a_stage_that_never_ran_says_so(project: Project) -> None:
    """There is nothing to compare with."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        s = command("echo 1 > {outputs.o}", name="s", outputs={"o": "s.txt"})
        """,
    )
    assert "never ran" in why(project, "s")


def test_names_that_are_no_stages_are_told_at_once(shop: Project) -> None:
    """Each with the closest one."""
    done = shop.run("why", "reprot", "output/reprot.txt")
    assert done.code == 2
    assert done.out == ""
    assert "'reprot' is no stage, and no stage writes it\nhint: Did you mean 'report'" in done.err
    assert "Did you mean 'output/report.txt'" in done.err


@pytest.fixture
def chain(shop: Project) -> Project:
    """The report, then a stage that reads it, and one that reads neither."""
    shop.write(
        "pipeline.py",
        """
        from capstone_build import command, stage
        from tables import render_table


        @stage(inputs={"data": "data.txt"}, outputs={"out": "output/report.txt"})
        def report(data: str) -> str:
            return render_table(int(word) for word in data.split())


        upper = command(
            "tr a-z A-Z < {inputs.text} > {outputs.out}", name="upper",
            inputs={"text": "output/report.txt"}, outputs={"out": "output/upper.txt"},
        )
        apart = command("echo 1 > {outputs.out}", name="apart", outputs={"out": "output/1.txt"})
        """,
    )
    shop.build()
    return shop


def test_without_a_stage_each_that_is_not_up_to_date_is_told_in_short(chain: Project) -> None:
    """In the order in which they would run; the others are counted."""
    assert why(chain) == "3 stages are up to date\n"

    chain.edit("money.py", ".2f", ",.2f")

    assert why(chain).splitlines() == [
        "report: must run",
        "  code changed: money:format_money (money.py:5)",
        "    report -> render_table -> format_money",
        "upper: may run: waits for report",
        "1 stage is up to date",
        "`capstone why STAGE` shows the lines, old and new",
    ]
    assert "+     return f'{x * RATE:,.2f}'" in why(chain, "--all"), "the long form of each"


def test_in_short_means_the_first_few_reasons(chain: Project) -> None:
    """The rest are counted."""
    names = "abcdef"
    chain.write(
        "tables.py",
        "".join(f"def {n}(x):\n    return x\n\n" for n in names)
        + f"def render_table(n):\n    return str([{', '.join(f'{n}(1)' for n in names)}])\n",
    )
    told = why(chain).splitlines()
    assert told[1] == "  code changed: tables:render_table (tables.py:19)"
    assert told.count("  and 7 more") == 1, told
    assert len(told) < 12


def test_the_code_that_is_nearest_to_the_stage_is_told_first(shop: Project) -> None:
    """Then in the order of the file, not of the alphabet."""
    names = ["b", "a", "c2", "c10"]
    functions = [f"def {name}(x):\n    return x + 0\n" for name in names]
    calls = " + ".join(f"{name}(1)" for name in names)
    shop.write("tables.py", f"{''.join(functions)}def render_table(n):\n    return str({calls})\n")
    shop.build()
    shop.edit("tables.py", "+ 0", "+ 1")
    shop.edit("tables.py", "str(", "repr(")
    told = re.findall(r"code changed: tables:(\w+)", why(shop, "report"))
    assert told[:5] == ["render_table", *names]


def test_several_stages_are_explained_in_turn(chain: Project) -> None:
    """Each once, however it is named."""
    told = why(chain, "apart", "output/report.txt", "report")
    heads = [line for line in told.splitlines() if not line.startswith(" ")]
    assert heads == ["apart: up to date", "report: up to date"]


def test_the_list_of_what_counts_is_of_a_stage_that_is_named(shop: Project) -> None:
    """Of all of them it would help nobody."""
    done = shop.run("why", "--closure")
    assert done.code == 2
    assert "--closure lists what counts for a stage, and none is named" in done.err
    assert "hint: `capstone why STAGE --closure`" in done.err


def test_a_long_diff_is_cut_and_says_how_to_see_all_of_it(shop: Project) -> None:
    """It is cut where it no longer fits a screen or two."""
    lines = [f"    x += {n}" for n in range(500)]
    body = "\n".join(["def render_table(numbers):", "    x = 0", *lines, "    return str(x)"])
    shop.write("tables.py", body)
    told = why(shop, "report")
    assert len(told.splitlines()) < 90
    assert re.search(r"\.\.\. \d+ more lines: --all shows them", told)
    assert "x += 499" not in told
    assert "x += 499" in why(shop, "report", "--all")


def test_places_of_one_diff_that_are_far_apart_do_not_run_together(shop: Project) -> None:
    """What lies between is left out, and that is shown."""
    lines = [f"    x += {n}" for n in range(30)]
    body = "\n".join(["def render_table(numbers):", "    x = 0", *lines, "    return str(x)"])
    shop.write("tables.py", body)
    shop.build()
    shop.edit("tables.py", "x += 5\n", "x += 55\n")
    shop.edit("tables.py", "x += 25\n", "x += 66\n")
    told = why(shop, "report").splitlines()
    assert told[3:17] == [
        "          x += 3",
        "          x += 4",
        "    -     x += 5",
        "    +     x += 55",
        "          x += 6",
        "          x += 7",
        "      ...",
        "          x += 23",
        "          x += 24",
        "    -     x += 25",
        "    +     x += 66",
        "          x += 26",
        "          x += 27",
        "  last built" + told[16].partition("last built")[2],
    ]


def test_what_is_read_undeclared_is_told_with_the_line_that_reads_it(shop: Project) -> None:
    """Where it counts, where it is listed, and where it changed."""
    shop.write("tables.py", READING)
    shop.write("rates/a.csv", "1")
    shop.build(env={"LEVEL": "1"})
    listed = why(shop, "report", "--closure")
    assert "reads rates/a.csv (tables.py:6), which it does not declare" in listed
    rows = [line.split() for line in listed.splitlines()]
    assert ["rates/a.csv", "read", "at", "tables.py:6"] in rows
    assert ["rates/", "read", "at", "tables.py:5"] in rows
    assert ["LEVEL", "read", "at", "tables.py:7"] in rows

    shop.write("rates/a.csv", "2")
    shop.write("rates/b.csv", "2")
    told = why(shop, "report")
    assert "  rates/a.csv, read but not declared, changed\n    read at tables.py:6\n" in told
    assert "  rates/, listed but not declared, changed: b.csv is new\n    read at" in told
    assert "environment variable LEVEL changed\n    read at tables.py:7" in told


def test_a_line_that_may_have_moved_is_not_given_as_todays(shop: Project) -> None:
    """A comment runs nothing, and moves what is below it; so does bringing outputs back."""
    shop.write("tables.py", READING)
    shop.write("rates/a.csv", "1")
    shop.build()
    shop.write("tables.py", "# Rates.\n\n" + textwrap.dedent(READING))
    assert shop.build().ran == []
    assert "reads rates/a.csv (tables.py:6, as it was then)" in why(shop, "report")

    (shop.root / "output/report.txt").unlink()
    assert shop.build().restored == ["report"]
    assert "reads rates/a.csv, which it does not declare" in why(shop, "report")


OTHER_CODE = """
from capstone_build import command, stage

clean = command("bash clean.sh > {outputs.o}", name="clean", outputs={"o": "output/clean"})
model = command("cat fit.R > {outputs.o}", name="model", outputs={"o": "output/model"})


@stage(outputs={"o": "output/top"}, code=["queries/*.sql", "blob.jar", "long.sql"])
def top() -> str:
    return "top"
"""


@pytest.fixture
def polyglot(project: Project) -> Project:
    """Stages whose code is in other languages, built once."""
    project.write("pipeline.py", OTHER_CODE)
    project.write("clean.sh", ". lib.sh\necho 1\n")
    project.write("lib.sh", "set -e\n")
    project.write("fit.R", "x <- 1\n")
    project.write("queries/top.sql", "select *\nfrom sales\nlimit 10\n")
    project.write("queries/old.sql", "select 0\n")
    project.write("long.sql", "select 1;\n" * 150_000)
    project.write("blob.jar", "a\0b")
    project.build()
    return project


def test_lines_of_other_languages_are_shown_too(polyglot: Project) -> None:
    """Whether a command names the file, a script does, or the stage declares it as code."""
    polyglot.edit("lib.sh", "set -e", "set -eu")
    polyglot.edit("fit.R", "1", "2")
    polyglot.edit("queries/top.sql", "limit 10", "limit 20")
    polyglot.write("queries/new.sql", "select 2\n")
    (polyglot.root / "queries/old.sql").unlink()
    lib = ["  file lib.sh changed", "    clean.sh -> lib.sh", "    - set -e", "    + set -eu"]
    assert why(polyglot, "clean").splitlines()[1:-1] == lib
    assert why(polyglot, "model").splitlines()[1:-1] == [
        "  file fit.R changed",
        "    - x <- 1",
        "    + x <- 2",
    ]
    assert why(polyglot, "top").splitlines()[1:-1] == [
        "  file queries/top.sql changed",
        "      select *",
        "      from sales",
        "    - limit 10",
        "    + limit 20",
        "  file queries/new.sql is new",
        "    + select 2",
        "  file queries/old.sql is gone",
        "    - select 0",
    ]

    polyglot.build()
    assert [f"  {line}" for line in lib] == why(polyglot, "clean").splitlines()[2:]


def test_where_there_are_no_lines_to_show_it_is_said_why(polyglot: Project) -> None:
    """What is no text, nobody's writing, or may hold a key is not put on a screen."""
    polyglot.write("blob.jar", "a\0c")
    polyglot.write("long.sql", "select 2;\n" * 150_000)
    polyglot.edit("clean.sh", "echo 1", "export API_KEY=abc123\necho 1")
    (polyglot.root / "queries/top.sql").chmod(0o755)
    polyglot.write("queries/old.sql", "select 0")
    told = why(polyglot, "top")
    assert "file blob.jar changed\n      (it is no text)\n" in told
    assert "file long.sql changed\n      (it is larger than 1 MB: its lines are not kept)" in told
    assert "top.sql changed\n      (it differs in whether it can be run)" in told
    assert "old.sql changed\n      (it differs in how its last line ends)" in told
    told = why(polyglot, "clean")
    assert "(it sets API_KEY, which may be a key: its lines are not kept)" in told
    polyglot.build()
    kept = [path.read_bytes() for path in (polyglot.root / ".cache/objects").glob("*/*")]
    assert not any(b"abc123" in content for content in kept)

    polyglot.edit("clean.sh", "export API_KEY=abc123\n", "")
    told = why(polyglot, "clean")
    assert "file clean.sh changed\n      (what it was is not kept)" in told
    assert "abc123" not in told


def test_a_script_that_is_edited_at_its_top_is_told_once(project: Project) -> None:
    """By the name that the edit is of, where it has one; else as what the script does."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        s = command("python s.py > {outputs.o}", name="s", outputs={"o": "output/s"})
        """,
    )
    project.write(
        "s.py",
        """\
        RATE = 1


        def scaled(x):
            return x * RATE


        print(scaled(2))
        """,
    )
    project.build()
    project.edit("s.py", "RATE = 1", "RATE = 3")
    expected = [
        "  code changed: s:RATE (s.py:1)",
        "    s.py -> scaled -> RATE",
        "    - RATE = 1",
        "    + RATE = 3",
    ]
    assert why(project, "s").splitlines()[1:-1] == expected

    project.edit("s.py", "print(scaled(2))", "print(scaled(4))")
    assert why(project, "s").splitlines()[1:-1] == [
        *expected,
        "  code changed: what s.py does when it is run (s.py:1)",
        "    - print(scaled(2))",
        "    + print(scaled(4))",
    ]
    assert "code changed: s:RATE (s.py:1) (+" in project.build().line("s"), "the name comes first"


def test_a_notebook_is_told_by_its_cells(project: Project) -> None:
    """As code where that changed, and never as the JSON that it is."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        s = command("echo jupyter execute n.ipynb > {outputs.o}", name="s", outputs={"o": "o"})
        """,
    )
    project.write(
        "n.ipynb",
        """\
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
         {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["As agreed"]},
         {"cell_type": "code", "id": "b", "execution_count": 1, "metadata": {"tags": ["x"]},
          "outputs": [], "source": ["RATE = 2\\n", "print(RATE)"]}
        ]}
        """,
    )
    project.build()
    project.edit("n.ipynb", "RATE = 2", "RATE = 3")
    told = why(project, "s")
    assert told.splitlines()[-3:-1] == ["    - RATE = 2", "    + RATE = 3"]
    assert told.count("RATE = 3") == 1

    project.build()
    project.edit("n.ipynb", "As agreed", "As told")
    assert why(project, "s").splitlines()[1:-1] == [
        "  file n.ipynb (cells) changed",
        "      # kernel",
        "      # %% markdown",
        "    - As agreed",
        "    + As told",
        "      # %% code x",
        "      RATE = 3",
    ]


def test_a_refactoring_can_be_accepted(shop: Project) -> None:
    """The stage is up to date from then on, and the log says who said so."""
    shop.edit("money.py", "x * RATE", "RATE * x")
    accepted = shop.run("accept", "report")
    assert accepted.code == 0
    assert "accepted  report  code changed: money:format_money" in accepted.out
    assert shop.build().ran == []
    assert "last accepted as it stands on" in why(shop, "report")
    log = shop.read(".cache/logs/accepted.log")
    assert "report: code changed: money:format_money" in log

    shop.edit("money.py", ".2f", ".3f")
    assert shop.build().ran == ["report"], "what comes after counts again"
    assert shop.run("accept", "report").out == "report is up to date: nothing to accept\n"


OTHER_DATA = "what it left is the result of other data"
NO_LONGER_THERE = "what it left is no longer there as it was"
NO_RESULT = "there is no result of a whole run"


@pytest.mark.parametrize(
    ("edit", "problem", "because"),
    [
        (lambda p: p.write("data.txt", "3\n"), OTHER_DATA, "input data.txt changed"),
        (
            lambda p: p.write("output/report.txt", "mine"),
            NO_LONGER_THERE,
            "output output/report.txt was changed since it was built",
        ),
        (
            lambda p: (p.root / "output/report.txt").unlink(),
            NO_LONGER_THERE,
            "output output/report.txt is missing",
        ),
        (lambda p: shutil.rmtree(p.root / ".cache"), NO_RESULT, "never ran"),
    ],
)
def test_a_result_of_other_data_cannot_be_accepted(
    shop: Project, edit: Callable[[Project], object], problem: str, because: str
) -> None:
    """Only code can be: outputs must stand as they were left, of the same inputs."""
    shop.edit("money.py", "x * RATE", "RATE * x")
    edit(shop)
    done = shop.run("accept", "report")
    assert done.code == 2
    assert done.out == ""
    lines = done.err.splitlines()
    assert lines[0] == f"stage 'report' cannot be accepted: {problem}"
    assert lines[1] == f"  because: {because}"
    assert lines[2].startswith("hint: `capstone build report` ")
    assert not shop.exists(".cache/logs/accepted.log")
    assert shop.build().ran == ["report"], "the hint helps"


def test_a_constant_that_becomes_a_parameter_can_be_accepted(shop: Project) -> None:
    """And a file that was read undeclared, once it is declared; a value that changes cannot."""
    shop.write("digits.txt", "2")
    shop.write(
        "pipeline.py",
        """
        from pathlib import Path
        from capstone_build import stage


        @stage(outputs={"out": "output/report.txt"})
        def report() -> str:
            return str(round(1 / 3, int(Path("digits.txt").read_text())) * 2)
        """,
    )
    shop.build()
    shop.write(
        "pipeline.py",
        """
        from capstone_build import stage


        @stage(
            inputs={"digits": "digits.txt"},
            outputs={"out": "output/report.txt"},
            params={"factor": 2},
        )
        def report(digits: str, factor: int) -> str:
            return str(round(1 / 3, int(digits)) * factor)
        """,
    )
    accepted = shop.run("accept", "report")
    assert accepted.code == 0, accepted.err
    assert "parameter factor is new: 2" in shop.read(".cache/logs/accepted.log")
    told = why(shop, "report")
    assert told.startswith("report: up to date\n")
    assert "which it does not declare" not in told
    assert shop.build().ran == []

    shop.edit("pipeline.py", '"factor": 2', '"factor": 3')
    done = shop.run("accept", "report")
    assert done.code == 2
    assert done.err.splitlines()[:2] == [
        "stage 'report' cannot be accepted: what it left is the result of other values",
        "  because: parameter factor: 2 -> 3",
    ]
    assert "with the values that it had, it can be accepted" in done.err
    shop.write("digits.txt", "1")
    assert "input digits.txt changed" in shop.run("accept", "report").err


def test_a_run_that_failed_left_nothing_to_accept(shop: Project) -> None:
    """Its outputs may be those of before, and its code is not."""
    shop.edit("tables.py", "return", "raise ValueError(numbers)\n    return")
    assert shop.run("build").code == 1
    done = shop.run("accept", "report")
    assert done.code == 2
    assert done.err.splitlines()[:2] == [
        f"stage 'report' cannot be accepted: {NO_RESULT}",
        "  because: did not finish last time",
    ]


def test_of_several_stages_all_are_accepted_or_none(chain: Project) -> None:
    """What stands in the way of each is told at once."""
    chain.edit("money.py", "x * RATE", "RATE * x")
    chain.write("output/upper.txt", "mine")
    (chain.root / "output/1.txt").unlink()
    done = chain.run("accept", "report", "upper", "apart")
    assert done.code == 2
    assert done.err.count("cannot be accepted") == 2
    assert chain.run("build", "-n", "report").out.startswith("report  must run: code changed")


def test_a_command_is_shown_old_and_new(chain: Project) -> None:
    """As it is written in the pipeline."""
    chain.edit("pipeline.py", "tr a-z A-Z", "tr -d a-z")
    told = why(chain, "upper").splitlines()
    assert told[1:4] == [
        "  command changed",
        "    - tr a-z A-Z < {inputs.text} > {outputs.out}",
        "    + tr -d a-z < {inputs.text} > {outputs.out}",
    ]


def test_accepting_says_when_a_stage_may_run_all_the_same(chain: Project) -> None:
    """What it reads is not up to date; once that is accepted too, nothing runs."""
    chain.edit("money.py", "x * RATE", "RATE * x")
    chain.edit("pipeline.py", "tr a-z A-Z", "tr 'a-z' 'A-Z'")
    upper = chain.run("accept", "upper").out.splitlines()
    assert upper == [
        "accepted  upper  command changed",
        "  it may run all the same: it waits for report, which is not up to date",
    ]
    assert chain.run("accept", "upper").out.splitlines() == [
        "upper changed in nothing: nothing to accept",
        "  it may run all the same: it waits for report, which is not up to date",
    ]
    assert "may run" not in chain.run("accept", "report").out
    assert chain.build().ran == []


def test_many_reasons_are_accepted_in_one_short_line(chain: Project) -> None:
    """The log has all of them."""
    names = [f"f{n}" for n in range(20)]
    functions = [f"def {name}(x):\n    return x + 0\n" for name in names]
    render = f"def render_table(n):\n    return str([{', '.join(f'{n}(1)' for n in names)}])\n"
    chain.write("tables.py", "".join(functions) + render)
    chain.build()
    chain.edit("tables.py", "x + 0", "0 + x")
    told = chain.run("accept", "report").out
    assert told.endswith(" (+17 more)\n")
    assert chain.read(".cache/logs/accepted.log").count("code changed") == 20


def test_what_executing_a_module_does_is_called_that(shop: Project) -> None:
    """It has no name in the code."""
    shop.write("setting.py", "import decimal\ndecimal.getcontext().prec = 3\n")
    shop.edit("tables.py", "from money", "import setting\nfrom money")
    shop.build()
    shop.edit("setting.py", "= 3", "= 4")
    told = why(shop, "report")
    assert "code changed: what setting does when it is executed (setting.py:2)" in told
    assert "+ decimal.getcontext().prec = 4" in told


@pytest.mark.parametrize("mark", ["\x0c", "\x1c", "\u2028", "\x85", "\r", "\r\n"])
def test_lines_are_those_that_python_counts(shop: Project, mark: str) -> None:
    """A form feed or a separator of Unicode ends none."""
    text = f'''"""Tables.{mark}{mark}"""

import inspect


def render_table(numbers):
    return inspect.getsource(other)


def other():
    return 1  # one
'''
    (shop.root / "tables.py").write_text(text, encoding="utf-8", newline="")
    shop.build()
    edited = text.replace("# one", "# two")
    (shop.root / "tables.py").write_text(edited, encoding="utf-8", newline="")

    told = why(shop, "report")

    assert "-     return 1  # one\n" in told
    assert "+     return 1  # two\n" in told
    assert "+ " not in told.replace("+     return 1  # two", "")
    assert shop.build().ran == ["report"]
    assert "# two" in shop.read("output/report.txt")


def test_source_text_in_another_encoding_is_told_apart_by_every_letter(shop: Project) -> None:
    """What UTF-8 cannot read is no reason to take one letter for another."""
    text = (
        "# coding: latin-1\nimport inspect\n\ndef render_table(numbers):\n"
        "    return inspect.getsource(other)\n\ndef other():\n    return 1  # \xe9\n"
    )
    (shop.root / "tables.py").write_text(text, encoding="latin-1")
    shop.build()
    (shop.root / "tables.py").write_text(text.replace("\xe9", "\xe8"), encoding="latin-1")

    assert shop.build().ran == ["report"]


READS = """
    from capstone_build import stage

    @stage(
        inputs={"words": "words.txt", "key": "key.txt"},
        outputs={"table": "output/table.csv"},
        params={"names": ["a name that is long", "another name that is as long"]},
    )
    def load(words: str, key: str, names: list) -> str:
        return "id,word\\n" + "".join(f"{i},{w}\\n" for i, w in enumerate(words.split()))

    @stage(inputs={"table": "output/table.csv"}, outputs={"size": "output/size.txt"})
    def count(table: str) -> str:
        return str(len(table))

    @stage(inputs={"size": "output/size.txt"}, outputs={"page": "output/page.txt"})
    def page(size: str) -> str:
        return size
"""


def test_what_changed_in_a_file_that_is_read_is_shown(project: Project) -> None:
    """Lines of a small text, rows and values of a table, a long parameter; never of a key."""
    project.write("pipeline.py", READS)
    project.write("words.txt", "one\ntwo\nthree\n")
    project.write("key.txt", "token=first\n")
    project.build()
    project.write("words.txt", "one\nTWO\nthree\nfour\n")
    project.write("key.txt", "token=second\n")
    project.edit("pipeline.py", "another name that", "another word that")

    load = project.run("why", "load").out
    page = project.run("why", "page").out
    project.build("load")
    count = project.run("why", "count").out
    project.build()
    after = project.run("why", "load").out

    assert re.search(r"one\n +- two\n +\+ TWO\n +three\n +\+ four\n", load)
    assert "input key.txt changed" in load
    assert "second" not in load
    assert '- ["a name that is long","another name that is as long"]' in load
    assert "above: count may run: waits for load -> output/size.txt may change" in page
    assert "further above: load must run: " in page
    assert "rows: 3 -> 4" in count
    assert "id 1: two -> TWO" in count
    assert "above:" not in count
    assert "+ four" in after, "what it last ran for is still to be seen"
    kept = [p.read_bytes() for p in (project.root / ".cache/objects").rglob("*") if p.is_file()]
    assert not any(b"token=" in content for content in kept)
