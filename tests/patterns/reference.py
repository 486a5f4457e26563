"""The page of the control-flow patterns, made from the heads of their definitions; knows Markdown.

To write it anew: ``python tests/patterns/reference.py > docs/reference/patterns.md``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from patterns import WITHOUT_OBJECT, Pattern, patterns

_LEAD = """\
# Control-flow patterns

What work flows through has been collected and numbered: W. van der Aalst, A. ter Hofstede, B. Kiepuszewski,
A. Barros, *Workflow Patterns*, Distributed and Parallel Databases 14 (1), 2003; N. Russell, A. ter Hofstede,
W. van der Aalst, N. Mulyar, *Workflow Control-Flow Patterns: A Revised View*, BPM Center Report BPM-06-22, 2006. This
page says how each of the 43 is written in [the language](language.md). Each has a small definition, whose head says in
our words what the pattern asks for, and a test that holds runs of it to that.

*Must*: the language promises it. *Should*: it is there, because nothing speaks against it. *Refused*: with it, nobody
could say of every definition whether its runs can come to their end; the definition shows what is found.
*Without object*: it mends what cannot happen here."""


def reference() -> str:
    """All patterns with how they are written, their definitions and their tests, as a Markdown page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _LEAD
    yield ""
    yield "| | pattern | | how it is written | definition | test |"
    yield "| --: | --- | --- | --- | --- | --- |"
    rows = {pattern.number: _row(pattern) for pattern in patterns()}
    for number, (name, why) in WITHOUT_OBJECT.items():
        rows[number] = f"| {number} | {name} | without object | {why} | | |"
    for number in sorted(rows):
        yield rows[number]


def _row(pattern: Pattern) -> str:
    file, module = (f"../../tests/patterns/{path.name}" for path in (pattern.file, pattern.module))
    shown = pattern.file.name.removesuffix(".sop.yaml")
    cells = (
        str(pattern.number),
        pattern.name,
        pattern.rank,
        pattern.here,
        f"[{shown}]({file})",
        f"[{pattern.test}]({module})",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
