"""
Kept sources: the text of the code that stages ran, so that old can be told from new.

Knows files of code of any language, small texts that stages read, and the store; does not
know which passages of a file count (`capstone_build.analysis.file.passage`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from itertools import islice

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest, digest_bytes, executable
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.stage import Stage
from capstone_build.core.variable import SECRET_PIECES, is_secret
from capstone_build.looking.world import World

_LARGEST = 1 << 20
"""Larger files, in bytes, are not kept to be shown: nobody wrote them by hand."""

LARGEST_TEXT = 64 << 10
"""Larger inputs, in bytes, are not kept to be shown: they are data, and no text to read."""

_MOST_TEXTS = 32
"""So many inputs of a stage are looked at for texts to be kept: of a thousand nobody reads each."""

_ROOM = 256 << 10
"""So much, in bytes, is kept of the inputs of one stage in all."""

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SEPARATED = re.compile("(?<=[a-z0-9])(?=[A-Z])")
"""Where a name in camel case has its next word."""

_PRIVATE_KEY = b"PRIVATE KEY-----"

_KEY = re.compile(
    r"://[^/\s:@]*:[^/\s@]+@"  # https://name:password@host
    r"|\b(?:pass|authorization)[\"']?\s*[:=]"
    r"|\b(?:bearer|basic)\s+[\w.~+/-]{8,}"
    r"|\b(?:sk-|[rs]k_|gh[opusr]_|github_pat_|glpat-|hf_|npm_|pypi-|xox[a-z]-)[\w-]{16,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12}|\bAIza[\w-]{30}|\beyJ[\w-]{8,}\.eyJ",
    re.IGNORECASE,
)
"""What is a key whatever it is called: addresses that hold one, headers, what is issued by some."""

_PIECES = (
    *SECRET_PIECES,
    *("://", "bearer", "basic", "sk-", "rk_", "sk_", "gho_", "ghp_", "ghu_", "ghs_", "ghr_"),
    *("github_", "glpat", "hf_", "npm_", "pypi-", "xox", "akia", "asia", "aiza", "eyj"),
)
"""One of these, in small letters, is in every key, or in its name."""

_SETS = re.compile(
    rb"^\s*(?:export\s+)?([A-Za-z_]\w*)"
    rb"(?:(=[\"']?[^\s\"'$`])|[ \t]*[=:][ \t]*[\"'][^\"'$`]|:[ \t]+[^\s$`])",
    re.MULTILINE,
)
"""Where a script, or a file of values, gives a variable a value that is written out; as a shell
does it, in the second group."""

_OFTEN_NONE = frozenset({"key", "keys"})
"""What is a key as often as it is the name of a column; a shell has no use for those."""


class KeptSources:
    """
    The source files of stages, in every version that ran.

    Args:
        world: The project's files and its store.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: set[Digest] = set()

    def of(self, stage: Stage) -> dict[str, Digest]:
        """Return the files of code of what *stage* reaches, with their digests."""
        python = dict(self._world.fingerprints.of(stage).list_sources())
        return {**dict(self._others(stage)), **python}

    def keep(self, stage: Stage, inputs: Mapping[ArtifactPath, Digest]) -> dict[str, Digest]:
        """
        Keep the files of code of what *stage* reaches, and of its *inputs* the small texts.

        Of inputs what nobody else keeps: a few, and none that may hold a key.

        Returns:
            The digest of each file that is kept.
        """
        sources = self.of(stage)
        self._keep(sources)
        with self._world.looks.as_artifacts():  # which is all that they are looked at for
            texts = dict(self._texts(inputs))
            self._keep(texts)
        return {**texts, **sources}

    def _keep(self, sources: Mapping[str, Digest]) -> None:
        for file, digest in sources.items():
            if digest not in self._kept:
                self._kept.add(digest)
                content = self._standing(file, digest)
                if content is not None and not key_set_in(content, file):
                    self._world.store.keep_text(content, digest)

    def _texts(self, inputs: Mapping[ArtifactPath, Digest]) -> Iterator[tuple[str, Digest]]:
        """Yield the small texts among *inputs* that no stage left, with their digests."""
        room = _ROOM
        for path, digest in islice(inputs.items(), _MOST_TEXTS):
            if path.endswith("/") or self._is_elsewhere(path, digest):
                continue
            with suppress(OSError):
                file = self._world.project.root / path
                size = file.stat().st_size
                if size <= min(room, LARGEST_TEXT) and is_harmless(path, file.read_bytes()):
                    room -= size
                    yield path, digest

    def _is_elsewhere(self, path: ArtifactPath, digest: Digest) -> bool:
        """Tell whether the store has it for somebody else: it is what a stage left."""
        made = self._world.manifest.made_at(path)
        return made is not None and made.digest == digest

    def passage(
        self,
        part: str,
        sources: Mapping[str, Digest],
        file: str = "",
        told: Collection[str] = (),
    ) -> str | None:
        """
        Return a piece of code as it was in a version of the project.

        Args:
            part: Its name in a fingerprint.
            sources: The digests of the source files then.
            file: Where it is; found from its module's name if it is not given.
            told: Globals that are told of by themselves.

        Returns:
            Its text, normalised; empty if it was not there, None if that is not kept.
        """
        # Where nothing is shown, nobody waits for what reads code.
        from capstone_build.analysis.file.notebook import is_notebook, notebook_code
        from capstone_build.analysis.file.passage import passage

        found = file if file in sources else _file_of(part, sources)
        if not found:
            return ""
        text = self.text(found, sources)
        if text is None:
            return None
        return passage(notebook_code(text) if is_notebook(found) else text, part, told)

    def text(self, file: str, sources: Mapping[str, Digest]) -> bytes | None:
        """Return what a *file* held in a version of the project; None if that is not kept."""
        if file not in sources:
            return None
        digest = sources[file]
        text = self._standing(file, digest)
        if text is None:
            return self._world.store.text(digest)
        return None if key_set_in(text, file) else text

    def unshown(self, file: str) -> str:
        """Say why the lines of a *file* of code are not kept to be shown; empty if they are."""
        place = self._world.project.root / file
        with suppress(OSError):
            if place.stat().st_size > _LARGEST:
                return f"it is larger than {_LARGEST >> 20} MB: its lines are not kept"
            content = place.read_bytes()
            if b"\0" in content:
                return "it is no text"
            if name := key_set_in(content, file):
                return f"it sets {name}, which may be a key: its lines are not kept"
            text = content.decode("utf-8", "replace")
            if _may_hold_key(text.lower()) and _KEY.search(text):
                return "it holds what may be a key: its lines are not kept"
        return ""

    def _others(self, stage: Stage) -> Iterator[tuple[str, Digest]]:
        """Yield the files of code to *stage* that count by their content, if they can be shown."""
        world = self._world
        counted = {**world.fingerprints.of(stage).fingerprint, **world.fingerprints.files(stage)}
        for (aspect, name), digest in counted.items():
            if aspect is Aspect.FILE and not self.unshown(name):
                with suppress(OSError):
                    content = digest_bytes((world.project.root / name).read_bytes())
                    if digest in {content, executable(content)}:
                        yield name, content

    def _standing(self, file: str, digest: Digest) -> bytes | None:
        """Return the content of a source file if it is still that of *digest*."""
        with suppress(OSError):
            content = (self._world.project.root / file).read_bytes()
            if digest_bytes(content) == digest:
                return content
        return None


