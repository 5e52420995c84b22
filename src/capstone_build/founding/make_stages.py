"""
The rules of a Makefile as stages.

Knows what automatic variables are in a declaration, and which recipes are loops
of one stage; does not know how rules are found.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby

from capstone_build.core.stage import Location
from capstone_build.errors import UsageError
from capstone_build.founding.adopted import (
    AdoptedPipeline,
    AdoptedStage,
    Clause,
    Hole,
    Names,
    Remark,
    Spelling,
    identifier,
    joined,
    stage_name,
)
from capstone_build.founding.gathering import gathered
from capstone_build.founding.make_functions import NotTold
from capstone_build.founding.make_loops import MakeLoops
from capstone_build.founding.make_recipe import STEM, Recipe, written
from capstone_build.founding.make_rules import Making, Rule
from capstone_build.founding.makefile import Makefile

_MANY = 3
"""More files than these that a stage reads are listed under one name."""


def adopted_rules(makefile: Makefile) -> AdoptedPipeline:
    """
    Return the stages that the rules of a Makefile are.

    Raises:
        UsageError: If there are none.
    """
    return _Adoption(makefile).pipeline()


class _Adoption:
    def __init__(self, makefile: Makefile) -> None:
        self._makefile = makefile
        self._book = makefile.book
        self._remarks = list(makefile.remarks)
        self._labels = Names()
        self._loops = MakeLoops(makefile)

    def pipeline(self) -> AdoptedPipeline:
        explicit = [t for r in self._book.rules if not r.is_pattern for t in r.targets]
        goals = list(dict.fromkeys([self._makefile.goal, *explicit] if explicit else ()))
        makings = [each for each in self._book.makings(goals) if self._is_stage(each)]
        stages = list(self._stages(makings))
        if not stages:
            name = self._makefile.name
            raise UsageError(
                f"no rule of {name} makes a file",
                facts={"at": f"{name}:1"},
                hint="Stages are rules with a recipe whose targets are files.",
            )
        self._say_more(makings)
        for name in sorted(self._makefile.text.unset & set(self._makefile.assigned)):
            self._makefile.text.unset.discard(name)
        for name in sorted(n for n in self._makefile.text.unset if len(n) > 1):
            where = Location(self._makefile.name, 1)
            self._remarks.append(
                Remark(where, f"$({name}) is set nowhere in it: nothing is put there")
            )
        return AdoptedPipeline(
            file=self._makefile.name,
            tool="make",
            imports=self._loops.imports(),
            constants=self._loops.constants(stages),
            stages=gathered(stages, self._book.folder, self._makefile.text.globbed),
            remarks=tuple(self._remarks),
        )

    # Which rules are stages.

    def _is_stage(self, making: Making) -> bool:
        """Tell whether a recipe makes files; if not, say so."""
        rule, target = making.rule, making.targets[0]
        if target in self._book.phony:
            self._say_phony(rule, target)
            return False
        return not self._makes_folder(rule, target)

    def _say_more(self, makings: Sequence[Making]) -> None:
        """Say what `make` makes only when it is asked to."""
        usual = {t for m in self._book.makings([self._makefile.goal]) for t in m.targets}
        more = [each for each in makings if not usual.intersection(each.targets)]
        if more:
            names = ", ".join(each.targets[0] for each in more)
            self._remarks.append(
                Remark(
                    more[0].rule.where, f"`capstone build` makes {names} too; `make` alone does not"
                )
            )

    def _say_phony(self, rule: Rule, target: str) -> None:
        text = " ".join(each.text for each in rule.recipe)
        if target in {"clean", "distclean", "mostlyclean"} or re.match(r"[@-]*rm\b", text.strip()):
            said = "`capstone clean --outputs` removes what stages leave"
        elif target == "help":
            said = "`capstone status` lists the stages"
        else:
            said = "it makes no file; keep it in the Makefile, or let it leave a file"
        self._remarks.append(Remark(rule.where, f"{target} is not carried over: {said}"))

    def _makes_folder(self, rule: Rule, target: str) -> bool:
        """Tell whether all that a rule does is to make a folder: capstone does that by itself."""
        lines = [each.text.strip().lstrip("@-+").strip() for each in rule.recipe]
        return (
            bool(lines)
            and all(
                re.fullmatch(r"mkdir (-p )?(\$@|\"\$@\"|\S+)", each) or each.startswith("touch $@/")
                for each in lines
            )
            and not target.endswith((".done", ".stamp"))
        )

    # Stages.

    def _stages(self, makings: Sequence[Making]) -> Iterator[AdoptedStage]:
        by_rule: dict[int, list[Making]] = {}
        for each in makings:
            by_rule.setdefault(id(each.rule), []).append(each)
        for those in by_rule.values():
            first = those[0]
            is_loop = first.rule.is_pattern or (
                len(first.rule.targets) > 1 and not first.rule.is_group
            )
            looped = self._loop(those) if is_loop and len(those) > 1 else None
            if looped is not None:
                yield looped
                continue
            for each in those:
                yield self._single(each)

    def _single(self, making: Making) -> AdoptedStage:
        return self._stage(making, self._labels.of_path((making.targets[0],), "make"), ())

    def _loop(self, makings: Sequence[Making]) -> AdoptedStage | None:
        """Return one stage for what differs in the stem, or the target, alone; else None."""
        rule = makings[0].rule
        patterns = _patterns(rule)
        if patterns is None or any(each.more for each in makings):
            return None
        targets, needs, order = patterns
        stems = [m.stem if m.stem is not None else m.targets[0] for m in makings]
        symbolic = Making(
            rule=rule,
            targets=tuple(each.replace("%", STEM, 1) for each in targets),
            needs=tuple(dict.fromkeys(each.replace("%", STEM, 1) for each in needs)),
            order_only=tuple(each.replace("%", STEM, 1) for each in order),
            stem=STEM,
        )
        is_same = all(
            {t.replace(STEM, stem) for t in symbolic.targets} == set(each.targets)
            and tuple(t.replace(STEM, stem) for t in symbolic.needs) == each.needs
            and self._is_same_recipe(symbolic, each, stem)
            for each, stem in zip(makings, stems, strict=True)
        )
        if not is_same:
            return None
        variable = "stem" if makings[0].stem is not None else "target"
        source = self._loops.source(symbolic, stems)
        label = self._labels.of_path((targets[0].replace("%", "*"),), "make")
        return self._stage(symbolic, label, stems, Clause(variable, source))

    def _is_same_recipe(self, symbolic: Making, making: Making, stem: str) -> bool:
        try:
            first = written(self._makefile, symbolic, {}).literal().replace(STEM, stem)
            return first == written(self._makefile, making, {}).literal()
        except NotTold:
            return False

    def _stage(
        self,
        making: Making,
        label: str,
        stems: Sequence[str],
        clause: Clause | None = None,
    ) -> AdoptedStage:
        remarks: list[Remark] = []
        names = Names()
        variable = clause.target if clause else ""
        outputs = {names.of_path(_held(t, variable), "out"): t for t in making.targets}
        order = [e for e in making.order_only if self._is_file(e) and e not in making.needs]
        remarks += [
            Remark(
                making.rule.where,
                f"{each} is only to be there before; here it is an input, whose changes count",
            )
            for each in order
        ]
        needs = [f for each in (*making.needs, *order) for f in self._book.files_of(each)]
        needs = [each for each in dict.fromkeys(needs) if self._is_file(each)]
        inputs = self._inputs(needs, names, variable)
        try:
            recipe = written(self._makefile, making, self._loops.numbers)
        except NotTold as untold:
            remarks.append(
                Remark(
                    making.rule.where, f"{untold} is not run: put what it gives into the command"
                )
            )
            recipe = Recipe.untold(making, str(untold))
        params = {each.lower(): each.upper() for each in recipe.numbers}
        command = recipe.placed(outputs, inputs, needs)
        remarks += [Remark(making.rule.where, each) for each in recipe.remarks]
        command = "\n".join([*self._folders(making), command])
        if STEM in command:
            is_plain = all(shlex.quote(each) == each for each in stems)
            hole = f"{{params.{variable}}}" if is_plain else variable
            if is_plain:
                params = {variable: variable, **params}
                command = command.replace(STEM, hole)
        name: Spelling = (stage_name(label),)
        if clause:
            is_nested = any("/" in each for each in stems)
            hole = f"{variable}.replace('/', '.')" if is_nested else variable
            name = joined([f"{label}@", Hole(hole)])
        return AdoptedStage(
            name=name,
            command=_held(command, variable),
            shell=recipe.shell,
            inputs={n: tuple(_held(p, variable) for p in ps) for n, ps in inputs.items()},
            outputs={n: _held(p, variable) for n, p in outputs.items()},
            params=params,
            clauses=(clause,) if clause else (),
            remarks=tuple(remarks),
            instances=tuple(
                {variable: each, f"{variable}.replace('/', '.')": each.replace("/", ".")}
                for each in stems
            )
            or ({},),
            where=making.rule.where,
        )

    def _folders(self, making: Making) -> Iterator[str]:
        """Yield commands for folders that are needed and hold no output."""
        for each in (*making.needs, *making.order_only):
            made = self._book.making(each)
            holds = any(path.startswith(f"{each.rstrip('/')}/") for path in making.targets)
            if made is not None and self._makes_folder(made.rule, each) and not holds:
                yield f"mkdir -p {each}"

    def _is_file(self, path: str) -> bool:
        """Tell whether a need is a file: no folder that is made on the way, and not phony."""
        if path in self._book.phony or path.rstrip("/") in {"", ".", "FORCE"}:
            return False
        making = self._book.making(path)
        if making is not None:
            return not self._makes_folder(making.rule, path)
        return not (self._book.folder / path).is_dir() or (
            any((self._book.folder / path).iterdir()) and not self._book.explicit(path)
        )

    def _inputs(self, needs: Sequence[str], names: Names, variable: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        kinds = {each: (each.rpartition("/")[0], each.rpartition(".")[2]) for each in needs}
        for (folder, suffix), those in groupby(needs, kinds.__getitem__):
            group = list(those)
            if len(group) > _MANY:
                name = names.new(
                    identifier(folder.rpartition("/")[2]) or identifier(suffix), "files"
                )
                found[name] = group
                continue
            for each in group:
                path = f"{each}/" if (self._book.folder / each).is_dir() else each
                found[names.of_path(_held(path, variable), "data")] = [path]
        return found


def _patterns(rule: Rule) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None:
    """Return the patterns of targets, needs and order-only needs of a rule that is a loop."""
    if rule.patterns is not None:
        return (rule.patterns[0],), rule.patterns[1], rule.patterns[2]
    if rule.is_pattern:
        return rule.targets, rule.needs, rule.order_only
    return ("%",), rule.needs, rule.order_only


def _held(text: str, variable: str) -> Spelling:
    """Return *text* with the loop's variable where its stem is."""
    first, *more = text.split(STEM)
    return joined([first, *(part for each in more for part in (Hole(variable), each))])
