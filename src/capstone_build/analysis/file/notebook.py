"""
Notebooks: what of one is written by hand, and the Python in it.

Knows the format of Jupyter; does not know what the code does.
"""

from __future__ import annotations

import json


def is_notebook(file: str) -> bool:
    """Tell whether the code of *file* is in cells."""
    return file.endswith(".ipynb")


def notebook_code(content: bytes) -> bytes:
    """Return the code cells of a notebook, one after the other; magics become comments."""
    try:
        cells = json.loads(content)["cells"]
        codes = ["".join(each["source"]) for each in cells if each["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return content
    lines = "\n".join(codes).split("\n")  # `splitlines` ends a line inside a literal, too
    # A magic may do anything: it counts, as the string that it is.
    return "\n".join(
        f"f({each!r})" if each.startswith(("%", "!")) else each for each in lines
    ).encode()


def without_outputs(content: bytes) -> bytes:
    """Return what of a notebook is written by hand: its cells, their tags, and the kernel."""
    try:
        kernel, cells = _by_hand(content)
        return json.dumps([kernel, cells]).encode()
    except (ValueError, KeyError, TypeError, AttributeError):
        return content


def spelled(content: bytes) -> str:
    """Return the same as text for people: each cell below a line that says what it is."""
    try:
        kernel, cells = _by_hand(content)
        heads = [" ".join(["# %%", kind, *map(str, tags)]) for kind, _, tags in cells]
    except (ValueError, KeyError, TypeError, AttributeError):
        return content.decode("utf-8", "replace")
    bodies = [source for _, source, _ in cells]
    pairs = zip(heads, bodies, strict=True)
    return "\n".join([f"# kernel {kernel}", *(line for pair in pairs for line in pair)])


def _by_hand(content: bytes) -> tuple[str, list[tuple[str, str, list[str]]]]:
    notebook = json.loads(content)
    cells = [
        (each["cell_type"], "".join(each["source"]), each.get("metadata", {}).get("tags", []))
        for each in notebook["cells"]
    ]
    return notebook.get("metadata", {}).get("kernelspec", {}).get("name", ""), cells
