"""
The moment: whether a module may say something else each time it is imported.

Knows the clock, chance and the process by name; does not follow what is
imported from elsewhere, and does not know which names in the project are the
same: one is enough.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

_NAMES = frozenset(
    """
    today now utcnow time time_ns localtime gmtime ctime strftime monotonic monotonic_ns
    perf_counter perf_counter_ns process_time random randint randrange choice choices shuffle
    sample uniform gauss getrandbits randbytes default_rng rand randn urandom token_hex
    token_bytes token_urlsafe uuid1 uuid4 getpid getppid mkdtemp mkstemp gettempdir
    getnode disk_usage getloadavg virtual_memory
    """.split()  # noqa: SIM905 - a list of words is read as words
)
_MOMENT = re.compile(rf"\b(?:{'|'.join(sorted(_NAMES))})\s*\(")


def is_of_the_moment(sources: Iterable[bytes]) -> bool:
    """
    Tell whether importing modules of these *sources* may ask the time, chance or the process.

    What a function does counts where its name is called, or given to a call,
    while they are imported; of stages, what they do does not.
    """
    texts = [source.decode("utf-8", "replace") for source in sources]
    if not any(map(_MOMENT.search, texts)):
        return False
    try:
        trees = [ast.parse(text) for text in texts]
        return not _NAMES.isdisjoint(_all_called(trees))
    except (SyntaxError, ValueError, RecursionError):
        return True


def _all_called(trees: Sequence[ast.AST]) -> set[str]:
    """Return the names that are called, as far down as the project's code goes."""
    bodies: dict[str, list[ast.AST]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bodies.setdefault(node.name, []).append(node)
    unread = list(trees)
    called: set[str] = set()
    while unread:
        for name in set(_called(unread.pop())) - called:
            called.add(name)
            unread += [each for body in bodies.get(name, ()) for each in _whole(body)]
    return called - bodies.keys()


def _whole(body: ast.AST) -> list[ast.AST]:
    """Return what is executed when a function, or all the methods of a class, are called."""
    if isinstance(body, ast.ClassDef):
        return [each for one in body.body for each in (_whole(one) or [one])]
    return list(body.body) if isinstance(body, ast.FunctionDef | ast.AsyncFunctionDef) else []


def _called(node: ast.AST) -> Iterator[str]:
    """Yield the names that are called, or given to a call, where *node* is executed."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            for each in node.decorator_list:
                yield from _named(each)
                yield from _called(each)
            for each in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                yield from _called(each)
        case ast.Call():
            yield from _named(node.func)
            for given in (*node.args, *node.keywords):
                yield from _given(given)
            for child in ast.iter_child_nodes(node):
                yield from _called(child)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _called(child)


def _named(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name():
            yield node.id
        case ast.Attribute():
            yield node.attr
        case ast.Call():
            yield from _named(node.func)


def _given(node: ast.AST) -> Iterator[str]:
    """Yield names that a call is given, which it may call."""
    for each in ast.walk(node):
        yield from _named(each)