def is_harmless(path: str, content: bytes) -> bool:
    """
    Tell whether *content*, the file at *path*, is text in which nothing looks like a key.

    A name of a key anywhere in it is enough to say no, or what is spelled as one: what is
    lost is a diff.
    """
    if b"\0" in content or _PRIVATE_KEY in content:
        return False
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    small = f"{path}\n{text}".lower()
    if not _may_hold_key(small):
        return True
    if _KEY.search(text):
        return False
    words = {*_WORD.findall(path), *_WORD.findall(text)}
    return not any(is_secret(_SEPARATED.sub("_", word)) for word in words)


def _may_hold_key(small: str) -> bool:
    """Tell at a glance whether it pays to look closer, which takes a hundred times as long."""
    return any(piece in small for piece in _PIECES)


def key_set_in(content: bytes, file: str = "") -> str:
    """
    Return the name of a variable that a *file* sets and that may be a key; empty if none is.

    In Python only what a module sets: within functions such a name is often no key.
    """
    for found in _SETS.finditer(content):
        name = found[1].decode()
        if file.endswith(".py") and content[: found.start(1)][-1:] not in {b"", b"\n"}:
            continue
        if is_secret(name) and (found[2] or name.lower() not in _OFTEN_NONE):
            return name
    return ""


def is_in_same_file(place: str, then: Mapping[str, Digest], now: Mapping[str, Digest]) -> bool:
    """Tell whether a *place*, `file:line`, is in a file that is what it was then."""
    file = place.rpartition(":")[0]
    return then.get(file) == now.get(file)


def _file_of(part: str, sources: Mapping[str, Digest]) -> str:
    """Return the file of the module that *part* is in; empty if none of *sources* is that."""
    module = part.partition(":")[0]
    if module in sources:
        return module  # a script goes by its path
    stem = module.replace(".", "/")
    endings = (f"{stem}.py", f"{stem}/__init__.py")
    found = [f for f in sources if any(f == e or f.endswith(f"/{e}") for e in endings)]
    return min(found, key=len, default="")
