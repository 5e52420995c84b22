"""The pages of `docs/` become a site in which every link leads somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import click
import pytest

import capstone_build
from capstone_build.cli import capstone
from tests.page import blocks, page, typed

DOCS = Path(__file__).parents[1] / "docs"


def built(docs: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the site as its own page says, but for where."""
    (block,) = blocks(page("docs/index.md"))
    ((line, _),) = typed(block.text)
    places = {"python": sys.executable, ".cache/site": f"{site}.trees", "docs": str(docs)}
    places["output/site"] = str(site)
    return subprocess.run(
        [places.get(word, word) for word in line.split()],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly."""
    folder = tmp_path_factory.mktemp("site") / "html"
    done = built(DOCS, folder)
    assert done.returncode == 0, done.stderr
    return folder


def text_of(page: Path) -> str:
    """Return what a page says, without its mark-up."""
    return unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_every_command_and_every_name_has_its_reference(site: Path) -> None:
    """They are made of what the command and the docstrings say now."""
    commands = text_of(site / "commands.html")
    context = click.Context(capstone)
    for name in capstone.list_commands(context):
        command = capstone.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(limit=40).removesuffix("...") in " ".join(
            commands.split()
        )
        for option in (each for each in command.params if isinstance(each, click.Option)):
            assert option.opts[-1] in commands, f"{name} {option.opts}"
    names = (site / "api.html").read_text(encoding="utf-8")
    for name in capstone_build.__all__:
        assert re.search(rf'id="capstone_build\.(errors\.)?{name}"', names), name


def test_the_site_works_without_a_network(site: Path) -> None:
    """No page asks anybody else for a font, a style, a script or a picture."""
    pages = list(site.glob("*.html"))
    assert len(pages) > len(list(DOCS.glob("*.md")))
    for each in pages:
        text = each.read_text(encoding="utf-8")
        assert not re.findall(r"<(?:script|link|img|iframe)\b[^>]*[\"']\s*(?:https?:)?//", text)
    for style in site.glob("_static/**/*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//", style.read_text(encoding="utf-8")), style


def test_a_dead_link_fails(tmp_path: Path) -> None:
    """To a page, or to a heading, of the same page or another."""
    docs = tmp_path / "docs"
    docs.mkdir()
    shutil.copy(DOCS / "conf.py", docs)
    links = ["[a](nowhere.md)", "[b](#nowhere)", "[c](code.md#nowhere)", "[d](code.md#code)"]
    (docs / "index.md").write_text(
        "# Site\n\n## Pages\n\n* [Code](code.md)\n\n" + "\n\n".join(links)
    )
    (docs / "code.md").write_text("# Code\n")

    done = built(docs, tmp_path / "site")

    assert done.returncode != 0
    assert re.findall(r"index\.md:(\d+): WARNING", done.stderr) == ["7", "9", "11"]
