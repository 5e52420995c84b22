"""
Libraries: what the project's modules import from outside, and may be loaded ahead of them.

Knows source, modules and where packages are installed; does not know who loads
them ahead (`capstone_build.hosting.zygote`), nor the pipeline. What is in doubt is not
among them: it is loaded when the project asks for it, and costs time.
"""

from __future__ import annotations

import ast
import os
import site
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FrameType, ModuleType
from typing import Any

from capstone_build.core.digest import Digest

_CHANGES = frozenset({"os.putenv", "os.unsetenv"})


class Libraries:
    """
    What the project's modules import from outside, as it is seen while they are imported.

    Args:
        known: What modules import, by the digest of their source, as far as it was read before.
        ahead: What was loaded ahead of the project.
        is_project: Tells whether a frame runs code of the project.
    """

    def __init__(
        self,
        known: Mapping[Digest, list[str]],
        ahead: Iterable[str],
        is_project: Callable[[FrameType], bool],
    ) -> None:
        self._known = known
        self._ahead = list(ahead)
        self._is_project = is_project
        self._imported: dict[Digest, list[str]] = {}
        self._before: frozenset[str] | None = None
        self._is_seeing = True
        sys.addaudithook(self._saw)

    def compiled(self, digest: Digest, source: bytes) -> None:
        """Take note of a module that is compiled from *source*."""
        self._imported[digest] = self._known.get(digest) or list(imported_names(source))

    def told(self) -> dict[str, Any]:
        """
        Look no more; return what was seen, as JSON can say it.

        `names` are those of the modules that may be loaded ahead, in the order
        in which the project names them; `imported` what is `known` to the next
        host; `files`, where the names are not those that were loaded ahead, that
        of each module that there is.
        """
        self._is_seeing = False
        loaded = sys.modules.keys() if self._before is None else self._before
        places = installed_in()
        asked = dict.fromkeys(name for names in self._imported.values() for name in names)
        names = [
            name
            for name in asked
            if name in loaded and (file_of(sys.modules.get(name)) or "").startswith(places)
        ]
        told: dict[str, Any] = {"names": names, "imported": self._imported}
        if names != self._ahead:
            told["files"] = {name: file_of(module) for name, module in dict(sys.modules).items()}
        return told

    def _saw(self, event: str, _arguments: tuple[Any, ...]) -> None:
        """See the project change the environment: what it loads then may depend on that."""
        if event in _CHANGES and self._is_seeing and self._before is None:
            frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 (who does it)
            while frame is not None:
                if self._is_project(frame):
                    self._before = frozenset(sys.modules)
                    return
                if frame.f_code.co_filename.startswith("<frozen importlib"):
                    return  # a library, while it is loaded: ahead, it does the same
                frame = frame.f_back


def imported_names(source: bytes) -> Iterator[str]:
    """Yield what may be the name of a module that *source* imports."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in node.names)


def file_of(module: ModuleType | None) -> str | None:
    """Return the file of a module; None if it has none, or did not come by an import."""
    spec = getattr(module, "__spec__", None)
    return spec.origin if spec is not None and spec.has_location else None


def installed_in() -> tuple[str, ...]:
    """Return the folders of installed packages, each with a separator at its end."""
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    folders |= set(site.getsitepackages())
    if site.ENABLE_USER_SITE:
        folders.add(site.getusersitepackages())
    return tuple(sorted(os.path.join(each, "") for each in folders if each in sys.path))  # noqa: PTH118 (compared with text)
