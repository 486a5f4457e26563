"""Rule: every shown field exists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sopflow.analysis._rule import DocPath, Rule, Subject
from sopflow.errors import Finding, nearest
from sopflow.model import Step, Text

REASON = (
    "‘{event.name}’ in a text shows a field to those who do the step. A name that is none shows an ellipsis in every "
    "run. Names of items and of messages count where a step is inside their block."
)

VALID = """\
sopflow: 1
id: invite
data: {event: {name: string}}
steps:
  write: {task: "Write to the guests of {event.name}", checklist: ["{event.name} is spelt right"], form: [event.name]}
"""

INVALID = """\
sopflow: 1
id: invite
data: {event: {name: string}}
steps:
  write: {task: "Write to the guests of {event.name}", checklist: ["{event.nane} is spelt right"], form: [event.name]}
"""

_SHOWN = re.compile(r"\{([A-Za-z_][\w.]*)\}")
_LISTS = ("checklist", "standards", "materials", "evidence")
_ROOTS = frozenset({"steps", "run", "now", "today", "message", "result"})


def check(subject: Subject) -> Iterator[Finding]:
    """The texts that show what is no field; the title of a step is looked at when it is compiled."""
    known = _known(subject)
    for node in subject.index.nodes:
        for keys, text in _texts_of(node.step):
            written = {"": text.written} if isinstance(text.written, str) else text.written
            for tag, words in written.items():
                for shown in _SHOWN.finditer(words) if "{" in words else ():
                    if not _exists(shown[1], known | _seen_by(node.index, subject)):
                        at = (*node.doc, *keys, *([tag] if tag else []))
                        near = nearest(shown[1], known)
                        yield subject.at("SOP525", at, name=shown[1], nearest=near[0] if near else "")


def _texts_of(step: Step) -> Iterator[tuple[DocPath, Text]]:
    """What people see of a step while they do it, its title aside, each with its keys."""
    said = vars(step)
    for key in ("asks", "note"):
        if isinstance(said.get(key), Text):
            yield (key,), said[key]
    for key in _LISTS:
        for number, item in enumerate(said[key]):
            text = item.title if key == "evidence" else item.text
            if text is not None:
                at = () if item.is_short else ("title",) if key == "evidence" else ("text",)
                yield (key, number, *at), text


def _known(subject: Subject) -> frozenset[str]:
    program = subject.program
    return frozenset((*program.fields, *program.derived, *program.anchors))


def _seen_by(step: int, subject: Subject) -> frozenset[str]:
    """The names that only this step sees: those of the items around it."""
    program = subject.program
    names = set(program.steps[step].parts)
    region = program.regions[program.steps[step].region]
    while region.block >= 0:
        block = program.steps[region.block]
        if block.each is not None:
            names.add(block.each.as_)
        region = program.regions[block.region]
    return frozenset(names)


def _exists(name: str, names: frozenset[str]) -> bool:
    parts = name.split(".")
    if parts[0] in _ROOTS or any(".".join(parts[:size]) in names for size in range(1, len(parts) + 1)):
        return True
    return any(other.startswith(f"{name}.") for other in names)


RULE = Rule("every_shown_field_exists", ("SOP525",), REASON, VALID, INVALID, check)
