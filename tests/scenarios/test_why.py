"""It says why, down to the line: what changed, where, by which chain, old and new."""

from __future__ import annotations

import shutil

import pytest

from tests.project import Project


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
    assert "code changed: money:format_money (money.py:5)" in why(shop, "report")


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


def test_a_name_that_is_no_stage_is_an_error(shop: Project) -> None:
    """With the closest one."""
    done = shop.run("why", "reprot")
    assert done.code == 2
    assert "report" in done.err


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
    assert shop.run("accept", "report").out.startswith("nothing")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda p: p.write("data.txt", "3\n"), "has an input that changed: data.txt"),
        (lambda p: p.write("output/report.txt", "mine"), "does not have the output that it left"),
        (lambda p: shutil.rmtree(p.root / ".cache"), "has never run"),
    ],
)
def test_a_result_of_other_data_cannot_be_accepted(shop: Project, edit: object, said: str) -> None:
    """Only code can be: outputs must stand as they were left, of the same inputs."""
    shop.edit("money.py", "x * RATE", "RATE * x")
    assert callable(edit)
    edit(shop)
    done = shop.run("accept", "report")
    assert done.code == 2
    assert said in done.err
    assert not shop.exists(".cache/logs/accepted.log")
