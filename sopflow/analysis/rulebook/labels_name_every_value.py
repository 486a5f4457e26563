"""Rule: labels name every value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sopflow.analysis._rule import DocPath, Rule, Subject
from sopflow.errors import Finding
from sopflow.model import Enumeration, Field, ListOf, Record

REASON = (
    "Labels are what people read in place of the words of an enumeration. Where some values have one, the others show "
    "up as bare words, and in one language only."
)

VALID = """\
sopflow: 1
id: parcel
data: {size: {is: [small, large], labels: {small: Fits the letter box, large: Does not}}}
steps:
  weigh: {task: Weigh it, form: [size]}
"""

INVALID = """\
sopflow: 1
id: parcel
data: {size: {is: [small, large], labels: {small: Fits the letter box}}}
steps:
  weigh: {task: Weigh it, form: [size]}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The enumerations of which only some values have a label."""
    sop = subject.sop
    declared: list[tuple[DocPath, str, Field]] = [
        (("data", *path.split(".")), path, field) for path, field in sop.fields.items()
    ]
    declared += [(("parameters", name), name, field) for name, field in sop.parameters.items()]
    for name, message in sop.messages.items():
        declared += [
            (("messages", name, *path.split(".")), f"{name}.{path}", field) for path, field in message.fields.items()
        ]
    while declared:
        doc, path, field = declared.pop(0)
        is_, labels = field.is_, field.labels
        if isinstance(is_, ListOf):
            is_ = is_.item
        if isinstance(is_, Record):
            declared += [((*doc, name), f"{path}.{name}", inner) for name, inner in is_.fields.items()]
        elif isinstance(is_, Enumeration) and labels:
            yield from _missing(subject, doc, path, is_, labels)


def _missing(
    subject: Subject, doc: DocPath, path: str, is_: Enumeration, labels: Mapping[str, object]
) -> Iterator[Finding]:
    missing = [value for value in is_.values if value not in labels]
    if missing:
        yield subject.at("SOP524", (*doc, "labels"), key=True, name=path, values=", ".join(missing))


RULE = Rule("labels_name_every_value", ("SOP524",), REASON, VALID, INVALID, check)
