"""
The witness: notes what a Python reads of the project while a stage runs.

Knows the project's folder and the events that Python tells of (PEP 578); does
not know what the stage declares, so it notes all and judges nothing. It never
disturbs: what it cannot note, it leaves.

What it does not see: files that a library opens without Python (in C++ or
Rust), and whether a file that is not opened exists.
"""

from __future__ import annotations

import importlib
import os
import shlex
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

Note = dict[str, Any]
"""
What was seen, as JSON can say it.

`kind` is one of `read`, `wrote`, `uses` (a file that may be both), `missed` (a file
that is not there was asked for), `listed` (a folder), `loaded` (a file was
executed as a module), `ran` (as a program), `looked up` (a module, or a definition
in it, was asked for by name) and `variable`; `name` is a path from the project's
root, a symbol or a variable.
`state` is what the file system said of a file: size, times of its change in
nanoseconds, inode; None if it is not there. `names` are those in a folder. `by`
is the place in the project's source that did it, `during` the lines of modules
that were being executed at that time, innermost first.
"""

MEMORY_FOLDER = ".cache"
"""The engine's own: what is read there is none of the project's."""

_ENGINE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")  # noqa: PTH100, PTH118, PTH120 (compared with text)
"""What runs here is nobody's code but the engine's, though a project may be around it."""

_NOT_OURS = frozenset({"__pycache__", ".git", ".ipynb_checkpoints", "site-packages"})
_IMPORT_SYSTEM = ("<frozen importlib", "<frozen zipimport")
_RUNNER = ("<frozen runpy>", "runpy.py")
_CODE = (".py", ".pyc", ".pyi")


