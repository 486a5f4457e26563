"""Rule: nothing is listed twice."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import DocPath, Rule, Subject
from sopflow.errors import Finding

REASON = (
    "A name that stands twice in a list is a slip: mostly another name was meant. Under ‘need: all’ each name in ‘by’ "
    "has a vote of its own, and a field that a form names twice is asked twice."
)

VALID = """\
sopflow: 1
id: order
roles: {buyer: Buyer, head: {title: Head, people: [ann, bo]}}
data: {order: {price: decimal, note: string}}
steps:
  fill: {task: Fill it in, by: [buyer, head], form: [order.price, order.note?]}
"""

INVALID = """\
sopflow: 1
id: order
roles: {buyer: Buyer, head: {title: Head, people: [ann, ann]}}
data: {order: {price: decimal, note: string}}
steps:
  fill: {task: Fill it in, by: [buyer, buyer], form: [order.price, order.price?]}
"""

#: The lists of names that a step may have, by attribute and by key.
_LISTS = {
    "by": "by",
    "may": "may",
    "tell": "tell",
    "not_by": "not-by",
    "same_by": "same-by",
    "after": "after",
    "holds": "holds",
    "form": "form",
    "cites": "cites",
}


def check(subject: Subject) -> Iterator[Finding]:
    """What stands twice in the lists of steps and roles."""
    for name, role in subject.sop.roles.items():
        yield from _twice(subject, role.people, ("roles", name, "people"), name)
    for node in subject.index.nodes:
        said = vars(node.step)  # pydantic's own way to an attribute is long
        for attribute, key in _LISTS.items():
            if len(said[attribute]) > 1:
                yield from _twice(subject, said[attribute], (*node.doc, key), node.path)


def _twice(subject: Subject, names: tuple[object, ...], doc: DocPath, owner: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, entry in enumerate(names):
        if not isinstance(entry, str):
            continue
        name = entry.removesuffix("?") if doc[-1] == "form" else entry
        if name in seen:
            yield subject.at("SOP516", (*doc, number), name=name, key_name=doc[-1], owner=owner)
        seen.add(name)


RULE = Rule("nothing_is_listed_twice", ("SOP516",), REASON, VALID, INVALID, check)
