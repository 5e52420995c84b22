"""What a declaration adds to a stage's code, takes out of it, and names as its version."""

from __future__ import annotations

import pytest

from tests.project import Project

UP_TO_DATE = "nothing to do: 1 stages are up to date"

STAGE = """\
    from capstone_build import stage
    import helpers
    {imports}

    @stage(outputs={{"out": "output/out.txt"}}{more})
    def work() -> str:
        return helpers.shape("a")
    """

HELPERS = """\
    import logs

    def shape(text):
        logs.say("shaping")
        return text.upper()

    def unrelated(text):
        return text + "1"
    """

LOGS = """\
    COUNT = [0]

    def say(text):
        COUNT[0] += 1
        print(_prefix() + text)

    def _prefix():
        return "log: "
    """


def declare(project: Project, more: str = "", imports: str = "") -> None:
    """Write the pipeline with *more* in the declaration of its stage."""
    project.write("pipeline.py", STAGE.format(more=f", {more}" if more else "", imports=imports))


@pytest.fixture
def shaping(project: Project) -> Project:
    """A stage that calls a helper, which calls another module's logging function."""
    declare(project)
    project.write("helpers.py", HELPERS)
    project.write("logs.py", LOGS)
    return project


def is_up_to_date(project: Project) -> bool:
    """Build, and tell whether nothing ran."""
    return project.build().out.startswith("nothing to do")


# What is added.


@pytest.mark.parametrize(
    ("reference", "imports"),
    [
        ("helpers.unrelated", ""),
        ("unrelated", "from helpers import unrelated"),
        ("helpers", ""),
        ("'helpers:unrelated'", ""),
        ("'helpers'", ""),
        ("'helpers.py'", ""),
        ("Path('helpers.py')", "from pathlib import Path"),
        ("'help*.py'", ""),
    ],
)
def test_a_function_that_is_added_counts_and_its_comments_do_not(
    shaping: Project, reference: str, imports: str
) -> None:
    """By object, by name, as its module or as its file: an edit of it runs the stage."""
    declare(shaping, f"code=[{reference}]", imports)
    shaping.build()
    shaping.edit("helpers.py", "def unrelated(text):", "def unrelated(text):  # a comment")
    assert is_up_to_date(shaping)

    shaping.edit("helpers.py", 'text + "1"', 'text + "2"')

    done = shaping.build()
    assert done.ran == ["work"]
    assert "code changed: helpers:unrelated (helpers.py:7)" in done.line("work")


def test_what_is_added_brings_what_it_reaches(shaping: Project) -> None:
    """An added function is read as the stage's own is."""
    shaping.write("other.py", "from deep import below\n\ndef top():\n    return below()\n")
    shaping.write("deep.py", "def below():\n    return 1\n")
    declare(shaping, "code=['other:top']")
    shaping.build()

    shaping.edit("deep.py", "return 1", "return 2")

    assert "code changed: deep:below" in shaping.build().line("work")


def test_a_package_that_is_added_counts_with_all_its_modules(shaping: Project) -> None:
    """A module that nothing imports may be found by a plugin loader."""
    shaping.write("plugins/__init__.py", "")
    shaping.write("plugins/one.py", "def run():\n    return 1\n")
    declare(shaping, "code=[plugins]", "import plugins")
    shaping.build()

    shaping.edit("plugins/one.py", "return 1", "return 2")
    assert shaping.build().ran == ["work"]

    shaping.write("plugins/two.py", "def run():\n    return 3\n")
    assert shaping.build().ran == ["work"]


