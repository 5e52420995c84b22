"""
How the pages of this folder become a site.

    python -m sphinx -E -W --keep-going -d .cache/site docs output/site

The pages are plain Markdown that reads well without it. What is added here: the
navigation, which is what `index.md` lists, the two pages of reference, made of
the command's own help and of the docstrings, and what was measured. Any link that leads nowhere, to
a heading too, is a warning, and `-W` makes that an error.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import click
from sphinx.application import Sphinx

import capstone_build
from capstone_build import errors
from capstone_build.cli import capstone

project = "capstone"
version = release = capstone_build.__version__
html_title = "capstone"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["*.json"]
suppress_warnings = ["myst.header"]  # a page may begin its sections at any depth

html_theme = "furo"  # brings its own styles, and fetches no font and no script
html_copy_source = False
html_show_copyright = False
html_show_search_summary = False  # it fetches the pages, which no browser lets a file do
html_permalinks_icon = "#"

myst_heading_anchors = 4
smartquotes = False
default_role = "code"  # `x` in docstrings is what it is in Markdown
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
add_module_names = False


def navigation(page: str) -> str:
    """Turn each list of links below a heading into a part of the navigation."""
    parts = [page]
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        pages = re.findall(r"^\* \[[^\]]+\]\(([\w-]+)\.md\)", section, re.MULTILINE)
        if pages:
            heading = section.partition("\n")[0]
            parts += [f"```{{toctree}}\n:hidden:\n:caption: {heading}\n", *pages, "```"]
    return "\n".join(parts)


def help_of_commands(page: str) -> str:
    """Add what the command says of itself: every command, with every option."""
    context = click.Context(capstone, info_name="capstone", **capstone.context_settings)
    parts = [page, said(capstone.epilog or "")]
    for name in capstone.list_commands(context):
        _, command, _ = capstone.resolve_command(context, [name])
        inner = click.Context(command or capstone, info_name=name, parent=context)
        options = [
            each for each in inner.command.get_params(inner) if isinstance(each, click.Option)
        ]
        records = [each.get_help_record(inner) or ("", "") for each in options]
        usage = inner.command.get_usage(inner).removeprefix("Usage: ")
        parts += [f"## {name}", f"```text\n{usage}\n```", said(inner.command.help or "")]
        parts.append("\n".join(f"* `{spelling}`: {said(text)}" for spelling, text in records))
    return "\n\n".join(parts)


def said(text: str) -> str:
    """Return a command's plain text as Markdown, in which only code in backticks is marked up."""
    plain = re.sub(r"([*_<>\[\]\\])", r"\\\1", inspect.cleandoc(text).replace("\b\n", ""))
    return re.sub(r"`[^`]*`", lambda code: code[0].replace("\\", ""), plain)


def surface(page: str) -> str:
    """Add what the package exports, then every error, with the docstring of each."""
    parts = [page, "## Names", "```{eval-rst}"]
    for name in capstone_build.__all__:
        exported = getattr(capstone_build, name)
        if not (inspect.isclass(exported) and issubclass(exported, errors.CapstoneError)):
            kind = "class" if inspect.isclass(exported) else "function"
            members = "   :members:\n" if kind == "class" else ""
            parts.append(f".. auto{kind}:: capstone_build.{name}\n{members}")
    parts += ["```", "## Errors", "```{eval-rst}"]
    for error in vars(errors).values():
        if inspect.isclass(error) and issubclass(error, errors.CapstoneError):
            place = f"{error.__module__}.{error.__name__}"
            parts.append(f".. autoexception:: {place}\n   :show-inheritance:\n")
            parts.append(f"   Exit code {error.exit_code}.\n")
    return "\n".join([*parts, "```"])


def figures(_page: str) -> str:
    """Show what was measured: the page stands beside the programs that measure."""
    return (Path(__file__).parents[1] / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")


GENERATED = {
    "index": navigation,
    "commands": help_of_commands,
    "api": surface,
    "measured": figures,
}
"""What is made of a page."""


def generate(_site: Sphinx, name: str, source: list[str]) -> None:
    """Make a page that has just been read what it is to be."""
    if name in GENERATED:
        source[0] = GENERATED[name](source[0])


def setup(site: Sphinx) -> None:
    """Be asked for each page."""
    site.connect("source-read", generate)
