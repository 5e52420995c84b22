"""
What is wrong in what the engine remembers, in words.

Knows findings; does not know how they were found.
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby

from capstone_build.core.digest import JsonValue
from capstone_build.core.finding import Finding, Flaw, Remedy, Verification
from capstone_build.core.size import spell_size
from capstone_build.presentation.amount import counted
from capstone_build.presentation.cells import padded
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.style import Style, paint

_WORD = 9
_SHOWN = 10
"""So many findings of one kind are told one by one."""

_WORDS = {
    Flaw.MANIFEST_DAMAGED: "damaged",
    Flaw.TRACE_DAMAGED: "damaged",
    Flaw.OBJECT_ROTTEN: "rotten",
    Flaw.OBJECT_MISSING: "missing",
    Flaw.SOURCE_MISSING: "missing",
    Flaw.OUTPUT_ROTTEN: "rotten",
    Flaw.OUTPUT_CHANGED: "changed",
    Flaw.OUTPUT_MISSING: "missing",
    Flaw.SOURCE_ROTTEN: "rotten",
    Flaw.LEADS_OUT: "refused",
    Flaw.UNREADABLE: "unread",
}

_CLAUSES = {
    Flaw.MANIFEST_DAMAGED: "the manifest: {says}",
    Flaw.TRACE_DAMAGED: "what is remembered of {stage} is not what was written",
    Flaw.OBJECT_ROTTEN: "{what} in the store is not what was put there",
    Flaw.OBJECT_MISSING: "{says}, which {stage} left, is not in the store",
    Flaw.SOURCE_MISSING: "{says}, which {stage} ran, is not in the store",
    Flaw.OUTPUT_ROTTEN: "{subject} is not what {stage} left, and its size and times do not tell",
    Flaw.OUTPUT_CHANGED: "{subject} is not what {stage} left: it seems that somebody edited it",
    Flaw.OUTPUT_MISSING: "{subject}, which {stage} left, is not there",
    Flaw.SOURCE_ROTTEN: "{subject} is not what was read, and its size and times do not tell",
    Flaw.LEADS_OUT: "{subject}, remembered as left by {stage}, is no path of the project",
    Flaw.UNREADABLE: "{subject} cannot be read: {says}",
}

_REMEDIES = {
    Remedy.NONE: "",
    Remedy.MENDED: "stored anew from what stands",
    Remedy.DROPPED: "no build will use it",
    Remedy.RESTORED_NEXT: "the next build sets aside what is there, and restores it",
    Remedy.RUN_NEXT: "the next build runs the stage",
    Remedy.ANEW_NEXT: "the next build begins anew, and runs all stages",
}

_OTHER_REMEDIES = {
    (Flaw.OBJECT_ROTTEN, Remedy.MENDED): "set aside, and stored anew from what stands",
    (Flaw.OBJECT_ROTTEN, Remedy.DROPPED): "set aside: it can be computed again, not restored",
    (Flaw.OBJECT_MISSING, Remedy.NONE): "once it is lost, it has to be computed",
    (Flaw.SOURCE_MISSING, Remedy.NONE): "`capstone why` cannot show what changed since",
    (Flaw.OUTPUT_MISSING, Remedy.RESTORED_NEXT): "the next build restores it",
    (
        Flaw.SOURCE_ROTTEN,
        Remedy.RUN_NEXT,
    ): "the next build runs what reads it; put it back first, if that is not what you mean",
    (Flaw.UNREADABLE, Remedy.NONE): "mend its permissions",
}


def verification_lines(verification: Verification, colour: bool) -> list[str]:
    """Return a line for each thing that is wrong, and the whole of it in the last."""
    lines = []
    for _, group in groupby(verification.findings, lambda each: (each.flaw, each.remedy)):
        alike = list(group)
        lines += [_line(each, colour) for each in alike[:_SHOWN]]
        if len(alike) > _SHOWN:
            lines.append(f"{'':{_WORD}} and {len(alike) - _SHOWN} more like these")
    style = Style.BAD if verification.findings else Style.GOOD
    return [*lines, paint(_verdict(verification), style, colour)]


def verification_record(verification: Verification) -> dict[str, JsonValue]:
    """Return *verification* as JSON can say it."""
    record = asdict(verification)
    record["findings"] = [
        {**asdict(each), "flaw": each.flaw.value, "remedy": each.remedy.value}
        for each in verification.findings
    ]
    return {"is_well": not verification.findings, **record}


def _line(each: Finding, colour: bool) -> str:
    stage = f"stage {each.stage}" if each.stage else "a past run"
    what = f"{each.says}, as {stage} left it," if each.says else each.subject
    said = _CLAUSES[each.flaw].format(subject=each.subject, says=each.says, stage=stage, what=what)
    remedy = _OTHER_REMEDIES.get((each.flaw, each.remedy), _REMEDIES[each.remedy])
    text = for_terminal(f"{said}; {remedy}" if remedy else said)
    return f"{paint(padded(_WORDS[each.flaw], _WORD), Style.BAD, colour)} {text}"


def _verdict(verification: Verification) -> str:
    wrong = len(verification.findings)
    looked = (
        f"{counted(verification.files, 'file')} of the project, "
        f"{verification.objects} of the store, "
        f"{spell_size(verification.size)} in {spelled(verification.seconds)}"
    )
    if not wrong:
        if not (verification.objects or verification.files or verification.traces):
            return "nothing to verify: nothing was built yet"
        return f"all well: {looked}"
    said = f"{counted(wrong, 'thing')} wrong in {looked}"
    if verification.unmended:
        return f"{said}; nothing could be mended: {for_terminal(verification.unmended)}"
    healed = {Remedy.RESTORED_NEXT, Remedy.RUN_NEXT, Remedy.ANEW_NEXT}
    if any(each.remedy in healed for each in verification.findings):
        said += "; `capstone build` heals it"
    return said
