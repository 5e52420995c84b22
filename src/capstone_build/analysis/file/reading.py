"""
Reading: from the statements of a file to units.

Knows the statements of one file and what executing each does at least; does
not know what the functions do that they call (`effects` finds out).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from capstone_build.analysis.file import by_field as _  # noqa: F401 - what has no rule of its own
from capstone_build.analysis.file import lookups as __  # noqa: F401 - it says which calls are special
from capstone_build.analysis.file.declared import Declared, declared_in
from capstone_build.analysis.file.definition import class_makers
from capstone_build.analysis.file.depth import room_to_recurse
from capstone_build.analysis.file.habits import READERS
from capstone_build.analysis.file.normal import Walker, dotted
from capstone_build.analysis.file.statement import makes_new
from capstone_build.analysis.file.toplevel import TopLevel, bodies, top_level
from capstone_build.analysis.file.unit import Flag, Hint, Kind, Target, Unit
from capstone_build.core.digest import digest_bytes, digest_fields


def read_units(tree: ast.Module, *, exact: bool) -> list[Unit]:
    """Return the units of a file, in order."""
    declared = declared_in(tree)
    units: list[Unit] = []
    with room_to_recurse():
        for each in top_level(tree, declared):
            units += _units(each, declared, exact=exact)
    return _against_each_other(units)


def _units(each: TopLevel, declared: Declared, *, exact: bool) -> Iterator[Unit]:
    node = each.node
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            target = Target(0, alias.name if alias.asname else first, "")
            loaded = Target(0, alias.name, "")
            yield _import(node, alias.asname or first, target, loaded, main=each.main)
    elif isinstance(node, ast.ImportFrom):
        if node.module != "__future__":
            for alias in node.names:
                target = Target(node.level, node.module or "", alias.name)
                name = alias.asname or alias.name
                yield _import(node, name, target, target, main=each.main)
    else:
        walker = Walker(declared, exact=exact)
        if not walker.idle(node):
            yield _read(node, walker, main=each.main)


def _import(
    node: ast.Import | ast.ImportFrom, name: str, target: Target, loaded: Target, *, main: bool
) -> Unit:
    star = target.name == "*"
    flag = READERS.get(target.name)
    return Unit(
        kind=Kind.STAR if star else Kind.IMPORT,
        names=() if star else (name,),
        digest=digest_fields("import", str(target.level), target.module, target.name),
        line=node.lineno,
        end=node.end_lineno or node.lineno,
        target=target,
        loads=(loaded,),
        hints=(Hint(flag, node.lineno, "", f"{target.name} is used"),) if flag else (),
        main=main,
    )


def _read(node: ast.stmt, walker: Walker, *, main: bool) -> Unit:
    walker.visit(node)
    form = walker.finish()
    if "__doc__" in walker.uses:
        walker.hint(Flag.TEXTS, walker.uses["__doc__"], "__doc__ is read")
    root = walker.root
    decorators = [
        each for each in getattr(node, "decorator_list", ()) if not walker.declared.declares(each)
    ]
    mutates = bool(root.stores)
    is_felt, makes = walker.making() if isinstance(node, ast.ClassDef) else (True, [])
    return Unit(
        kind=_kind(node),
        names=("__doc__",) if isinstance(node, ast.Expr) and _is_text(node) else tuple(root.bound),
        digest=digest_bytes(form.encode("utf-8", "surrogatepass")),
        line=min([node.lineno, *(each.lineno for each in decorators)]),
        end=node.end_lineno or node.lineno,
        uses=walker.uses,
        calls=tuple(walker.calls),
        soft=walker.soft,
        vias=tuple(walker.vias),
        loads=tuple(walker.loads),
        binds=tuple((name, target) for name, them in root.imports.items() for target in them),
        hints=tuple(walker.hints),
        environment=walker.environment,
        decorators=tuple(dotted(each) for each in decorators),
        bases=tuple(class_makers(node)) if isinstance(node, ast.ClassDef) else (),
        readers=tuple(walker.readers),
        gifts=tuple(dict.fromkeys(walker.gifts)),
        read=tuple(each for each in walker.read if each in walker.calls),
        eager=tuple(walker.eager) if _kind(node) in {Kind.FUNCTION, Kind.CLASS} else (),
        sets=tuple(walker.sets),
        mutates=mutates,
        acts=_acts(node, walker, mutates=mutates),
        fixed=_is_fixed(node, walker, decorated=bool(decorators)),
        literal=isinstance(node, ast.Assign | ast.AnnAssign) and makes_new(node.value),
        frozen=_is_frozen(node),
        classes=walker.classes,
        main=main,
        makes=() if is_felt else tuple(makes),
        gentle=not is_felt,
        keeps=bool(walker.calls) and _only_keeps(node),
        hooks=isinstance(node, ast.ClassDef) and _takes_part(node),
    )


def _kind(node: ast.stmt) -> Kind:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Kind.FUNCTION
    if isinstance(node, ast.ClassDef):
        return Kind.CLASS
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Delete):
        return Kind.ASSIGNMENT
    return Kind.BLOCK if any(bodies(node)) else Kind.ACT


def _acts(node: ast.stmt, walker: Walker, *, mutates: bool) -> bool:
    """Whether executing *node* does more than bind names, as far as it shows by itself."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    if isinstance(node, ast.Expr):
        quiet = isinstance(node.value, ast.Constant) or walker.declared.collects(node.value)
        return not quiet and not walker.declared.within(node)
    if isinstance(node, ast.Assert | ast.Raise) or _extends(node):
        return True
    if isinstance(node, ast.ClassDef):
        # Stores in its methods happen when they are called, not when it is made.
        return any(_acts(each, walker, mutates=False) for each in node.body)
    inner = [each for body in bodies(node) for each in body]
    if any(_acts(each, walker, mutates=False) for each in inner):
        return True
    return mutates and (bool(inner) or not walker.declared.within(node))