class Witness:
    """
    Notes what the present process reads.

    Args:
        root: The project's folder.
        take: Is given each note.
    """

    def __init__(self, root: str, take: Callable[[Note], None]) -> None:
        self._prefixes = tuple(
            dict.fromkeys(os.path.join(each, "") for each in (root, os.path.realpath(root)))  # noqa: PTH118 (this runs on every file that is opened)
        )
        self._environment = tuple(
            os.path.join(each, "")  # noqa: PTH118 (as above)
            for each in {sys.prefix, sys.base_prefix, sys.exec_prefix}
            if each.startswith(self._prefixes)
        )
        self._take = take
        self._noted: set[tuple[str, str]] = set()
        self._places: dict[str, str | None] = {}
        self._extended: set[str] = set()
        self._handlers: dict[str, Callable[..., None]] = {
            "open": self._opened,
            "os.listdir": self._listed,
            "os.scandir": self._listed,
            "os.rename": self._renamed,
            "sqlite3.connect": self._connected,
            "os.mkdir": self._made,
            "subprocess.Popen": self._started,
            "os.system": self._started,
            "os.exec": self._started,
            "os.posix_spawn": self._started,
            "pickle.find_class": self._unpickled,
            "cpython.run_file": self._ran,
        }

    def start(self) -> None:
        """Begin to see; there is no end but that of the process."""
        sys.addaudithook(self._saw)
        self._see_imports()

    def turn_to(self, take: Callable[[Note], None]) -> None:
        """Give the notes to another taker from now on, what was noted before among them."""
        self._noted = set()
        self._take = take

    def expect(self, names: Iterable[str]) -> None:
        """Take no note of it when these files are read: that is declared."""
        self._noted.update(("read", name) for name in names)

    def loaded(self, file: str) -> None:
        """Note that the source in *file* is executed as a module."""
        if (name := self._inside(file)) is not None:
            self._note("loaded", name)

    def is_project(self, frame: FrameType) -> bool:
        """Tell whether *frame* runs code of the project."""
        return self._place(frame) is not None

    # What Python tells.

    def _saw(self, event: str, arguments: tuple[Any, ...]) -> None:
        handler = self._handlers.get(event)
        if handler is not None:
            try:
                handler(*arguments)
            except Exception:  # noqa: S110 (a witness that fails must not make the stage fail)
                pass

    def _opened(self, path: Any, _mode: Any, flags: Any) -> None:
        name = self._inside(path)
        if name is None:
            return
        opener = _opener()
        if opener is None:
            return  # the program that this Python runs, which is told besides
        if opener.f_code.co_filename.endswith(_RUNNER):
            self._note("ran", name)
            return
        if name.endswith(_CODE) and (_is_import_system(opener) or _shows_a_line(opener)):
            return
        access = flags & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)
        if access == os.O_RDONLY:
            self._note_file("read", name, path)
        elif flags & (os.O_TRUNC | os.O_EXCL) or (access == os.O_WRONLY and not _extends(path)):
            self._note("wrote", name)
        elif access == os.O_WRONLY:
            self._extended.add(name)  # what was there counts for who reads it too
        else:
            self._note_file("uses", name, path)

    def _connected(self, database: Any, *_: Any) -> None:
        text = os.fsdecode(database).removeprefix("file:").partition("?")[0]
        if (name := self._inside(text)) is not None:
            self._note_file("uses", name, text)

    def _listed(self, path: Any = None, *_: Any) -> None:
        name = self._inside("." if path is None else path)
        if name is None or ("listed", name) in self._noted:
            return
        lister = sys._getframe(2)  # noqa: SLF001 (who lists it)
        if not (_is_import_system(lister) or _looks_for_packages(lister)):
            self._noted.add(("listed", name))  # to list it is to come here again
            self._write("listed", name, names=sorted(os.listdir(path)))  # noqa: PTH208 (names)

    def _renamed(self, _source: Any, target: Any, *_: Any) -> None:
        if (name := self._inside(target)) is not None:
            self._note("wrote", name)

    def _made(self, folder: Any, *_: Any) -> None:
        if (name := self._inside(folder)) is not None:
            self._note("wrote", name)

    def _started(self, program: Any, arguments: Any = (), folder: Any = None, *_: Any) -> None:
        """Note the files that the project's code gives to a program: itself, scripts, data."""
        if not any(self._place(frame) for frame in _frames()):
            return  # a command: its text tells
        for word in _words([program, *([arguments] if _is_text(arguments) else arguments)]):
            path = os.path.join(os.fsdecode(folder) if _is_text(folder) else "", word)  # noqa: PTH118 (as above)
            name = self._inside(path)
            if name and os.path.isfile(path):  # noqa: PTH113 (as above)
                if name.endswith(".py"):
                    self._note("ran", name)
                else:
                    self._note_file("uses", name, path)

    def _unpickled(self, module: str, name: str) -> None:
        self._looked_up(module, name)

    def _ran(self, file: Any) -> None:
        if (name := self._inside(file)) is not None:
            self._note("ran", name)

    # What it does not tell.

    def _see_imports(self) -> None:
        """See libraries ask for modules of the project by name, loaded before or not."""
        import_module = importlib.import_module

        def seen(name: str, package: str | None = None) -> Any:
            module = import_module(name, package)
            try:
                # What the project itself imports is told by its source.
                if self._place(sys._getframe(1)) is None:  # noqa: SLF001 (who imports)
                    self._looked_up(module.__name__, "")
            except Exception:  # noqa: S110 (as in `_saw`)
                pass
            return module

        importlib.import_module = seen

    def _looked_up(self, module: str, name: str) -> None:
        file = getattr(sys.modules.get(module), "__file__", None)
        is_file = isinstance(file, str) and not file.startswith(_ENGINE)
        if is_file and self._inside(file) is not None:
            self._note("looked up", f"{module}:{name}")

    def variable(self, name: str, reader: FrameType) -> None:
        """Note that *reader* read a variable, if it is the project's; libraries read many."""
        if self._place(reader) is not None and not self._is_of_library(name):
            self._note("variable", name)

    def _is_of_library(self, variable: str) -> bool:
        """
        Whether a *variable* is called like a library that is imported: `PYARROW_...`.

        What is compiled has no frame, so that whoever calls it seems to read its variables.
        """
        top = variable.partition("_")[0].lower()
        file = getattr(sys.modules.get(top), "__file__", None)
        is_installed = isinstance(file, str) and top not in sys.stdlib_module_names
        return is_installed and self._inside(file) is None

    def missing(self, path: Any, asker: FrameType) -> None:
        """Note that *asker* asked for a file that is not there, if it is the project's."""
        if self._place(asker) is not None and (name := self._inside(path)):
            self._note("missed", name)

    # Notes.

    def _note_file(self, kind: str, name: str, path: Any) -> None:
        if ("wrote", name) in self._noted:
            return  # what the stage made itself
        if name in self._extended:
            kind = "uses"
        if (kind, name) not in self._noted:
            try:
                status = os.stat(path)  # noqa: PTH116 (this runs on every file that is opened)
            except OSError:
                state = None
            else:
                if not stat.S_ISREG(status.st_mode):
                    return
                times = (status.st_mtime_ns, status.st_ctime_ns)
                state = [status.st_size, *times, status.st_ino]
            self._note(kind, name, state=state)

    def _note(self, kind: str, name: str, **more: Any) -> None:
        if (kind, name) not in self._noted:
            self._noted.add((kind, name))
            self._write(kind, name, **more)

    def _write(self, kind: str, name: str, **more: Any) -> None:
        by = ""
        during = []
        for frame in _frames():
            place = self._place(frame)
            if place is not None:
                by = by or f"{place}:{frame.f_lineno}"
                if frame.f_code.co_name == "<module>":
                    during.append([frame.f_code.co_filename, frame.f_lineno])
        self._take({"kind": kind, "name": name, "by": by, "during": during, **more})

    def _place(self, frame: FrameType) -> str | None:
        """Return the project's file that *frame* runs; None if it is not the project's."""
        file = frame.f_code.co_filename
        if file not in self._places:
            is_nobodys = file.startswith(("<", _ENGINE))
            self._places[file] = None if is_nobodys else self._inside(file)
        return self._places[file]

    def _inside(self, path: Any) -> str | None:
        """Return a path from the project's root; None for what is not the project's."""
        if isinstance(path, int):
            return None
        full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 (links stay as they are named)
        if full + os.sep in self._prefixes:
            return ""
        for prefix in self._prefixes:
            if full.startswith(prefix):
                if self._environment and full.startswith(self._environment):
                    return None
                name = full[len(prefix) :].replace(os.sep, "/")
                parts = name.split("/")
                if parts[0] == MEMORY_FOLDER or not _NOT_OURS.isdisjoint(parts):
                    return None
                return name
        return None


