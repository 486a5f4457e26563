"""The work as definitions: the text that somebody would write for sopflow."""

from __future__ import annotations

from workloads.work import Flat, Forks, Items

HEAD = """\
sopflow: 1
id: {id}
version: 1.0.0
title: A benchmark
roles: {{clerk: Clerk}}
data:
  amount: {{is: int, min: 0, ask: clerk}}
  word: {{is: [x, y, z], ask: clerk}}
  ok: {{is: bool, ask: clerk}}
  items: list of string
{data}steps:
"""


def head(name: str, data: str = "") -> str:
    """The top of a definition."""
    return HEAD.format(id=name, data=data)


def linear(size: int, extra: str = "") -> str:
    """Tasks in a row."""
    steps = (f"  s{number}: {{task: Step {number}, by: clerk{extra}}}\n" for number in range(size))
    return head("linear") + "".join(steps)


def decisions(work: Flat) -> str:
    """A decision by an expression for each state, under a task where the run stands between two contexts (``wait``)."""
    data = "".join(
        f"  {name}: {'bool' if isinstance(value, bool) else 'int' if isinstance(value, int) else 'string'}\n"
        for name, value in work.contexts[0].items()
    )
    lines = []
    for number, arrows in enumerate(work.states):
        if arrows:
            (guard, yes), (_, no) = arrows["go"]
            assert guard is not None
            to = [f"end {work.ends[to]}" if to in work.ends else f"s{to}" for to in (yes, no)]
            lines.append(f'  s{number}: {{decision: D{number}, when: "{guard.text}", yes: {to[0]}, no: {to[1]}}}\n')
    return head("decisions", data) + "".join(lines)


def decided_again(work: Flat) -> str:
    """The same decisions after a task that is handed in again and again, with new data each time."""
    take = "  take: {task: Take, by: clerk, outcomes: [go, stop], next: {go: s0, stop: end}}\n"
    text = decisions(work).replace("steps:\n", "steps:\n" + take)
    for end in work.ends.values():
        text = text.replace(f"end {end}", "take")
    return text


def rework() -> str:
    """Write, review, again."""
    return (
        head("rework")
        + """\
  write: {task: Write, by: clerk}
  review: {task: Review, by: clerk, outcomes: [again, good], next: {again: write, good: done}}
"""
    )


def rework_judged() -> str:
    """The review is an approval."""
    review = "  review: {approval: Review, by: clerk, refused: write}\n"
    return head("judged") + "  write: {task: Write, by: clerk}\n" + review


def rework_asked() -> str:
    """The review is a question about a field, which a new round asks anew."""
    return (
        head("asked")
        + "  write: {task: Write, by: clerk}\n  review: {decision: Good, about: ok, by: clerk, yes: end, no: write}\n"
    )


def forks(work: Forks) -> str:
    """A parallel whose branches are groups of tasks; nested: the last step of each branch is such a parallel."""

    def lane(indent: str, depth: int) -> str:
        text = "".join(f"{indent}s{step}: {{task: S{step}, by: clerk}}\n" for step in range(work.steps))
        return text + (fork(indent, depth + 1) if work.nested and depth == 1 else "")

    def fork(indent: str, depth: int) -> str:
        text = f"{indent}fork:\n{indent}  parallel: Fork\n{indent}  branches:\n"
        for branch in range(work.branches):
            text += f"{indent}    b{branch}:\n{indent}      group: B{branch}\n{indent}      steps:\n"
            text += lane(indent + " " * 8, depth)
        return text

    return head("forks") + fork("  ", 1)


def items(work: Items) -> str:
    """A for-each over a field."""
    steps = ", ".join(f"s{step}: {{task: S{step}, by: clerk}}" for step in range(work.steps))
    return head("items") + f"  each: {{for-each: items, as: item, steps: {{{steps}}}}}\n"


def ring(size: int) -> str:
    """Tasks in a ring."""
    lines = [f"  s{number}: {{task: Step {number}, by: clerk}}\n" for number in range(size - 1)]
    last = f"  s{size - 1}: {{task: Last, by: clerk, outcomes: [on, stop], next: {{on: s0, stop: done}}}}\n"
    return head("ring") + "".join(lines) + last
