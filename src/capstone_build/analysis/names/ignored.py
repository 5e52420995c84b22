"""
Ignored code: what a stage's declaration takes out of all that it reaches.

Plain data: `naming` finds what names stand for, and `resolution` and
`codegraph` stop there.
"""

from __future__ import annotations

from dataclasses import dataclass

from capstone_build.analysis.names.node import Node, Sort


@dataclass(frozen=True, slots=True)
class Ignored:
    """
    A set of nodes.

    Attributes:
        names: Globals, each with its module.
        modules: Modules, with all that lies below them.
        files: The files of these modules; folders end with a `/`.
    """

    names: frozenset[tuple[str, str]] = frozenset()
    modules: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.names or self.modules)

    def __contains__(self, node: Node) -> bool:
        """Whether *node* is ignored."""
        if node.sort in _OF_MODULES:
            return (node.module, node.name) in self.names or self._holds(node.module)
        if node.sort in {Sort.FILE, Sort.SCRIPT} and self.files:
            return node.module in self.files or any(
                each.endswith("/") and node.module.startswith(each) for each in self.files
            )
        return False

    def _holds(self, module: str) -> bool:
        while module and self.modules:
            if module in self.modules:
                return True
            module = module.rpartition(".")[0]
        return False


_OF_MODULES = frozenset(
    {Sort.SYMBOL, Sort.TEXTS, Sort.SOURCE, Sort.LOADED, Sort.WHOLE, Sort.MISSING}
)

NOTHING = Ignored()
"""What a stage ignores that names nothing."""
