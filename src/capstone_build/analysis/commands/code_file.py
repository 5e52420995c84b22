"""
Files of code, by their names and first lines.

Knows which languages count as code, and how files of it name each other; does
not understand any but by looking for words.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path, PurePosixPath


class Language(Enum):
    """How a file is read."""

    PYTHON = "python"
    NOTEBOOK = "notebook"
    SHELL = "shell"
    OTHER = "other"
    """Code that counts by its bytes, in which only names of files are looked for."""
    NONE = "none"
    """No code: data, configuration."""


_OTHERS = """
    .r .rmd .qmd .rnw .sql .ddl .dml .hql .prql .cypher .awk .sed .jq .jl .pl .pm .rb .js .mjs
    .cjs .ts .lua .php .tcl .do .ado .sas .sps .m .gp .gnuplot .plt .mk .smk .nf .wdl .stan
    .bugs .jags .c .h .cc .cpp .hpp .rs .go .java .scala .kt .cs .f90 .f .pyx .xsl .xslt .xq
    .xquery .sparql .rq .vim .ps1 .scm .clj .hs .ml .ex .exs .erl .dot .tex .j2 .jinja .jinja2
    .mustache .proto .pyz .jar .fish .ipy
"""

_SUFFIXES = {
    **dict.fromkeys((".py", ".pyw"), Language.PYTHON),
    ".ipynb": Language.NOTEBOOK,
    **dict.fromkeys((".sh", ".bash", ".zsh", ".ksh", ".dash"), Language.SHELL),
    **dict.fromkeys(_OTHERS.split(), Language.OTHER),
}
_NAMES = frozenset({"makefile", "gnumakefile", "snakefile", "justfile", "dockerfile"})

_MENTION = re.compile(r"[\w@%+./~-]*\w\.[A-Za-z]\w{0,9}(?![\w/.])")


def by_name(path: str) -> Language:
    """Return the language that a file's name tells."""
    name = PurePosixPath(path).name.lower()
    if name in _NAMES:
        return Language.OTHER
    return _SUFFIXES.get(PurePosixPath(name).suffix, Language.NONE)


def language(path: str) -> Language:
    """Return the language of an existing file: by its name or, if it can be run, its first line."""
    found = by_name(path)
    if found is not Language.NONE or not os.access(path, os.X_OK):
        return found
    try:
        with Path(path).open("rb") as file:
            first = file.readline(200)
    except OSError:
        return Language.NONE
    if not first.startswith(b"#!"):
        # What can be run is code, but for data on disks on which all files can.
        is_binary = first.startswith((b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"))
        return Language.OTHER if is_binary else Language.NONE
    if b"python" in first or b"uv run" in first:
        return Language.PYTHON
    return Language.SHELL if re.search(rb"\b(ba|da|z|k)?sh\b", first) else Language.OTHER


def mentions(text: str) -> Iterator[str]:
    """Yield what looks like the name of a file in code or in a literal, each once."""
    yield from dict.fromkeys(_MENTION.findall(text))