@pytest.mark.parametrize("reference", ["queries/top.sql", "queries/*.sql", "queries/"])
def test_a_file_that_is_added_counts_by_its_content(shaping: Project, reference: str) -> None:
    """A query is code; touching it is no change."""
    query = shaping.write("queries/top.sql", "select 1")
    declare(shaping, f"code=['{reference}']")
    shaping.build()
    query.touch()
    assert is_up_to_date(shaping)

    shaping.write("queries/top.sql", "select 2")

    done = shaping.build()
    assert done.ran == ["work"]
    assert "file queries/top.sql changed" in done.line("work")
    shaping.write("queries/top.sql", "select 1")
    assert shaping.build().restored == ["work"], "seen before"


def test_a_file_that_joins_or_leaves_a_pattern_counts(shaping: Project) -> None:
    """What a pattern stands for is looked at anew."""
    shaping.write("sql/a.sql", "select 1")
    declare(shaping, "code=['sql/*.sql']")
    shaping.build()

    added = shaping.write("sql/b.sql", "select 2")
    assert "file sql/b.sql is new" in shaping.build().line("work")
    added.unlink()
    assert "file sql/b.sql is gone" in shaping.build().line("work")


def test_a_command_has_the_code_that_it_is_given(project: Project) -> None:
    """A command's tool is known by what its declaration says."""
    project.write("tool.py", "import part\nprint(part.VALUE)\n")
    project.write("part.py", "VALUE = 1  # one\n")
    project.write(
        "pipeline.py",
        """\
        from capstone_build import command

        work = command(
            "echo 1 > {outputs.out}", name="work", outputs={"out": "output/out.txt"},
            code=["tool.py"],
        )
        """,
    )
    project.build()
    project.edit("part.py", "# one", "# uno")
    assert is_up_to_date(project)

    project.edit("part.py", "1", "2")

    assert "code changed: part:VALUE (part.py:1)" in project.build().line("work")


def test_two_scripts_that_find_other_modules_by_one_name_both_count(project: Project) -> None:
    """Each script looks into its own folder first."""
    for folder in ("a", "b"):
        project.write(f"{folder}/tool.py", "import part\nprint(part.VALUE)\n")
        project.write(f"{folder}/part.py", "VALUE = 1\n")
    project.write(
        "pipeline.py",
        """\
        from capstone_build import command

        work = command(
            "echo 1 > {outputs.out}", name="work", outputs={"out": "output/out.txt"},
            code=["a/tool.py", "b/tool.py"],
        )
        """,
    )
    project.build()

    for folder in ("a", "b"):
        project.edit(f"{folder}/part.py", "1", "2")
        assert project.build().ran == ["work"], folder


def test_what_a_function_that_is_added_carries_counts(shaping: Project) -> None:
    """Functions made from the same lines differ in what they were given."""
    shaping.write("made.py", "def make(n):\n    def inner():\n        return n\n    return inner\n")
    declare(shaping, "code=[made.make(1), made.make(2)]", "import made")
    shaping.build()

    shaping.edit("pipeline.py", "made.make(2)", "made.make(3)")
    assert shaping.build().ran == ["work"]
    shaping.edit("pipeline.py", "made.make(1)", "made.make(0)")
    assert shaping.build().ran == ["work"]


def test_a_query_that_changes_while_its_stage_runs_is_never_recorded_as_it_was(
    project: Project,
) -> None:
    """The stage is run again, with the query as it is now."""
    query = project.write("top.sql", "select 1")
    project.write(
        "pipeline.py",
        """\
        from pathlib import Path
        from capstone_build import stage

        @stage(outputs={"out": "output/out.txt"}, code=["top.sql"])
        def work() -> str:
            query = Path("top.sql")
            text = query.read_text()
            if text == "select 1":
                query.write_text("select 2")
            return text
        """,
    )

    done = project.build()

    assert project.read("output/out.txt") == "select 2"
    assert "top.sql" in done.out
    query.write_text("select 1")
    assert project.build().ran == ["work"]