def _opener() -> FrameType | None:
    """Return who opens a file; None if it is Python itself, as it begins with its program."""
    frame = sys._getframe(2).f_back  # noqa: SLF001 (it is above)
    # It looks first whether its program is an archive.
    while frame is not None and frame.f_code.co_filename.startswith("<frozen zipimport"):
        frame = frame.f_back
    return frame


def _frames() -> Iterator[FrameType]:
    """Yield the calls that are going on, innermost first."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 (whoever did it is above)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _extends(path: Any) -> bool:
    """Whether to open *path* for writing keeps what is in it."""
    try:
        return os.stat(path).st_size > 0  # noqa: PTH116 (this runs on every file that is opened)
    except OSError:
        return False


def _is_text(value: Any) -> bool:
    return isinstance(value, str | bytes | os.PathLike)


def _words(arguments: Iterable[Any]) -> set[str]:
    """Return what may name files in a command line, the words of a shell's text among it."""
    words = {os.fsdecode(each) for each in arguments if each}
    for each in list(words):
        with suppress(ValueError):
            words.update(shlex.split(each, comments=True))
    return words


def _is_import_system(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_IMPORT_SYSTEM)


def _looks_for_packages(frame: FrameType) -> bool:
    """Whether a folder is listed because a library asks for its own version."""
    file = frame.f_code.co_filename.replace(os.sep, "/")
    return "importlib/metadata/" in file or "importlib_metadata/" in file


def _shows_a_line(frame: FrameType) -> bool:
    """Whether source is opened to show a line of it, in a traceback or a warning."""
    above = (frame, frame.f_back)
    return any(each and each.f_code.co_filename.endswith("linecache.py") for each in above)
