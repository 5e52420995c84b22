"""
Known links: how the stages of a pipeline were joined when it was last looked at.

Knows numbers and the digest of what they hang on; does not know what joins stages
(`capstone_build.core.linking`). A file that is damaged, or of other declarations, is
none: the stages are joined anew, which costs more the more there are.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from capstone_build.core.digest import Digest, digest_bytes

if TYPE_CHECKING:
    from capstone_build.core.linking import Links


class KnownLinks:
    """
    The links of one pipeline.

    Args:
        memory: The engine's own folder.
        pipeline: Which of the project's pipelines this is, by its module.
    """

    def __init__(self, memory: Path, pipeline: str) -> None:
        name = digest_bytes(pipeline.encode()).rpartition(":")[2]
        self._path = memory / "links" / f"{name}.json"
        self._fresh: str | None = None

    def of(self, joints: Digest) -> Links | None:
        """Return the links of declarations of this digest; None if they are not known."""
        from capstone_build.core.linking import Links  # (3 ms, where no stages are to be joined)

        try:
            seal, _, text = self._path.read_text(encoding="ascii").partition("\n")
            if seal != digest_bytes(text.encode()):
                return None
            said = json.loads(text)
            return Links(**said["links"]) if said["joints"] == joints else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def take(self, joints: Digest, links: Links) -> None:
        """Take note of *links*, to be written by and by."""
        self._fresh = json.dumps({"joints": joints, "links": asdict(links)}, separators=(",", ":"))

    def write(self) -> None:
        """Write what was taken note of; where that cannot be, the next look joins them again."""
        if self._fresh is None:
            return
        text, self._fresh = self._fresh, None
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(f"{digest_bytes(text.encode())}\n{text}", encoding="ascii")
            beside.replace(self._path)
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