def test_what_one_stage_adds_does_not_run_another(shaping: Project) -> None:
    """A declaration's spelling is no code."""
    other = """
    @stage(outputs={"out": "output/other.txt"})
    def other() -> str:
        return helpers.shape("b")
    """
    declare(shaping, 'version="1"')
    text = shaping.read("pipeline.py")
    shaping.write("pipeline.py", STAGE.format(more="", imports="") + other)
    shaping.build()

    shaping.write(
        "pipeline.py",
        STAGE.format(more=", code=[helpers.unrelated], version='1'", imports="") + other,
    )

    assert shaping.build().ran == ["work"]
    assert text != shaping.read("pipeline.py")


# What is ignored.

IGNORING = [
    ("logs.say", "import logs"),
    ("logs", "import logs"),
    ("quiet", "from logs import say as quiet"),
    ("'logs:say'", ""),
    ("'logs'", ""),
]


@pytest.mark.parametrize(("reference", "imports"), IGNORING)
def test_an_edit_of_what_is_ignored_runs_nothing(
    shaping: Project, reference: str, imports: str
) -> None:
    """By object or by name, the function or its module; nor of what only it leads to."""
    declare(shaping, f"ignore=[{reference}]", imports)
    shaping.build()

    shaping.edit("logs.py", '"log: "', '"LOG: "')
    shaping.edit("logs.py", "+= 1", "+= 2")
    shaping.edit("logs.py", "print(_prefix() + text)", "print(_prefix(), text)")

    assert is_up_to_date(shaping)
    shaping.edit("helpers.py", "text.upper()", "text.lower()")
    assert shaping.build().ran == ["work"], "what is not ignored still counts"


@pytest.mark.parametrize(("reference", "imports"), IGNORING)
def test_to_ignore_something_runs_nothing(shaping: Project, reference: str, imports: str) -> None:
    """The stage has been run with what it ignores now: that it was the same then is enough."""
    declare(shaping, "", imports)
    shaping.build()

    declare(shaping, f"ignore=[{reference}]", imports)
    assert is_up_to_date(shaping)

    shaping.edit("logs.py", "+= 1", "+= 2")
    assert is_up_to_date(shaping), "also when it is edited later"


def test_to_ignore_something_excuses_no_other_edit(shaping: Project) -> None:
    """An edit made at the same time counts."""
    shaping.build()

    declare(shaping, "ignore=['logs']")
    shaping.edit("helpers.py", "text.upper()", "text.lower()")

    done = shaping.build()
    assert done.ran == ["work"]
    assert "code changed: helpers:shape" in done.line("work")
    assert "more" not in done.line("work"), "what is ignored is no reason"


def test_what_is_no_longer_ignored_counts(shaping: Project) -> None:
    """Nobody knows how it was when the stage ran."""
    declare(shaping, "ignore=['logs']")
    shaping.build()

    declare(shaping)

    assert "code now used: logs" in shaping.build().line("work")


def test_the_effects_of_an_ignored_module_do_not_count(shaping: Project) -> None:
    """A module is executed when it is imported; ignored, it is not looked at."""
    shaping.write("logs.py", "import os\nos.environ['LEVEL'] = '1'\n\ndef say(text): ...\n")
    declare(shaping, "ignore=['logs']")
    shaping.build()

    shaping.edit("logs.py", "'1'", "'2'")

    assert is_up_to_date(shaping)


def test_an_ignored_decorator_may_become_anything(project: Project) -> None:
    """Whether it registers what it decorates is its own matter, too."""
    project.write(
        "pipeline.py",
        """\
        from capstone_build import stage
        from traced import trace

        @trace
        def helper():
            return "a"

        @trace
        def other():
            return "b"

        @stage(outputs={"out": "output/out.txt"}, ignore=[trace])
        def work() -> str:
            return helper()
        """,
    )
    project.write("traced.py", "def trace(function):\n    return function\n")
    project.build()

    project.write(
        "traced.py",
        """\
        import atexit
        CALLS = []

        def trace(function):
            CALLS.append(function)
            atexit.register(print, function)
            return function
        """,
    )
    assert is_up_to_date(project)
    project.edit("pipeline.py", '"b"', '"B"')
    assert is_up_to_date(project), "nor does what else it decorates matter"
    project.edit("pipeline.py", '"a"', '"A"')
    assert project.build().ran == ["work"]


