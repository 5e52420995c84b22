"""
The nursery: where the hosts of a watched project come from.

Knows the zygote, and which libraries it is to load ahead: those that the last
host was seen to import. Does not know why a host is needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.execution.host import Host, HostWays, StartedHost
from capstone_build.execution.zygote import Zygote, ZygoteLostError

_MOST_TRIALS = 3


class Nursery:
    """
    A zygote, and another one when it is no more what it should be.

    Args:
        root: The project's folder.

    Attributes:
        told: What the last host told of libraries; empty if it told nothing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._zygote: Zygote | None = None
        self._wanted: list[str] = []
        self._files: dict[str, str | None] = {}
        self._imported: dict[str, list[str]] = {}
        self._refused: list[str] | None = None
        self.told: dict[str, Any] = {}

    def prepare(self) -> None:
        """Start a zygote, if there is none; it loads while others work."""
        if self._zygote is None:
            ahead = [] if self._wanted == self._refused else self._wanted
            self._zygote = Zygote(self._root, ahead, self._files)

    def be_ready(self) -> None:
        """See that there is a zygote, if there can be one, with what is installed now."""
        for _ in range(_MOST_TRIALS):
            self.prepare()
            if self._zygote is None or self._zygote.is_current:
                return
            if self._zygote.is_refused:
                self._refused = self._wanted
            self.close()

    def host(self, project: ProjectPlace) -> Host:
        """Return a host of the project's pipeline: a fork of the zygote where that is the same."""
        self.told = {}
        try:
            host = Host(project.root, project.module, start=self._fork)
        except ZygoteLostError:
            return Host(project.root, project.module)
        self.told = host.greeting.get("libraries", {})
        if self.told and not set(self._ahead) <= set(self.told["names"]):
            # It has loaded what the project imports no more.
            host.close()
            return Host(project.root, project.module)
        return host

    def learn(self, told: dict[str, Any]) -> None:
        """Take what a host *told* of libraries; load them for the next one."""
        if not told:
            return
        self._imported = told["imported"]
        if told["names"] != self._wanted:
            self._wanted, self._files = told["names"], told.get("files", self._files)
            self.close()
            self.prepare()

    def close(self) -> None:
        """End the zygote."""
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    @property
    def _ahead(self) -> tuple[str, ...]:
        return () if self._zygote is None else self._zygote.names

    def _fork(self, root: Path, module: str, ways: HostWays, *_: str) -> StartedHost:
        if self._zygote is None:
            raise ZygoteLostError
        return self._zygote.fork(root, module, ways, self._imported)
