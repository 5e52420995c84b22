"""
The bundled pipeline as a file of the project, to change.

Knows it as the text of a module that is named to it; does not import it.
"""

from __future__ import annotations

import ast
from importlib.util import find_spec

from capstone_build.errors import MissingExtraError, UsageError
from capstone_build.founding.layout import WIDTH

_OPENING = '''\
"""
The pipeline of the data report, as it comes with capstone: load -> profile -> compress ->
llm -> report. From here on it is this project's: change stages, add some, take some out.

Each stage can be changed in its body or replaced; what it calls in `capstone_report` stays
in the library. `capstone build` runs it, `capstone graph` draws it.
"""
'''


def bundled_text(module: str) -> str:
    """
    Return the text of the pipeline that *module* declares, with words of its own at the top.

    Raises:
        MissingExtraError: If it is not installed.
        UsageError: If it has no text.
    """
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None or found.loader is None:
        raise MissingExtraError("the bundled data report", "--from report", "report")
    text = getattr(found.loader, "get_source", lambda _name: None)(module)
    if text is None:
        raise UsageError(f"the source of {module} is not installed, so that it cannot be copied")
    first, *rest = ast.parse(text).body
    lines = text.splitlines()
    for each in rest:
        if isinstance(each, ast.ImportFrom) and len(lines[each.lineno - 1]) > WIDTH:
            lines[each.lineno - 1] = _on_lines(each)
    return _OPENING + "\n".join([*lines[first.end_lineno :], ""])


def _on_lines(statement: ast.ImportFrom) -> str:
    """Return an import with a line for each name, where others have shorter lines than we."""
    names = [
        f"    {each.name} as {each.asname}," if each.asname else f"    {each.name},"
        for each in statement.names
    ]
    return "\n".join([f"from {statement.module} import (", *names, ")"])