def _extends(node: ast.stmt) -> bool:
    """Whether *node* is `name += ...`; for a list of one name `_against_each_other` denies it."""
    return isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)


def _is_text(node: ast.Expr) -> bool:
    return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _only_keeps(node: ast.stmt) -> bool:
    """Whether *node*, or the body of the class that it is, only gives names to what calls make."""
    statements = node.body if isinstance(node, ast.ClassDef) else [node]
    assigned = [each for each in statements if isinstance(each, ast.Assign | ast.AnnAssign)]
    targets = [name for each in assigned for name in ast.walk(each) if isinstance(name, ast.Name)]
    bound = frozenset(each.id for each in targets if isinstance(each.ctx, ast.Store))
    return all(_is_made_plainly(each.value, bound) for each in assigned) and all(
        isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Pass)
        or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in statements
        if each not in assigned
    )


def _is_made_plainly(value: ast.expr | None, bound: frozenset[str]) -> bool:
    """Whether *value* is what a call by a name that is not *bound* here gives, or has no call."""
    if not isinstance(value, ast.Call):
        return value is None or not any(isinstance(each, ast.Call) for each in ast.walk(value))
    called = dotted(value.func)
    arguments = [*value.args, *(each.value for each in value.keywords)]
    return called.partition(".")[0] not in {"?", *bound} and all(
        _is_made_plainly(each, bound) for each in arguments
    )


def _is_fixed(node: ast.stmt, walker: Walker, *, decorated: bool) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return not decorated and not node.args.defaults and not any(node.args.kw_defaults)
    return isinstance(node, ast.Assign | ast.AnnAssign) and not walker.uses.keys() - set(
        walker.root.bound
    )


def _is_frozen(node: ast.AST | None) -> bool:
    """Whether nothing that *node* holds, a default or the value, can change."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
        return not node.decorator_list and all(map(_is_frozen, defaults))
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return _is_frozen(node.value)
    if isinstance(node, ast.Tuple):
        return all(map(_is_frozen, node.elts))
    if isinstance(node, ast.BinOp):
        return _is_frozen(node.left) and _is_frozen(node.right)
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.UnaryOp) and _is_frozen(node.operand)
    )


def _takes_part(node: ast.ClassDef) -> bool:
    """Whether *node* has a say when another class is made: as its base or as its metaclass."""
    return any(
        isinstance(each, ast.FunctionDef) and each.name == "__init_subclass__" for each in node.body
    ) or any("type" in path or "Meta" in path for path in class_makers(node))


def _against_each_other(units: list[Unit]) -> list[Unit]:
    """Settle what only the units of a file together show."""
    imported = {name for unit in units if unit.kind is Kind.IMPORT for name in unit.names}
    definitions = {Kind.FUNCTION, Kind.CLASS, Kind.IMPORT}
    defined = {name for unit in units if unit.kind in definitions for name in unit.names}
    shared = {name for unit in units if not (unit.literal or unit.acts) for name in unit.names}
    return [_settled(unit, imported, defined, shared) for unit in units]


def _settled(unit: Unit, imported: set[str], defined: set[str], shared: set[str]) -> Unit:
    if unit.gifts:
        gifts = tuple(
            gift
            for gift in unit.gifts
            if gift.name.partition(".")[0] in defined and gift.callee.partition(".")[0] in imported
        )
        if gifts != unit.gifts:
            unit = unit._replace(gifts=gifts)
    if unit.kind is Kind.ASSIGNMENT and unit.acts and unit.names and not unit.mutates:
        # `names += [...]` is seen by others only if others hold the same list.
        unit = unit._replace(acts=bool(shared.intersection(unit.names)))
    return unit
