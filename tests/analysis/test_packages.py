"""Packages count by version where they are used, and by content where they are source."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from capstone_build.analysis import ProjectCode
from capstone_build.core.fingerprint import Aspect, Fingerprint
from capstone_build.core.stage import Symbol

PIPELINE = """\
import grain


def work(text):
    return grain.cut(text)


def other(text):
    return text
"""

Judge = Callable[..., Fingerprint]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Return what gives a fingerprint with a folder of installed packages."""
    count = 0

    def of(
        site: dict[str, str], pipeline: str = PIPELINE, start: str = "pipeline:work"
    ) -> Fingerprint:
        nonlocal count
        count += 1
        files = {f"site-packages/{name}": text for name, text in site.items()}
        for name, text in {**files, "project/pipeline.py": pipeline}.items():
            path = tmp_path / str(count) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        root = tmp_path / str(count)
        monkeypatch.setattr(sys, "path", [str(root / "site-packages")])
        return ProjectCode([root / "project"], {}).closure([Symbol(start)]).fingerprint()

    return of


def installed(
    name: str, version: str, *requirements: str, origin: object = None, modules: str = ""
) -> dict[str, str]:
    """Return the files of an installed distribution."""
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requirements)
    files = {
        f"{name}/__init__.py": f"def cut(text):\n    return {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/RECORD": f"{name}/__init__.py,{modules},\n",
    }
    if origin is not None:
        files[f"{info}/direct_url.json"] = json.dumps(origin)
    return files


def test_new_version_of_what_is_used(judge: Judge) -> None:
    """A stage that calls a package depends on its version."""
    assert judge(installed("grain", "1.0")) != judge(installed("grain", "1.1"))


def test_new_version_of_what_another_stage_uses(judge: Judge) -> None:
    """A stage that does not call the package does not."""
    start = "pipeline:other"

    before = judge(installed("grain", "1.0"), start=start)

    assert before == judge(installed("grain", "1.1"), start=start)


def test_new_version_of_what_nobody_uses(judge: Judge) -> None:
    """The whole environment is not compared."""
    grain = installed("grain", "1.0")

    before = judge({**grain, **installed("spare", "1.0")})

    assert before == judge({**grain, **installed("spare", "1.1")})


def test_new_version_of_a_requirement(judge: Judge) -> None:
    """What a package requires counts with it, however far."""
    grain = {**installed("grain", "1.0", "Mill_Stone>=1"), **installed("mill_stone", "1", "water")}
    before = judge({**grain, **installed("water", "1.0")})

    assert before != judge({**grain, **installed("water", "1.1")})
    assert (Aspect.PACKAGE, "mill-stone") in before


def test_optional_requirement_that_is_there(judge: Judge) -> None:
    """What a package uses if it is there counts; what only its developers need does not."""
    grain = installed("grain", "1.0", 'fast; extra == "speed"', 'spec; extra == "test"')
    fast, spec = installed("fast", "1"), installed("spec", "1")
    before = judge({**grain, **fast, **spec})

    assert before != judge({**grain, **installed("fast", "2"), **spec})
    assert before == judge({**grain, **fast, **installed("spec", "2")})
    assert (Aspect.PACKAGE, "fast") in before
    assert (Aspect.PACKAGE, "spec") not in before


def test_package_that_comes_and_goes(judge: Judge) -> None:
    """Not being installed is a state like a version."""
    assert judge({}) != judge(installed("grain", "1.0"))


def test_editable_package_counts_by_content(judge: Judge, tmp_path: Path) -> None:
    """What is installed to be worked on is source, symbol by symbol."""
    source = tmp_path / "grain-source" / "src" / "grain"
    source.mkdir(parents=True)
    origin = {"url": (tmp_path / "grain-source").as_uri(), "dir_info": {"editable": True}}
    site = installed("grain", "1.0", origin=origin)
    del site["grain/__init__.py"]
    site["grain-1.0.dist-info/RECORD"] = "_grain.pth,,\n"
    text = "def cut(text):\n    return 1\n\n\ndef other():\n    return 1\n"

    (source / "__init__.py").write_text(text)
    before = judge(site)
    (source / "__init__.py").write_text(text.replace("other():\n    return 1", "other(): return 2"))
    unrelated = judge(site)
    (source / "__init__.py").write_text(text.replace("return 1", "return 2", 1))
    changed = judge(site)

    assert before == unrelated
    assert before != changed
    assert (Aspect.CODE, "grain:cut") in before


def test_package_installed_from_a_path_counts_by_content(judge: Judge) -> None:
    """The version of what is built from a folder says nothing: its files do."""
    origin = {"url": "file:///somewhere", "dir_info": {}}

    before = judge(installed("grain", "1.0", origin=origin, modules="sha256=a"))

    assert before != judge(installed("grain", "1.0", origin=origin, modules="sha256=b"))


def test_folder_without_a_distribution_counts_by_content(judge: Judge) -> None:
    """Modules that merely lie on the import path are source."""
    before = judge({"grain.py": "def cut(text):\n    return 1\n"})

    assert before != judge({"grain.py": "def cut(text):\n    return 2\n"})


def test_package_imported_for_its_effects(judge: Judge) -> None:
    """An import whose name nothing uses is there for what it does."""
    pipeline = "import grain\n\n\ndef work(text):\n    return text\n"

    before = judge(installed("grain", "1.0"), pipeline)

    assert before != judge(installed("grain", "1.1"), pipeline)


@pytest.mark.parametrize(
    "pipeline",
    [
        "import grain\n\n\n@grain.tool\ndef work(text):\n    'One.'\n    return text\n",
        "from grain import App\n\napp = App()\n\n\n@app.command()\ndef work(text):\n    'One.'\n",
        "import grain\n\n\ndef tool():\n    'One.'\n\n\ndef work():\n    grain.use(tools=[tool])\n",
        "import grain\n\n\nclass work(grain.Model):\n    'One.'\n\n    size: int\n",
        "import grain\n\n\nclass Base(grain.Model):\n    pass\n\n\nclass work(Base):\n    'One.'\n",
    ],
)
def test_texts_that_a_library_may_read(judge: Judge, pipeline: str) -> None:
    """Docstrings of what is handed to a library count: a model's, a tool's, a command's."""
    site = installed("grain", "1.0")

    assert judge(site, pipeline) != judge(site, pipeline.replace("One.", "Two."))


def test_texts_that_a_library_only_passes_by(judge: Judge) -> None:
    """A library that only calls what it is given reads no docstring."""
    site = installed("pandas", "1.0")
    pipeline = "import pandas\n\n\ndef f(x):\n    'One.'\n\n\ndef work(t):\n    pandas.apply(f)\n"

    assert judge(site, pipeline) == judge(site, pipeline.replace("One.", "Two."))


def test_forward_reference_of_a_model(judge: Judge) -> None:
    """A model's annotation in quotes leads to what it names."""
    site = installed("grain", "1.0")
    pipeline = (
        "import grain\n\n\nclass Inner(grain.Model):\n    size: int\n\n\n"
        'class work(grain.Model):\n    inner: "list[Inner]"\n'
    )

    assert judge(site, pipeline) != judge(site, pipeline.replace("size: int", "size: float"))
