"""
Sources: the summaries of the project's modules, each file read once.

Knows which module has which summary; does not know what names in them mean.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from capstone_build.analysis.file.abreast import summarised_abreast
from capstone_build.analysis.file.notebook import is_notebook, notebook_code
from capstone_build.analysis.file.summary import VERSION, Summary, summarise
from capstone_build.analysis.names.ahead import led_to
from capstone_build.analysis.names.modules import Module, Modules, Root
from capstone_build.analysis.names.packages import OWN, Missing, Packages, SourceAt
from capstone_build.core.digest import Digest, digest_bytes, digest_fields
from capstone_build.core.stage import Location

_NOTHING = Summary()

MANY = 20
"""Files that are worth summarising together, on all cores."""


class SummaryMemory(Protocol):
    """Where summaries are kept between two looks, by key; a `dict` is one."""

    def get(self, key: str, /) -> str | None:
        """Return what was kept under this *key*; None if nothing was."""

    def __setitem__(self, key: str, text: str, /) -> None:
        """Keep *text* under this *key*."""


class FileMemory(Protocol):
    """Reads files, and tells those that have surely not changed since they were read before."""

    def known(self, file: str, /) -> Digest | None:
        """Return the digest of what *file* holds; None if it has to be read to know."""

    def content(self, file: str, /) -> bytes:
        """Return what *file* holds now."""


class NoFileMemory:
    """Knows no file, and reads each."""

    def known(self, file: str, /) -> Digest | None:
        """Return nothing."""
        del file
        return None

    def content(self, file: str, /) -> bytes:
        """Return what *file* holds now."""
        return Path(file).read_bytes()


class Sources:
    """
    Summaries by module.

    Args:
        roots: Where the project's modules are.
        base: The project's folder, from which files are named.
        memory: Summaries made earlier, by content.
        packages: Who provides what the project does not have.
        files: Reads files, or knows that it need not.
    """

    def __init__(
        self,
        roots: Sequence[Root],
        base: str,
        memory: SummaryMemory,
        packages: Packages,
        files: FileMemory,
    ) -> None:
        self.modules = Modules(roots)
        self.base = base
        self.packages = packages
        self._memory = memory
        self._files = files
        self.questions: dict[str, set[str]] = {}
        """The names that were asked of each module; with `()` where it was asked what they do."""
        self.sought: set[str] = set()
        """The names of modules that were looked for."""
        self.placed: set[str] = set()
        """The names that files go by which are looked for nowhere."""
        self._looked: set[str] = set()
        self._found: dict[str, Module | None] = {}
        self._spelled: dict[str, str] = {}
        self._contents: dict[str, bytes] = {}
        self._texts: dict[str, bytes] = {}
        self._ahead: set[str] = set()
        self.digests: dict[str, Digest] = {}
        """What each file that was looked at holds, as it is on disk."""
        self._summaries: dict[tuple[str, bool], Summary] = {}
        self._of_modules: dict[tuple[str, bool], Summary] = {}

    def find(self, name: str) -> Module | None:
        """
        Return the module called *name* if it is source that counts by content.

        One that neither the project's roots nor an installed package have is
        looked for in the project's other folders, since a program may add
        them to its import path.
        """
        if name not in self._found:
            self.sought.add(name)
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> Module | None:
        top = name.partition(".")[0]
        if top == OWN:
            return None  # though it may lie in the project: where it is worked on
        if (found := self.modules.find(name)) is not None and found.file is not None:
            return found
        if top not in self._looked and (found is None or self.modules.find(top) is None):
            self._looked.add(top)
            self._look_further(top)
        return self.modules.find(name)

    def _look_further(self, top: str) -> None:
        provider = self.packages.provider(top)
        if isinstance(provider, SourceAt):
            self.modules.extend(top, provider.folder)
        elif isinstance(provider, Missing) and (folders := self.modules.elsewhere(top)):
            self.modules.extend(top, folders[0])
        self._forget_places()

    def place(self, name: str, file: str) -> None:
        """Let *file*, a script that runs, be the module called *name*."""
        self.modules.place(name, file)
        self.placed.add(name)
        self._forget_places()

    def _forget_places(self) -> None:
        """Find modules anew: they may lie elsewhere from now on."""
        self._found.clear()
        self._of_modules.clear()

    def summary(self, name: str, *, exact: bool = False) -> Summary:
        """Return what the module called *name* says; nothing if it has no source."""
        known = self._of_modules.get((name, exact))
        if known is None:
            found = self.find(name)
            file = found.file if found is not None and found.is_source else None
            known = _NOTHING if file is None else self.of_file(file, exact=exact)
            self._of_modules[name, exact] = known
        return known

    def asked(self, module: str, name: str, *, inside: bool = False) -> Summary:
        """
        Return what *module* says, to be asked for the global *name* from anywhere.

        What is asked is noted: a module that answers as before leaves whoever
        asked where they were, whatever else in it was edited.

        Args:
            module: Whose global.
            name: Which; `__all__` for what a star import brings.
            inside: Whether it is asked what the definition does, not only what it is.
        """
        self.questions.setdefault(module, set()).add(f"{name}()" if inside else name)
        return self.summary(module)

    def binds(self, module: str, name: str) -> bool:
        """Tell whether a statement of *module* binds *name*."""
        return name in self.asked(module, name).binders

    def of_file(self, file: str, *, exact: bool = False) -> Summary:
        """Return what *file* says."""
        key = (file, exact)
        if key not in self._summaries:
            self._summaries[key] = self._recall(file, exact=exact)
        return self._summaries[key]

    def _recall(self, file: str, *, exact: bool) -> Summary:
        key = _key(file, self.digest(file), exact=exact)
        known = self._memory.get(key)
        if known is None and not exact:
            self._read_ahead(file)
            known = self._memory.get(key)
        if known is not None:
            try:
                return Summary.from_json(known)
            except (ValueError, TypeError, KeyError):
                pass  # a damaged memory costs time, never a wrong answer
        summary = summarise(self.text(file), exact=exact)
        self._memory[key] = summary.to_json()
        return summary

    def _read_ahead(self, file: str) -> None:
        """Summarise what *file* and its imports lead to, if nobody has, and it is much."""
        unread: dict[str, bytes] = {}
        waiting = [file]
        while waiting:
            each = waiting.pop()
            if each in self._ahead or is_notebook(each):
                continue
            self._ahead.add(each)
            digest = self._files.known(each) or digest_bytes(self._content(each))
            key = _key(each, digest, exact=False)
            if self._memory.get(key) is None:
                text = unread[key] = self._content(each)
                waiting += led_to(each, text, self.modules)
        if len(unread) >= MANY:
            keys = list(unread)
            for place, summary in summarised_abreast(list(unread.values())).items():
                self._memory[keys[place]] = summary

    def digest(self, file: str) -> Digest:
        """Return the digest of what *file* holds, without reading it where that is known."""
        if file in self._texts and file not in self.digests:
            return digest_bytes(self._texts[file])
        if file not in self.digests:
            known = self._files.known(file)
            if known is None:
                self.text(file)
            else:
                self.digests[file] = known
        return self.digests[file]

    def text(self, file: str) -> bytes:
        """Return the content of *file* as Python source; nothing if it is gone."""
        if file not in self._texts:
            content = self._content(file)
            digest = digest_bytes(content)
            if self.digests.setdefault(file, digest) != digest:
                # It changed between two looks: no content is what was read of it.
                self.digests[file] = digest_fields("changed", self.digests[file], digest)
            self._texts[file] = notebook_code(content) if is_notebook(file) else content
        return self._texts[file]

    def _content(self, file: str) -> bytes:
        """Return the content of *file*, which is read once; nothing if it is gone."""
        if file not in self._contents:
            try:
                self._contents[file] = self._files.content(file)
            except OSError:
                self._contents[file] = b""
        return self._contents[file]

    def supply(self, file: str, text: bytes) -> None:
        """Let *text* be what *file* says, which is not on disk."""
        self._texts[file] = self._contents[file] = text

    def where(self, file: str, line: int) -> Location:
        """Return the place of *line* in *file*, from the project's root where it lies inside."""
        return Location(self.spell(file), line)

    def spell(self, file: str) -> str:
        """Return the name of *file*: from the project's folder if it lies there, else absolute."""
        if file not in self._spelled:
            inside = file.removeprefix(os.path.join(self.base, ""))  # noqa: PTH118 - by text
            self._spelled[file] = Path(inside).as_posix()
        return self._spelled[file]


def _key(file: str, digest: Digest, *, exact: bool) -> str:
    """Return what the summary of *file* is kept under."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    form = "exact" if exact else "plain"
    cells = " cells" if is_notebook(file) else ""
    return f"summary {VERSION} {form}{cells} {python} {digest}"
