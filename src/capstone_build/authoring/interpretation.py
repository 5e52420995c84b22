"""
From what a user wrote to a `Stage`, or to all that is wrong with it.

Knows the user's functions as objects, in the process that loaded them; does
not call them, and does not know the other stages (`capstone_build.core.graph`).
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from capstone_build.authoring.capture import Captured, named_classes, symbol_of
from capstone_build.authoring.code_reference import CodeReferences
from capstone_build.authoring.declaration import (
    Declaration,
    DeclaredStage,
    StageCommand,
    StageFunction,
)
from capstone_build.authoring.declared_path import read_artifact
from capstone_build.authoring.limits import is_number, limit_problems, memory_limit
from capstone_build.authoring.signature import RETURNED, signature_problems, spelled_form
from capstone_build.core.artifact import Artifact, Kind
from capstone_build.core.digest import JsonValue, is_plain
from capstone_build.core.function import hints_of, parameters_of, plain_function
from capstone_build.core.stage import (
    Action,
    Input,
    Output,
    PythonCall,
    ShellCommand,
    Stage,
    StageName,
    Symbol,
)
from capstone_build.core.template import places
from capstone_build.errors import DeclarationError, PipelineError

_NAME = re.compile(r"[^\W-][\w.,=+@\[\]-]*")
"""A stage's name is typed in a shell and is the name of a log file."""