def test_ignoring_is_each_stages_own(shaping: Project) -> None:
    """What one stage ignores still counts for another."""
    other = """
    @stage(outputs={"out": "output/other.txt"})
    def other() -> str:
        return helpers.shape("b")
    """
    shaping.write("pipeline.py", STAGE.format(more=", ignore=['logs']", imports="") + other)
    shaping.build()

    shaping.edit("logs.py", "+= 1", "+= 2")

    assert shaping.build().ran == ["other"]


# The version.


def test_another_version_runs_the_stage_and_says_so(shaping: Project) -> None:
    """The author knows of a change that nothing shows: a model behind a server, say."""
    shaping.build()
    declare(shaping, "version='1'")
    assert "version is new: 1" in shaping.build().line("work")

    declare(shaping, "version=2")

    assert "version: 1 -> 2" in shaping.build().line("work")
    declare(shaping, "version='2'")
    assert is_up_to_date(shaping), "a number is as good as a text"
    declare(shaping, "version='1'")
    assert shaping.build().restored == ["work"], "seen before"


# What cannot be meant.

WRONG = """\
import logging
from pathlib import Path
import click
from capstone_build import command, stage
import helpers, logs


def made():
    def inner(): ...
    return inner


@stage(outputs={"o": "output/1"}, code=["helprs"])
def no_module() -> str: ...
@stage(outputs={"o": "output/2"}, code=["helpers:shap"])
def no_name() -> str: ...
@stage(outputs={"o": "output/3"}, code=["queries/topp.sql", "sql/*.sql", Path("gone.py")])
def no_file() -> str: ...
@stage(outputs={"o": "output/4"}, code=[3])
def a_number() -> str: ...
@stage(outputs={"o": "output/5"}, code="helpers")
def no_list() -> str: ...
@stage(outputs={"o": "output/6"}, code=["../other.sql"])
def outside() -> str: ...
@stage(outputs={"o": "output/7"}, code=["output/1"])
def generated() -> str: ...
@stage(outputs={"o": "output/8"}, ignore=["pipeline:itself"])
def itself() -> str: ...
@stage(outputs={"o": "output/9"}, ignore=["pipeline"])
def its_module() -> str: ...
@stage(outputs={"o": "output/10"}, ignore=[click.echo, logging])
def libraries() -> str: ...
@stage(outputs={"o": "output/11"}, ignore=["logs:sya", "lgos:say"])
def slips() -> str: ...
@stage(outputs={"o": "output/12"}, ignore=["logs:Log.say", made(), lambda: 0, 3, "a/b.sql"])
def parts() -> str: ...
@stage(outputs={"o": "output/13"}, version=[1])
def version() -> str: ...
@stage(outputs={"o": "output/14"}, code=[logs.say], ignore=["logs"])
def both() -> str: ...
typo = command("true", name="typo", outputs={"o": "output/15"}, ignore="logs", code=["pipeline:x"])
"""

IN_THE_DECLARATION = [
    ("3 in code is no function, class, module or file", "a_number"),
    ("code='helpers' is no list", "no_list"),
    ("'../other.sql' is outside the project", "outside"),
    ("'logs:Log.say' in ignore is part of 'Log', and cannot be ignored by itself", "parts"),
    ("'made.<locals>.inner' in ignore is part of 'made'", "parts"),
    ("'<lambda>' in ignore has no name of its own", "parts"),
    ("3 in ignore is no function, class or module", "parts"),
    ("'a/b.sql' in ignore is no name of code", "parts"),
    ("version=[1] is no text and no number", "version"),
    ("ignore='logs' is no list", "typo"),
]

