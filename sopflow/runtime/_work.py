"""A work item: what a person sees of an open step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sopflow.engine import (
    Opening,
    RunState,
    View,
    as_value,
    enabled,
    fills,
    no_seat,
    objection,
    roles_of,
    view_of,
)
from sopflow.program import Op, Program
from sopflow.values import Field, write


@dataclass(frozen=True, slots=True)
class WorkItem:
    """An open step, as shown to those who may do it.

    ``step`` is its path, ``kind`` as the definition says (task, decision, approval …), ``role`` who may do it
    (several: joined by a comma; "" for anybody), ``due`` its deadline (a date, an instant, or None),
    ``outcomes`` what may be chosen, ``form`` the fields to fill (field → may stay empty), ``asks`` the fields it
    waits for before it can go on, ``until`` when a held step opens, ``error`` what stopped it, ``claimed`` who has
    taken it, ``resources`` what a held step waits for, ``handler`` the registered handler that may do it, ``parts``
    the fields of the items it is about.
    """

    step: str
    kind: str
    title: Mapping[str, str]
    role: str
    roles: tuple[str, ...]
    due: date | datetime | None
    late: bool
    outcomes: tuple[str, ...]
    form: Mapping[str, bool]
    asks: tuple[str, ...]
    checklist: tuple[Mapping[str, str], ...]
    evidence: tuple[Mapping[str, str], ...]
    phase: str
    since: datetime | None
    until: datetime | None
    error: str
    claimed: str
    resources: tuple[str, ...]
    handler: str
    item: object
    opening: int
    program: Program = field(repr=False)
    parts: Mapping[str, Field] = field(repr=False)

    def text(self, lang: str = "") -> str:
        """The title in ``lang``, else in the definition's first language."""
        return self.program.text(self.title, lang)

    def field(self, path: str) -> Field:
        """The declared field of that path, also one of the item that the step is about."""
        return self.parts[path] if path in self.parts else self.program.fields[path]

    def as_data(self, lang: str = "") -> dict[str, object]:
        """As plain JSON data, with stable keys."""
        shown: dict[str, object] = {
            "step": self.step,
            "kind": self.kind,
            "title": self.text(lang),
            "role": self.role,
            "due": self.due.isoformat() if self.due else None,
            "late": self.late,
            "outcomes": list(self.outcomes),
            "asks": list(self.asks),
            "phase": self.phase,
            "form": dict(self.form),
            "checklist": [self.program.text(line, lang) for line in self.checklist],
        }
        if self.until:
            shown["until"] = self.until.astimezone(self.program.zone).isoformat()
        if self.error:
            shown["error"] = self.error
        if self.claimed:
            shown["claimed"] = self.claimed
        if self.resources:
            shown["resources"] = list(self.resources)
        if self.handler:
            shown["handler"] = self.handler
        return shown


_SHOWN = re.compile(r"\{([A-Za-z_][\w.]*)\}")


def _filled(texts: Mapping[str, str], view: View) -> Mapping[str, str]:
    """Texts with the fields they show, ``{event.name}``; one that is unknown shows as an ellipsis."""

    def shown(field_: re.Match[str]) -> str:
        try:
            return str(write(view[field_[1]]))
        except KeyError:
            return "…"

    return {tag: _SHOWN.sub(shown, text) if "{" in text else text for tag, text in texts.items()}


def may_act(program: Program, state: RunState, who: str) -> Iterator[Opening]:
    """The openings that ``who``, a role or a person, may act on now: deputies, four eyes, claims and votes count.

    A step at an incident is for those whose work it is; what waits for data that nobody is asked for is nobody's.
    """
    for opening in enabled(program, state) if who and state.status == "running" else ():
        step = program.steps[opening.step]
        if opening.phase == "incident":
            roles = roles_of(program, step, opening)
            if not roles or any(fills(program, who, role) for role in roles):
                yield opening
        elif opening.phase == "open" or opening.asked:
            against = objection(program, state, step, opening, who) or no_seat(program, step, opening, who)
            if against is None:
                yield opening


def work_item(program: Program, state: RunState, opening: Opening, path: str) -> WorkItem:
    """The work item of an opening; ``path`` is its full path."""
    step = program.steps[opening.step]
    view = view_of(program, state, opening)
    roles = roles_of(program, step, opening)
    asking = opening.phase == "asks"

    until = min(
        (
            state.timers[opening.id, name]
            for name in opening.timers
            if opening.phase == "held" and (opening.id, name) in state.timers
        ),
        default=None,
    )
    return WorkItem(
        step=path,
        kind=step.kind,
        title=_filled(step.title, view),
        role=", ".join(roles),
        roles=roles,
        due=as_value(opening.due),
        late=opening.late,
        outcomes=() if asking and step.op != Op.CHOOSE else tuple(name for name in step.exits if name != step.missed),
        form={} if asking else dict(step.form),
        asks=opening.asked,
        checklist=() if asking else tuple(_filled(line.text, view) for line in step.checklist),
        evidence=() if asking else tuple(_filled(line.text, view) for line in step.evidence),
        phase=opening.phase,
        since=opening.since,
        until=until,
        error=opening.error,
        claimed=opening.claimed,
        resources=step.holds if opening.holding == "asked" else (),
        handler=step.run,
        item=opening.item,
        opening=opening.id,
        program=program,
        parts={path: part.field for path, part in step.parts.items()},
    )
