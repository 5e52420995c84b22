"""
A Makefile, line by line: variables, conditions, rules.

Knows GNU make's grammar (its manual, chapter 3); does not know which rules come
to be used (`make_rules`), and runs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from capstone_build.core.stage import Location
from capstone_build.errors import UsageError
from capstone_build.founding.adopted import AdoptedPipeline, Remark
from capstone_build.founding.make_conditions import CONDITION, Conditions
from capstone_build.founding.make_functions import NotTold
from capstone_build.founding.make_lines import cut, logical_lines, uncommented, words
from capstone_build.founding.make_rules import RecipeLine, Rule, RuleBook
from capstone_build.founding.make_text import MakeText, Variable
from capstone_build.founding.make_words import stem_of

_ASSIGNMENT = re.compile(
    r"(?P<words>(?:(?:export|override|private)\s+)*)(?P<name>[^\s:#=+?!]+)\s*"
    r"(?P<operator>::?:?=|\+=|\?=|!=|=)\s*(?P<value>.*)",
    re.DOTALL,
)
_DIRECTIVE = re.compile(r"(-include|sinclude|include|export|unexport|vpath|undefine)(?:\s+(.*)|$)")
_DEFINE = re.compile(r"(?:override\s+)?define\s+(\S+)\s*(=|:=|\+=)?\s*$")
_SUFFIXES = re.compile(r"(\.\w+)(\.\w+)?$")
_SPECIAL_LOST = {
    ".SECONDEXPANSION": "what needs a second expansion is not carried over",
    ".EXPORT_ALL_VARIABLES": "commands do not see the variables of the file; use env=[...]",
}


@dataclass(slots=True)
class Makefile:
    """
    What a Makefile says.

    Attributes:
        name: What it is called.
        text: Its variables.
        book: Its rules.
        remarks: What cannot be told of it, or is not carried over.
        assigned: Where each variable was first set.
        goal: The first target; empty if there is none.
        is_one_shell: Whether the lines of a recipe share a shell.
    """

    name: str
    text: MakeText
    book: RuleBook
    remarks: list[Remark] = field(default_factory=list)
    assigned: dict[str, Location] = field(default_factory=dict)
    goal: str = ""
    is_one_shell: bool = False


def read_makefile(file: Path) -> AdoptedPipeline:
    """
    Read a Makefile.

    Raises:
        UsageError: If it is none, or holds no rule that makes a file.
    """
    from capstone_build.founding.make_stages import adopted_rules

    return adopted_rules(parsed(file))


def parsed(file: Path) -> Makefile:
    """Return what a Makefile says; raises what `read_makefile` does."""
    folder = file.parent
    made = Makefile(file.name, MakeText(folder), RuleBook(folder))
    _Reading(made).read(file)
    return made


class _Reading:
    def __init__(self, makefile: Makefile) -> None:
        self._makefile = makefile
        self._text, self._book = makefile.text, makefile.book
        self._conditions = Conditions(makefile.text, makefile.remarks)
        self._rules: list[int] = []
        self._included: list[Path] = []

    def read(self, file: Path) -> None:
        """Read a file, and those that it includes."""
        name = self._makefile.name if not self._included else file.name
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            raise UsageError(f"{file.name} cannot be read: {error}") from None
        self._included.append(file)
        lines = list(logical_lines(text))
        at = 0
        while at < len(lines):
            number, line = lines[at]
            where = Location(name, number)
            at += 1
            if line.startswith("\t") and self._rules:
                self._recipe(line[1:], where)
                continue
            plain = uncommented(line).strip()
            if not plain:
                continue
            if found := CONDITION.match(plain):
                self._conditions.take(found[1], found[2].strip(), where)
            elif not self._conditions.hold():
                continue
            elif found := _DEFINE.match(plain):
                end = next((i for i in range(at, len(lines)) if lines[i][1].strip() == "endef"), -1)
                if end < 0:
                    raise UsageError(
                        f"`define {found[1]}` has no end",
                        facts={"at": str(where)},
                        hint="It ends with a line `endef`.",
                    )
                body = "\n".join(each.removeprefix("\t") for _, each in lines[at:end])
                self._text.variables[found[1]] = Variable(body)
                at = end + 1
            else:
                self._statement(plain, where)
        if len(self._included) == 1 and self._conditions.are_open:
            raise UsageError(f"{name} has a condition without `endif`", facts={"at": f"{name}:1"})

    def _remark(self, where: Location, text: str) -> None:
        self._makefile.remarks.append(Remark(where, text))

    # Statements.

    def _statement(self, line: str, where: Location) -> None:
        assignment = _ASSIGNMENT.fullmatch(line)
        if assignment and not self._is_rule_before(line, assignment):
            self._rules = []
            self._assign(assignment, where)
        elif found := _DIRECTIVE.match(line):
            self._rules = []
            self._directive(found[1], (found[2] or "").strip(), where)
        else:
            self._rule(line, where)

    def _is_rule_before(self, line: str, found: re.Match[str]) -> bool:
        """Tell whether a colon before the operator makes it a rule with a variable of its own."""
        return ":" in line[: found.start("operator")].split("$", maxsplit=1)[0]

    def _assign(self, found: re.Match[str], where: Location) -> None:
        name, operator, value = found["name"], found["operator"], found["value"]
        known = self._text.variables.get(name)
        if operator == "?=" and known is not None:
            return
        self._makefile.assigned.setdefault(name, where)
        if name == "SHELL" and "$" not in value:
            self._text.variables[name] = Variable(value.strip())
            return
        if operator == "!=":
            untold = f"$(shell {value.strip()})"
            self._text.variables[name] = Variable("", True, untold)
            return
        is_simple = operator in {":=", "::=", ":::="}
        if operator == "+=" and known is not None:
            is_simple, value = known.is_simple, f"{known.text} {value}" if known.text else value
            if known.untold:
                return
        try:
            text = self._text.expand(value) if is_simple else value
            self._text.variables[name] = Variable(text, is_simple)
        except NotTold as untold:
            self._text.variables[name] = Variable("", True, str(untold))

    def _directive(self, word: str, rest: str, where: Location) -> None:
        if word == "export":
            assignment = _ASSIGNMENT.fullmatch(rest)
            if assignment:
                self._assign(assignment, where)
            names = assignment["name"] if assignment else rest or "everything"
            self._remark(where, f"`export` is not carried over: commands do not see {names}")
        elif word == "vpath":
            self._remark(where, "`vpath` is not carried over: name files with their folders")
        elif "include" in word:
            for name in self._expanded(rest, where).split():
                path = self._included[0].parent / name
                if path.is_file() and path not in self._included:
                    self.read(path)
                elif word == "include" and path not in self._included:
                    self._remark(
                        where, f"{name}, which is included, is not there: nothing of it is here"
                    )

    def _expanded(self, text: str, where: Location) -> str:
        try:
            return self._text.expand(text)
        except NotTold as untold:
            self._remark(where, f"{untold} is not run: what hangs on it is not carried over")
            return ""

    # Rules.

    def _rule(self, line: str, where: Location) -> None:
        head, semicolon, recipe = cut(line, ";")
        try:
            head = self._text.expand(head)
        except NotTold:
            head = self._as_far_as_told(head, where)
        targets, colon, rest = head.partition(":")
        if not colon:
            if not head.strip():
                return
            raise UsageError(
                f"{line!r} is neither a rule nor a variable",
                facts={"at": str(where)},
                hint="A rule has a colon after its targets; a line of a recipe begins with a tab.",
            )
        is_group = targets.rstrip().endswith("&")
        names = tuple(targets.rstrip().removesuffix("&").split())
        if rest.startswith(":"):
            rest = rest[1:]
            self._remark(
                where, f"`::` is taken for `:`; of several rules for {names[0]} the last counts"
            )
        if found := _ASSIGNMENT.fullmatch(rest.strip()):
            self._remark(where, f"{found['name']} for {' '.join(names)} alone is not carried over")
            self._rules = []
            return
        lines = (RecipeLine(recipe.strip(), where),) if semicolon and recipe.strip() else ()
        self._add(names, rest, is_group, lines, where)

    def _as_far_as_told(self, head: str, where: Location) -> str:
        """Return the words of a rule that take no shell; say which others there are."""
        told = []
        for word in words(head):
            try:
                told.append(self._text.expand(word))
            except NotTold as untold:
                self._remark(
                    where, f"{untold} is not run: name the files that it gives, as a pattern say"
                )
        return " ".join(told)

    def _add(
        self,
        names: tuple[str, ...],
        rest: str,
        is_group: bool,
        lines: tuple[RecipeLine, ...],
        where: Location,
    ) -> None:
        self._rules = []
        if (names and names[0].startswith(".") and names[0].isupper()) or names[:1] == (".PHONY",):
            self._special(names[0], rest.split(), where)
            return
        pattern, colon, needs = rest.partition(":")
        static = (pattern.strip(), *_needs(needs)) if colon else None
        before, order = _needs(needs if colon else rest)
        suffixes = _SUFFIXES.fullmatch(names[0]) if len(names) == 1 and not before else None
        if suffixes and suffixes[2]:  # an old-fashioned suffix rule
            names, before = (f"%{suffixes[2]}",), (f"%{suffixes[1]}",)
        rule = Rule(
            targets=names,
            needs=() if static else before,
            order_only=order,
            recipe=lines,
            is_group=is_group or any("%" in each for each in names),
            patterns=static,
            stems=tuple(stem_of(static[0], each) or "" for each in names) if static else (),
            where=where,
        )
        self._rules = [len(self._book.rules)]
        self._book.rules.append(rule)
        is_goal = names and not rule.is_pattern and (names[0][0] != "." or "/" in names[0])
        if is_goal and not self._makefile.goal:
            self._makefile.goal = names[0]

    def _special(self, name: str, words: list[str], where: Location) -> None:
        if name == ".PHONY":
            self._book.phony.update(words)
        elif name == ".ONESHELL":
            self._makefile.is_one_shell = True
        elif name in _SPECIAL_LOST:
            self._remark(where, _SPECIAL_LOST[name])

    def _recipe(self, text: str, where: Location) -> None:
        if not self._conditions.hold():
            return
        index = self._rules[0]
        rule = self._book.rules[index]
        if text.strip() and not (text.lstrip().startswith("#") and not rule.recipe):
            line = RecipeLine(text, where)
            self._book.rules[index] = replace(rule, recipe=(*rule.recipe, line))


def _needs(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, _, order = text.partition("|")
    return tuple(before.split()), tuple(order.split())
