"""
Paths as users write them, and what they are called in the project.

Knows spelling only; does not look at the disk.
"""

from __future__ import annotations

import os
from pathlib import PurePath

from capstone_build.core.artifact import MEMORY_FOLDER, Artifact
from capstone_build.errors import DeclarationError


def read_artifact(written: object, root: str, stage: str, where: str) -> Artifact:
    """
    Return the artifact that *written* names, its path from the project's *root*.

    Raises:
        DeclarationError: If it is no path, lies outside the project, or in the
            engine's own memory.
    """
    contract: object | None = None
    if isinstance(written, Artifact):
        contract = written.contract
        written = written.path
    if not isinstance(written, str | os.PathLike):
        raise DeclarationError(
            f"stage {stage!r} declares {written!r} where a path is expected",
            facts={"declared at": where},
            hint="Give a path from the project's root, such as 'data/sales.csv'.",
        )
    text = os.fspath(written)
    if not isinstance(text, str):
        raise DeclarationError(
            f"stage {stage!r} declares the path {text!r} as bytes",
            facts={"declared at": where},
            hint="Give it as text.",
        )
    return Artifact(_from_root(text, root, stage, where), contract)


def _from_root(text: str, root: str, stage: str, where: str) -> str:
    facts = {"stage": stage, "declared at": where}
    if not text.strip() or "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise DeclarationError(
            f"{text!r} is no path", facts=facts, hint="Name a file or a folder of the project."
        )
    if os.sep != "/":
        text = text.replace(os.sep, "/")
    path = text
    if PurePath(text).is_absolute():
        path = os.path.relpath(text, root).replace(os.sep, "/")
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part == "..":
            raise DeclarationError(
                f"{text!r} is outside the project",
                facts={**facts, "project": root},
                hint="Copy or link it into the project, and name the path there.",
            )
        elif part not in {"", "."}:
            parts.append(part)
    if not parts:
        raise DeclarationError(
            f"{text!r} is the whole project",
            facts=facts,
            hint="Name a folder inside it: the project also holds what the engine remembers.",
        )
    if parts[0] == MEMORY_FOLDER:
        raise DeclarationError(
            f"{text!r} is inside {MEMORY_FOLDER}/, the engine's own memory",
            facts=facts,
            hint="Choose another folder; `output/` is the usual one.",
        )
    return "/".join(parts) + ("/" if text.endswith("/") else "")
