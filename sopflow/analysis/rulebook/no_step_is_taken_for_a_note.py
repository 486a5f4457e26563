"""Rule: no step is taken for a note."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sopflow.analysis._rule import DocPath, Rule, Subject
from sopflow.errors import Finding
from sopflow.model import installed_kinds

REASON = (
    "A key that begins with ‘x-’ holds data of your own, and is not read. A step, a branch or a handler of such a name "
    "is therefore no part of the flow, though it looks like one."
)

VALID = """\
sopflow: 1
id: clinic
roles: {nurse: Nurse}
steps:
  welcome: {task: Welcome the patient, by: nurse, x-room: 3}
  take-x-ray: {task: Take an X-ray, by: nurse}
"""

INVALID = """\
sopflow: 1
id: clinic
roles: {nurse: Nurse}
steps:
  welcome: {task: Welcome the patient, by: nurse}
  x-ray: {task: Take an X-ray, by: nurse}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The maps among steps and handlers that look like one and are called ``x-…``."""
    sop = subject.sop
    yield from _among(subject, sop.steps, ("steps",), ("step", "步骤"))
    yield from _among(subject, sop.on, ("on",), ("handler", "处理项"))
    for node in subject.index.nodes:
        for key, what in (("steps", ("step", "步骤")), ("branches", ("branch", "分支")), ("on", ("handler", "处理项"))):
            yield from _among(subject, vars(node.step).get(key, ()), (*node.doc, key), what)


def _among(subject: Subject, parts: object, doc: DocPath, what: tuple[str, str]) -> Iterator[Finding]:
    notes = getattr(parts, "extensions", {})
    for name, body in notes.items():
        if isinstance(body, Mapping) and _looks_like_a_step(body):
            yield subject.at("SOP529", (*doc, name), key=True, name=name, what=what[0], what_zh=what[1])


def _looks_like_a_step(body: Mapping[str, object]) -> bool:
    known = installed_kinds().known
    return any(key in known for key in body) or bool({"next", "instead"} & body.keys())


RULE = Rule("no_step_is_taken_for_a_note", ("SOP529",), REASON, VALID, INVALID, check)