IN_THE_PROJECT = [
    ("'helprs' in code is no module, and there is no such file", "no_module", "'helpers'"),
    ("'helpers:shap' in code: 'helpers' defines no 'shap'", "no_name", "'helpers:shape'"),
    ("'queries/topp.sql' in code does not exist", "no_file", "'queries/top.sql'"),
    ("'sql/*.sql' in code matches no file", "no_file", ""),
    ("'gone.py' in code does not exist", "no_file", ""),
    ("'output/1' in code is written by stage 'no_module'", "generated", "as an input"),
    ("'pipeline:itself' in ignore takes out the stage's own function", "itself", ""),
    ("'pipeline' in ignore takes out the stage's own function", "its_module", ""),
    ("'click.utils:echo' in ignore is a library's", "libraries", "Ignore the function"),
    ("'logging' in ignore is Python's own, and does not count", "libraries", "Leave it out"),
    ("'logs:sya' in ignore: 'logs' defines no 'sya'", "slips", "'logs:say'"),
    ("'lgos:say' in ignore: there is no module 'lgos'", "slips", "'logs:say'"),
    ("'logs:say' is in code and in ignore", "both", "Leave it out"),
]


def line_of(stage: str, text: str) -> int:
    """Return the line in which the declaration of *stage* begins."""
    lines = text.splitlines()
    index = next(
        i for i, each in enumerate(lines) if f"def {stage}(" in each or each.startswith(stage)
    )
    return index if "def " in lines[index] else index + 1


@pytest.fixture
def wrong(project: Project) -> Project:
    """A project with all mistakes at once."""
    project.write("helpers.py", "def shape(): ...\n")
    project.write("logs.py", "class Log:\n    def say(self): ...\n\ndef say(): ...\n")
    project.write("queries/top.sql", "select 1")
    project.write("pipeline.py", WRONG)
    return project


def test_what_cannot_be_meant_is_told_at_once(wrong: Project) -> None:
    """With the declaration's line and what to do instead."""
    done = wrong.run("build")

    assert done.code == 2
    assert "Traceback" not in done.err
    for words, stage in IN_THE_DECLARATION:
        assert words in done.err, words
        problem = next(each for each in done.err.split("\n\n") if words in each)
        assert f"pipeline.py:{line_of(stage, WRONG)}" in problem, problem
        assert "hint: " in problem


def test_what_is_not_there_is_told_at_once(wrong: Project) -> None:
    """Names and files that do not exist, with those that may be meant."""
    kept = {stage for _, stage, _ in IN_THE_PROJECT}
    head, *stages = WRONG.partition("@stage")[2].rpartition("typo =")[0].split("@stage")
    stages = ["@stage" + each for each in (head, *stages)]
    stages = [each for each in stages if each.partition("def ")[2].partition("(")[0] in kept]
    text = WRONG.partition("@stage")[0] + "".join(stages)
    wrong.write("pipeline.py", text)

    done = wrong.run("build")

    assert done.code == 2
    assert "Traceback" not in done.err
    for words, stage, hint in IN_THE_PROJECT:
        assert words in done.err, words
        problem = next(each for each in done.err.split("\n\n") if words in each)
        assert f"pipeline.py:{line_of(stage, text)}" in problem, problem
        assert hint in problem.partition("hint: ")[2], problem
    assert not wrong.exists("output"), "nothing ran"


def test_what_is_wrong_with_a_stage_that_is_not_needed_is_no_obstacle(wrong: Project) -> None:
    """As for missing sources."""
    wrong.write(
        "pipeline.py",
        """\
        from capstone_build import command

        good = command("echo 1 > {outputs.o}", name="good", outputs={"o": "output/good"})
        bad = command("true", name="bad", outputs={"o": "output/bad"}, code=["no.sql"])
        """,
    )

    assert wrong.build("good").ran == ["good"]
    assert wrong.run("build", "bad").code == 2
