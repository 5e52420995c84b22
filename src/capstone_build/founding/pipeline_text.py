"""
The text of `pipeline.py`: an adopted pipeline, written down.

Knows how a person would lay it out; does not know where it was read from.
"""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Iterator

from capstone_build.founding.adopted import (
    AdoptedPipeline,
    AdoptedStage,
    Clause,
    Names,
    plain,
)
from capstone_build.founding.layout import (
    WIDTH,
    Code,
    Group,
    block,
    laid_out,
    listed,
    literal,
    mapped,
    one_line,
    quoted,
    spelled,
)

_BASH = '''\
def bash(text: str) -> list[str]:
    """Return the command that has bash read a text, as {tool} does."""
    return {words}
'''


def pipeline_text(pipeline: AdoptedPipeline) -> str:
    """Return the file."""
    names = Names([*pipeline.constants, "bash", *dir(builtins)])
    variables = [names.new(plain(each.name).partition("@")[0], "it") for each in pipeline.stages]
    parts = [_opening(pipeline), _imports(pipeline)]
    if pipeline.constants:
        parts.append("\n".join(_constant(*each) for each in pipeline.constants.items()))
    functions = [f"\n{each.rstrip()}\n" for each in (*pipeline.helpers, *_bash(pipeline))]
    parts += functions
    stages = list(zip(variables, pipeline.stages, strict=True))
    written = [_stage(name, stage) for name, stage in stages]
    parts += ["\n" * bool(functions) + written[0], *written[1:]]
    if any(stage.clauses for stage in pipeline.stages):
        members: list[Code] = [("*" if s.clauses else "") + name for name, s in stages]
        parts.append(laid_out(listed(members), before="pipeline = "))
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def _opening(pipeline: AdoptedPipeline) -> str:
    lines = [
        f"The stages of {pipeline.file}, written for {pipeline.tool}, for capstone.",
        "",
        "Change them as you like: nothing reads the other file any more.",
    ]
    if remarks := pipeline.all_remarks():
        lines += ["", f"What {pipeline.file} says that is not here, or is meant otherwise:"]
        for each in remarks:
            lines += textwrap.wrap(
                _commented(f"* {each.where}: {each.text}").replace("\\", "\\\\"),
                WIDTH,
                subsequent_indent="  ",
                break_long_words=False,
                break_on_hyphens=False,
            )
    return "\n".join(['"""', *lines, '"""'])


def _commented(text: str) -> str:
    """Return *text* as it may stand in a comment."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    return printable.replace('"""', "'''")


def _imports(pipeline: AdoptedPipeline) -> str:
    plain_imports = sorted({each for each in pipeline.imports if each.startswith("import ")})
    froms = sorted({each for each in pipeline.imports if each.startswith("from ")})
    ours = "from capstone_build import command"
    standard = [each for each in froms if "ruamel" not in each]
    others = sorted([ours, *(each for each in froms if "ruamel" in each)])
    blocks = [[*plain_imports, *standard], others]
    return "\n\n".join("\n".join(each) for each in blocks if each)


def _constant(name: str, code: str) -> str:
    """Return an assignment, on several lines where one is too short."""
    before = f"{name} = "
    function, bracket, inner = code.partition("(")
    item, loop, source = inner.removesuffix(")").partition(" for path in ")
    if loop:
        whole = Group(
            f"{function}{bracket}", (("", item), (loop.lstrip(), source)), ")", is_loop=True
        )
        return laid_out(whole, before=before)
    try:
        value = ast.literal_eval(code)
    except ValueError:
        return before + code
    return laid_out(literal(value), before=before)


def _bash(pipeline: AdoptedPipeline) -> Iterator[str]:
    shell = next((each.shell for each in pipeline.stages if each.shell), ())
    if shell:
        words: list[Code] = [*map(quoted, ("bash", *(shell[1:-1] or ("-e",)), "-c")), "text"]
        yield _BASH.format(tool=pipeline.tool, words=one_line(listed(words)))


def _stage(name: str, stage: AdoptedStage) -> str:
    lines = [f"# {line}" for line in textwrap.wrap(_commented(stage.about), WIDTH - 2)]
    call = _call(stage)
    if not stage.clauses:
        return "\n".join([*lines, laid_out(call, before=f"{name} = ")])
    loops = [("", _clause(each)) for each in stage.clauses]
    loop = Group("[", (("", call), *loops), "]", is_open=True, is_loop=True)
    return "\n".join([*lines, laid_out(loop, before=f"{name} = ")])


def _clause(clause: Clause) -> str:
    return f"for {clause.target} in {clause.source}"


def _call(stage: AdoptedStage) -> Group:
    text = block(stage.command)
    if stage.shell:
        text = Group("bash(", (("", text),), ")")
    items: list[tuple[str, Code]] = [("", text), ("name=", spelled(stage.name))]
    if stage.inputs:
        inputs = {name: _paths(stage, name) for name in stage.inputs}
        items.append(("inputs=", mapped(inputs)))
    items.append(("outputs=", mapped({n: spelled(p) for n, p in stage.outputs.items()})))
    if stage.params:
        items.append(("params=", mapped(dict(stage.params))))
    if stage.code:
        items.append(("code=", listed([spelled(each) for each in stage.code])))
    return Group("command(", tuple(items), ")", is_open=True)


def _paths(stage: AdoptedStage, name: str) -> Code:
    """Return the paths of an input, as they are written."""
    if name in stage.wholly:
        spelling, clauses = stage.wholly[name]
        loops = tuple(("", _clause(each)) for each in clauses)
        item = ("", spelled(spelling))
        return Group("[", (item, *loops), "]", is_loop=True) if clauses else item[1]
    paths = stage.inputs[name]
    return spelled(paths[0]) if len(paths) == 1 else listed([spelled(each) for each in paths])