class Interpretation:
    """
    One declaration, read.

    Args:
        declared: The stage as the user wrote it.
        module: The pipeline's module, where names are looked up.
        root: The project's root, absolute.

    Attributes:
        problems: All that is wrong with it.
        stage: What it means; None if there are problems.
    """

    def __init__(self, declared: DeclaredStage, module: ModuleType, root: str) -> None:
        self._declaration: Declaration = declared.declaration
        self._module = module
        self._root = root
        self.problems: list[PipelineError] = []
        self.stage: Stage | None = None
        try:
            stage = self._read(declared)
        except DeclarationError as problem:
            self.problems.append(problem)
        else:
            self.stage = None if self.problems else stage

    def _read(self, declared: DeclaredStage) -> Stage:
        written = self._declaration
        self._check_plain_fields()
        inputs = self._inputs()
        outputs = self._outputs()
        self._check_names_are_distinct()
        parameters = self._parameters()
        action: Action
        captured = Captured(written.module)
        if isinstance(declared, StageFunction):
            action, code = self._python_call(declared.function, captured)
        elif isinstance(declared, StageCommand):
            action, code = self._shell_command(declared.text), []
            named = {name for group, name in places(action.text) if group == "outputs"}
            if None not in named:
                outputs = [
                    Output(o.name, o.artifact, in_place=o.name not in named) for o in outputs
                ]
        else:
            raise TypeError(f"{declared!r} is neither a function nor a command")
        artifacts = [
            *(a for each in inputs for a in each.artifacts),
            *(o.artifact for o in outputs),
        ]
        modules = [sys.modules.get(written.module, self._module), self._module]
        for artifact in artifacts:
            if artifact.contract is not None:
                code += captured.add_contract(artifact, modules)
        references = CodeReferences(written, modules, self._root, self._problem)
        references.read(captured)
        self.problems += references.problems
        return Stage(
            name=StageName(written.name),
            action=action,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            parameters=parameters,
            environment=tuple(written.env),
            timeout=written.timeout,
            memory=memory_limit(written),
            retries=written.retries,
            code=tuple(dict.fromkeys([*code, *captured.symbols])),
            added=tuple(dict.fromkeys(references.added)),
            files=tuple(dict.fromkeys(references.files)),
            ignored=tuple(dict.fromkeys(references.ignored)),
            tags=tuple(written.tags),
            version=None if written.version is None else str(written.version),
            captured=captured.values,
            location=self._declaration.location,
        )

    # What both kinds of stage declare.

    def _check_plain_fields(self) -> None:
        written = self._declaration
        if not isinstance(written.name, str) or not _NAME.fullmatch(written.name):
            raise self._problem(
                f"{written.name!r} is no name for a stage",
                "Use letters, figures and . , = + @ [ ] - without spaces: name=... in its "
                "declaration.",
            )
        for label, value, example in (("env", written.env, "LANG"), ("tags", written.tags, "slow")):
            is_list = isinstance(value, list | tuple | set | frozenset)
            if not is_list or not all(isinstance(each, str) and each for each in value):
                raise self._problem(
                    f"{label}={value!r} is no list of names", f"Write {label}=[{example!r}]."
                )
        for problem, hint in limit_problems(written):
            self._report(problem, hint)
        version = written.version
        if version is not None and not (isinstance(version, str) or is_number(version)):
            self._report(f"version={version!r} is no text and no number", "Write version='2'.")
        for label, mapping in (
            ("inputs", written.inputs),
            ("outputs", written.outputs),
            ("params", written.params),
        ):
            if not isinstance(mapping, Mapping):
                raise self._problem(
                    f"{label}={mapping!r} is no mapping from names",
                    f"Write {label}={{'name': ...}}.",
                )
            for name in mapping:
                if not isinstance(name, str) or not name.isidentifier():
                    self._report(
                        f"{name!r} in {label} is no name", "Use one that a parameter can have."
                    )

    def _inputs(self) -> list[Input]:
        inputs = []
        for name, value in self._declaration.inputs.items():
            if isinstance(value, list | tuple):
                artifacts = [a for each in value for a in self._artifact(each)]
                inputs.append(Input(name, tuple(artifacts), is_list=True))
            else:
                artifacts = self._artifact(value)
                is_list = any(artifact.kind is Kind.PATTERN for artifact in artifacts)
                inputs.append(Input(name, tuple(artifacts), is_list))
        return inputs

    def _outputs(self) -> list[Output]:
        outputs = []
        for name, value in self._declaration.outputs.items():
            for artifact in self._artifact(value):
                if artifact.kind is Kind.PATTERN:
                    self._report(
                        f"the output {artifact.path!r} is a pattern",
                        "Name a file, or a folder with a / at its end.",
                    )
                outputs.append(Output(name, artifact))
        if not self._declaration.outputs:
            self._report(
                "it declares no output", "A stage is known by what it leaves: outputs={...}."
            )
        return outputs

    def _artifact(self, written: object) -> list[Artifact]:
        """Read one path; a bad one is reported and gives none."""
        try:
            return [
                read_artifact(
                    written, self._root, self._declaration.name, str(self._declaration.location)
                )
            ]
        except DeclarationError as problem:
            self.problems.append(problem)
            return []

    def _check_names_are_distinct(self) -> None:
        groups: dict[str, list[str]] = {}
        for label in ("inputs", "outputs", "params"):
            for name in getattr(self._declaration, label):
                groups.setdefault(name, []).append(label)
        for name, labels in groups.items():
            if len(labels) > 1:
                self._report(
                    f"{name!r} is declared in {' and in '.join(labels)}",
                    "Give each a name of its own.",
                )

    def _parameters(self) -> dict[str, JsonValue]:
        for name, value in self._declaration.params.items():
            if not is_plain(value):
                self._report(
                    f"the parameter {name}={value!r} is no plain value",
                    "Use texts, numbers, true or false, lists, and mappings with texts as keys.",
                )
        return dict(self._declaration.params)

    # Functions.

    def _python_call(
        self, function: Callable[..., Any], captured: Captured
    ) -> tuple[PythonCall, list[Symbol]]:
        plain = plain_function(function)
        main = symbol_of(plain)
        if main is None or isinstance(plain, type):
            raise self._problem(f"{function!r} is no function", "Decorate a function.")
        for is_other, what in (
            (inspect.iscoroutinefunction, "async"),
            (inspect.isgeneratorfunction, "a generator"),
            (inspect.isasyncgenfunction, "an async generator"),
        ):
            if is_other(plain):
                raise self._problem(
                    f"its function is {what}: calling it would not do its work",
                    "Decorate a plain function that runs it to its end.",
                )
        captured.add("", function)
        try:
            hints = hints_of(function)
            parameters = parameters_of(function)
        except Exception as error:  # evaluating annotations runs the user's code
            raise self._problem(
                f"the signature of the function cannot be evaluated: {error}",
                "Import what it names at run time, not only for type checking.",
            ) from None
        for problem, hint in signature_problems(self._declaration, parameters, hints):
            self._report(problem, hint)
        returned = [name for name in self._declaration.outputs if name not in parameters]
        forms = {name: spelled_form(hints.get(name)) for name in parameters}
        if returned:
            forms[RETURNED] = spelled_form(hints.get(RETURNED))
        models = [
            symbol
            for hint in hints.values()
            for symbol in named_classes(hint)
            if symbol.partition(":")[0].partition(".")[0] not in sys.stdlib_module_names
        ]
        return PythonCall(main, forms), [main, *models]

    # Commands.

    def _shell_command(self, text: object) -> ShellCommand:
        if isinstance(text, Sequence) and not isinstance(text, str | bytes):
            if not text or not all(isinstance(word, str) for word in text):
                raise self._problem(
                    f"{text!r} is no program with arguments", "Write ['sort', '{inputs.raw}']."
                )
            text = tuple(text)
        elif not isinstance(text, str) or not text.strip():
            raise self._problem(f"{text!r} is no command", "Write a line for the shell, or a list.")
        for group, name in places(text):
            known = getattr(self._declaration, group)
            if name is not None and name not in known:
                near = get_close_matches(name, known)
                self._report(
                    f"{{{group}.{name}}} names nothing",
                    f"Did you mean {{{group}.{near[0]}}}?"
                    if near
                    else f"Declare it: {group}={{{name!r}: ...}}.",
                )
        return ShellCommand(text)

    def _report(self, problem: str, hint: str) -> None:
        self.problems.append(self._problem(problem, hint))

    def _problem(self, problem: str, hint: str) -> DeclarationError:
        return DeclarationError(
            f"stage {self._declaration.name!r}: {problem}",
            facts={"declared at": str(self._declaration.location)},
            hint=hint,
        )
