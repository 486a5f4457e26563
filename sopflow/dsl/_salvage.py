"""What can be used of a definition that cannot be used: so that its other faults are found in the same go.

A step that is misshapen is replaced by a stand-in of the same id, so that whoever goes to it still finds it. What
stands outside the steps is left out where nothing else can mention it; else nothing is salvaged, for findings that
only echo another are worse than none.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

from pydantic import ValidationError

from sopflow.dsl._document import Document
from sopflow.dsl._validate import existing
from sopflow.model import Sop

Path = tuple[str | int, ...]

#: Parts at the top that no other part mentions by name.
_UNMENTIONED = frozenset(
    {"version", "title", "languages", "sources", "phases", "start", "note", "cites", "accept", "inferred"}
)
_LISTS_OF_STEPS = frozenset({"steps", "branches", "on"})
_ROUNDS = 5


def salvage(document: Document) -> tuple[Sop | None, frozenset[Path]]:
    """The definition with stand-ins for what is misshapen (None if that is not possible), and where they stand."""
    if not document.whole or not isinstance(document.data, dict):
        return None, frozenset()
    data = copy.deepcopy(document.data)
    replaced: set[Path] = set()
    for _ in range(_ROUNDS):
        try:
            sop = Sop.model_validate(data)
        except ValidationError as error:
            paths = {existing(data, one["loc"]) for one in error.errors(include_url=False, include_input=False)}
            if not all(_stand_in(data, path, replaced) for path in paths):
                return None, frozenset()
        else:
            sop._places = document
            return sop, frozenset(replaced)
    return None, frozenset()


def _stand_in(data: dict[str, object], path: Path, replaced: set[Path]) -> bool:
    """Replace the step at ``path``, or leave the part out; whether that could be done."""
    if path and path[0] in _UNMENTIONED:
        data.pop(str(path[0]), None)
        return True
    step = _innermost_step(data, path)
    if not step:
        return False
    holder: object = data
    for part in step[:-1]:
        holder = holder[part]  # type: ignore[index]  # the path exists
    name = step[-1]
    if step[-2] == "on" and isinstance(holder, dict):
        holder.pop(name, None)  # nobody goes to a handler
    elif isinstance(holder, dict):
        holder[name] = {"task": str(name)}
    elif isinstance(holder, list) and isinstance(name, int):
        body = holder[name]
        own = body.get("id") if isinstance(body, Mapping) else None
        if not isinstance(own, str):
            return False
        holder[name] = {"id": own, "task": own}
    else:
        return False
    replaced.add(step)
    return True


def _innermost_step(data: dict[str, object], path: Path) -> Path:
    """The path of the innermost step on the way, () if there is none."""
    found: Path = ()
    inside: object = data
    for size, part in enumerate(path, 1):
        if size > 1 and path[size - 2] in _LISTS_OF_STEPS and isinstance(inside, dict | list):
            found = path[:size]
        try:
            inside = inside[part]  # type: ignore[index]  # that is what is tried
        except (KeyError, IndexError, TypeError):
            break
    return found
