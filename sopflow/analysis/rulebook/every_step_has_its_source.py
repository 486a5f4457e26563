"""Rule: every step has its source."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.model import Handler, ListOf, Node, Record, Step, Text

REASON = (
    "In an SOP whose ‘sources’ have facts, and whose steps cite them, a step without a citation looks as if it came "
    "from there too. Say where it comes from, or that it is your own reading (‘inferred’). A citation on any part of "
    "the step counts. It is asked of tasks, decisions and approvals; what only leads from one to the next needs none."
)

VALID = """\
sopflow: 1
id: wash
sources: {handbook: {title: Handbook, facts: facts.yaml}}
steps:
  soak: {task: Soak, cites: [handbook-1]}
  rinse: {task: Rinse, inferred: The handbook goes from soaking to drying}
"""

INVALID = """\
sopflow: 1
id: wash
sources: {handbook: {title: Handbook, facts: facts.yaml}}
steps:
  soak: {task: Soak, cites: [handbook-1]}
  rinse: {task: Rinse}
"""

_NEED_ONE = frozenset({"work", "choose"})


def check(subject: Subject) -> Iterator[Finding]:
    """The steps of an SOP with sources that say nothing of where they come from."""
    sop, nodes = subject.sop, subject.index.nodes
    if not any(source.facts for source in sop.sources.values()):
        return
    sourced = [_is_sourced(node.step) for node in nodes]
    if not any(sourced):
        return
    of_handlers = _handlers(subject)
    for node, is_sourced in zip(nodes, sourced, strict=True):
        if not is_sourced and node.step.lowers_to in _NEED_ONE and node.doc not in of_handlers:
            yield subject.at_step("SOP526", node.index)


def _handlers(subject: Subject) -> set[tuple[str | int, ...]]:
    """The handlers that say themselves where they come from."""
    scopes = [(("on",), subject.sop.on)] + [((*node.doc, "on"), node.step.on) for node in subject.index.nodes]
    return {(*doc, name) for doc, handlers in scopes for name, handler in handlers.items() if _is_sourced(handler)}


def _is_sourced(part: Step | Handler) -> bool:
    """Whether it, or a part of it that is no step of its own, cites a fact or is marked as a reading."""
    todo: list[object] = [part]
    while todo:
        one = todo.pop()
        match one:
            case None | str() | bool() | int() | float() | Text():
                continue
            case Node():
                said = vars(one)
                if said.get("cites") or said.get("inferred") is not None:
                    return True
                if one is part or not isinstance(one, (Step, Handler)):
                    todo += [value for name, value in said.items() if name != "extensions"]
            case Record(fields=fields):
                todo.append(fields)
            case ListOf(item=item):
                todo.append(item)
            case tuple() | list():
                todo += one
            case dict():
                todo += one.values()
    return False


RULE = Rule("every_step_has_its_source", ("SOP526",), REASON, VALID, INVALID, check)
