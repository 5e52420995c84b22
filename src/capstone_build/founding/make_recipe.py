"""
The recipe of a rule as the command of a stage.

Knows automatic variables, and where a path may be replaced by a place for it;
does not know inputs and outputs but by the paths that they are.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from capstone_build.founding.make_rules import Making
from capstone_build.founding.make_words import closing
from capstone_build.founding.makefile import Makefile
from capstone_build.founding.shell_text import bash_for, with_existing_folders

STEM = "\x01"
"""Stands for the stem in texts of a loop."""

_PLACE = re.compile(r"\x02(.)(?:(.*?))\x03")
_APART = re.compile(r"(?:^|[;&|({]\s*)(?:cd|export|set|source|\.|umask|\w+=\S*)(?:\s|$)")
_ALONE = r'(?:(?<=[\s=>(;|&])|^)(?P<quote>"?){place}(?P=quote)(?=[\s;|&)]|$)'
_BY_NAME = re.compile(r"\$(?:\((\w+)\)|\{(\w+)\})")


@dataclass(frozen=True, slots=True)
class Recipe:
    """
    A recipe, expanded, with marks for the automatic variables.

    Attributes:
        text: The lines; `STEM` stands for a loop's stem.
        shell: What reads them, if that is not `sh`.
        numbers: The variables that are parameters.
        remarks: What is meant otherwise.
    """

    text: str
    shell: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @classmethod
    def untold(cls, making: Making, what: str) -> Recipe:
        """Return one that says that it is to be written, with what it was."""
        lines = [f"# {line}" for each in making.rule.recipe for line in each.text.split("\n")]
        heading = f"# It hangs on {what}, which is not run. The recipe was:"
        last = 'echo "to be written by hand" >&2; exit 1'
        return cls("\n".join([" ".join(heading.split()), *lines, last]))

    def literal(self) -> str:
        """Return the text with paths in all places."""
        return _PLACE.sub(lambda mark: mark[2], self.text)

    def placed(
        self,
        outputs: Mapping[str, str],
        inputs: Mapping[str, Sequence[str]],
        needs: Sequence[str],
    ) -> str:
        """Return the text with `{inputs.x}` and `{outputs.x}` where that means the same."""
        text = self.text
        for name, path in outputs.items():
            text = _replaced(text, "@", path, f"{{outputs.{name}}}", is_output=True)
        for name, paths in inputs.items():
            whole = " ".join(paths)
            text = _replaced(text, "<", whole, f"{{inputs.{name}}}", is_output=False)
        every = [each.rstrip("/") for those in inputs.values() for each in those]
        whole = " ".join(needs)
        if every == [each.rstrip("/") for each in needs]:
            only = next(iter(inputs), "") if len(inputs) == 1 else ""
            place = f"{{inputs.{only}}}" if only else "{inputs}"
            text = _replaced(text, "^", whole, place, is_output=False)
        return _PLACE.sub(lambda mark: mark[2], text)


def _replaced(text: str, sign: str, path: str, place: str, *, is_output: bool) -> str:
    """Replace the marks of *path* by *place* where all of them stand alone."""
    mark = f"\x02{sign}{path}\x03"
    count = text.count(mark)
    alone = re.compile(_ALONE.format(place=re.escape(mark)), re.MULTILINE)
    if not count or len(alone.findall(text)) != count:
        return text
    if is_output:
        rest = _PLACE.sub("", text)
        stem = re.escape(posixpath.splitext(path)[0])
        if re.search(rf"(?<![\w/.-]){stem}[._-]", rest) or re.search(r"(^|\W)cd\s", rest):
            return text  # what is written beside it would be written beside another file
    return alone.sub(lambda _found: place, text)


def written(makefile: Makefile, making: Making, numbers: Mapping[str, str]) -> Recipe:
    """
    Expand the recipe of *making*.

    Args:
        makefile: Where its variables are.
        making: What it makes, of what; with `STEM` for the stem of a loop.
        numbers: Variables that become parameters, with their values.

    Raises:
        NotTold: If a shell would have to be asked.
    """
    given, remarks, used = _automatic(making), [], []

    def number(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in numbers:
            return found[0]
        used.append(name)
        return f"\x04{name.lower()}\x05"

    lines: list[str] = []
    for each in making.rule.recipe:
        if re.search(r"\$\?", each.text.replace("$$", "")):
            remarks.append(f"$? ({each.where}) is all inputs here: which are newer is not known")
        text = _asking(makefile, _BY_NAME.sub(number, each.text))
        text = makefile.text.expand(_marked(text, making), given)
        lines += _lines(text, making, is_one_shell=makefile.is_one_shell)
    if re.fullmatch(r"(?:@?\s*mkdir .*\n)?touch \x02@[^\x03]*\x03", "\n".join(lines)):
        remarks.append(
            f"{making.targets[0].replace(STEM, '%')} is an empty mark, the same each time: "
            "what reads it does not run again; name the files that are meant"
        )
    if any(_asks(makefile, each.text) for each in making.rule.recipe):
        remarks.append(
            "what $(shell ...) gives is asked when the stage runs, and counts for nothing"
        )
    if any(re.match(r"make\b", line) for line in lines):
        remarks.append("what another `make` reads and writes is not known: name it here")
    text = "\n".join(lines)
    text = re.sub("\x04(\\w+)\x05", r"{params.\1}", text)
    text = "".join(str(each) for each in with_existing_folders((text,)))
    shell = _shell(makefile, text)
    return Recipe(text, shell, tuple(dict.fromkeys(used)), tuple(remarks))


def _asks(makefile: Makefile, text: str) -> bool:
    """Tell whether a line holds a variable that a shell sets."""
    return _asking(makefile, text) != text


def _shell(makefile: Makefile, text: str) -> tuple[str, ...]:
    shell = makefile.text.value("SHELL").strip()
    flags = makefile.text.value(".SHELLFLAGS").split()
    if shell.rpartition("/")[2] == "bash":
        has_own = ".SHELLFLAGS" in makefile.text.variables
        return ("bash", *flags) if has_own and flags[-1:] == ["-c"] else ("bash", "-ec")
    return bash_for(text) if "bash" in shell else ()


def _lines(text: str, making: Making, *, is_one_shell: bool) -> list[str]:
    """Return the lines of one line of a recipe, as they are for one shell for all."""
    found: list[str] = []
    for line in re.split(r"(?<!\\)\n", text):
        bare = line.strip()
        prefix = bare[: len(bare) - len(bare.lstrip("@-+ "))]
        bare = bare[len(prefix) :]
        if not bare or _only_makes_folders(bare, making):
            continue
        if "-" in prefix:
            bare = f"( {bare} ) || true" if re.search(r"[;&|\n]", bare) else f"{bare} || true"
        elif _APART.search(bare) and len(making.rule.recipe) > 1 and not is_one_shell:
            bare = f"( {bare} )"
        found.append(bare)
    return found


def _only_makes_folders(line: str, making: Making) -> bool:
    """Tell whether a line makes folders of its outputs only, which are there by then."""
    words = _PLACE.sub(lambda mark: mark[2], line).split()
    if words[:1] != ["mkdir"] or any(each in {";", "&&", "|"} for each in words):
        return False
    folders = {posixpath.dirname(each) for each in making.targets}
    named = {each.rstrip("/") for each in words[1:] if not each.startswith("-")}
    return named <= folders


def _automatic(making: Making) -> dict[str, str]:
    target = making.targets[0]
    plain = {
        "@": target,
        "<": making.needs[0] if making.needs else "",
        "^": " ".join(making.needs),
        "+": " ".join(making.needs),
        "?": " ".join(making.needs),
        "|": " ".join(making.order_only),
        "*": making.stem if making.stem is not None else "",
    }
    given = {}
    for sign, text in plain.items():
        words = text.split()
        given[f"{sign}D"] = " ".join(posixpath.dirname(each) or "." for each in words)
        given[f"{sign}F"] = " ".join(map(posixpath.basename, words))
    return {**plain, **given}


def _marked(text: str, making: Making) -> str:
    """Return *text* with marks for the automatic variables that are in no reference."""
    paths = {"@": making.targets[0], "<": "".join(making.needs[:1]), "^": " ".join(making.needs)}

    def put(reference: str, inner: str) -> str:
        path = paths.get(inner, "")
        return f"\x02{inner}{path.replace('$', '$$')}\x03" if path else reference

    return _each_reference(text, put)


def _asking(makefile: Makefile, text: str) -> str:
    """Return *text* with what make asks a shell as what the command's own shell is asked."""

    def put(reference: str, inner: str) -> str:
        variable = makefile.text.variables.get(inner)
        asked = variable.untold if variable is not None else reference
        if asked.startswith("$(shell "):
            return f"$$({makefile.text.expand(asked[8:-1]).replace('$', '$$')})"
        return reference

    return _each_reference(text, put)


def _each_reference(text: str, put: Callable[[str, str], str]) -> str:
    """Replace the outermost references of *text*, each told as it stands and without brackets."""
    parts: list[str] = []
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        parts.append(text[at:dollar])
        following = text[dollar + 1 : dollar + 2]
        end = closing(text, dollar + 1) + 1 if following in {"(", "{"} else dollar + 2
        reference = text[dollar:end]
        inner = reference[2:-1] if following in {"(", "{"} else following
        parts.append(reference if following == "$" else put(reference, inner))
        at = end
    return "".join([*parts, text[at:]])
