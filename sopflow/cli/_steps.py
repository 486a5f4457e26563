"""The steps that paths in a run's history and work items mean, through the SOPs that it calls."""

from __future__ import annotations

from sopflow.engine import without_items
from sopflow.program import Program, Step
from sopflow.runtime import WorkItem


def step_at(program: Program, path: str) -> tuple[Program, Step] | None:
    """The step at a full path, and the program that it is a step of; None if there is none."""
    parts = without_items(path).split(".")
    begin = 0
    while begin < len(parts):
        for end in range(len(parts), begin, -1):
            index = program.by_path.get(".".join(parts[begin:end]))
            if index is None:
                continue
            step = program.steps[index]
            if end == len(parts):
                return program, step
            if step.call is not None:
                program, begin = step.call.program, end
                break
        else:
            return None
    return None


def awaited_messages(item: WorkItem) -> tuple[str, ...]:
    """The messages that a waiting step waits for."""
    parts = without_items(item.step).split(".")
    for begin in range(len(parts)):  # the path of a step in a called SOP begins with those of the calls
        index = item.program.by_path.get(".".join(parts[begin:]))
        if index is not None:
            waits = item.program.steps[index].wait
            return tuple(alternative.message for alternative in waits if alternative.message)
    return ()
