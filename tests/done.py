"""What one run of the command came to, told by what it printed."""

from __future__ import annotations

import re
from dataclasses import dataclass

OUTCOME = re.compile(r"^(built|restored|failed|skipped)\s+([a-z_]\S*)(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Done:
    """What one run of the command came to."""

    code: int
    out: str
    err: str

    def _those(self, word: str) -> list[str]:
        return [name for outcome, name, _ in OUTCOME.findall(self.out) if outcome == word]

    @property
    def ran(self) -> list[str]:
        """The stages that ran, in order of ending."""
        return self._those("built")

    @property
    def restored(self) -> list[str]:
        """The stages whose outputs came from the store."""
        return self._those("restored")

    @property
    def failed(self) -> list[str]:
        """The stages that failed."""
        return self._those("failed")

    @property
    def skipped(self) -> list[str]:
        """The stages that were told to be skipped."""
        return self._those("skipped")

    @property
    def last_line(self) -> str:
        """The verdict."""
        return self.out.rstrip().rpartition("\n")[2]

    def line(self, stage: str) -> str:
        """The line that tells what became of a stage."""
        return next(m[0] for m in OUTCOME.finditer(self.out) if m[2] == stage)
