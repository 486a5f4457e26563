"""Rule: every table decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sopflow.analysis._data import all_reads
from sopflow.analysis._guarded import guards_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.analysis.guards import Claim, Every, Guards, Query, Some, domain_in_words, in_words
from sopflow.errors import Finding
from sopflow.program import Row, Step, Table

REASON = (
    "A decision table must have a row for all data that may come, and as many rows that match as its hit policy "
    "allows: one (‘unique’), equal ones (‘any’), or the first (‘first’), for which each row must have a turn. "
    "What is unknown is asked for, so only known data can fall into a gap."
)

VALID = """\
sopflow: 1
id: hall
roles: {clerk: Clerk}
data: {heads: {is: int, min: 0}, outdoors: bool, venue: [garden, room, hall]}
steps:
  where:
    decision: Where does it take place?
    by: clerk
    table:
      columns: [heads, outdoors]
      gives: [venue]
      rows:
        - [any, true, garden]
        - [at most 30, false, room]
        - [above 30, false, hall]
  book: {task: 'Book the {venue}', by: clerk}
"""

INVALID = """\
sopflow: 1
id: hall
roles: {clerk: Clerk}
data: {heads: {is: int, min: 0}, outdoors: bool, venue: [garden, room, hall], deposit: bool}
steps:
  where:
    decision: Where does it take place?
    by: clerk
    table:
      columns: [heads, outdoors]
      gives: [venue]
      rows:
        - [at most 30, true, garden]
        - [at most 30, any, room]
        - [above 30, false, hall]
        - [below 0, any, room]
  deposit:
    decision: Is a deposit paid?
    by: clerk
    table:
      hit: any
      columns: [heads, outdoors]
      gives: [deposit]
      rows:
        - [above 100, any, true]
        - [any, true, false]
        - [at most 100, false, false]
  again:
    decision: And the room?
    by: clerk
    table:
      hit: first
      columns: [heads]
      gives: [venue]
      rows:
        - [at least 10, hall]
        - [at least 20, garden]
        - [any, room]
  book: {task: 'Book the {venue}, deposit {deposit}', by: clerk}
"""
_MOST = 5


def check(subject: Subject) -> Iterator[Finding]:
    """The gaps of tables, rows that match together and may not, and rows without a turn."""
    guards = guards_of(subject)
    for step in subject.program.steps:
        table = step.question.table if step.question is not None else None
        if table is None:
            continue
        dead = {number for number, row in enumerate(table.rows) if guards.never(_matches(row))}
        for number in sorted(dead):
            names = tuple(name for column in table.columns for name in all_reads(column, subject.program))
            domain = domain_in_words(names, subject.program)
            yield subject.at_step("SOP468", step.index, "table", "rows", number, row=number + 1, domain=domain)
        gap = guards.decide(Every(tuple(_fails(row) for row in table.rows)))
        if gap.verdict == "yes":
            yield subject.at_step("SOP464", step.index, "table", example=in_words(gap.witness))
        if table.hit == "first":
            yield from _masked(subject, step, table, guards, dead)
        elif table.hit in ("unique", "any"):
            yield from _together(subject, step, table, guards, dead)


def _masked(subject: Subject, step: Step, table: Table, guards: Guards, dead: set[int]) -> Iterator[Finding]:
    meeting = guards.meeting([_matches(row) for row in table.rows])
    for number, above in enumerate(meeting):
        row = _matches(table.rows[number])
        if number in dead or not above or not guards.never(Every((row, *(_fails(table.rows[one]) for one in above)))):
            continue
        alone = next((one for one in above if guards.never(Every((row, _fails(table.rows[one]))))), None)
        rows = _numbers(above if alone is None else [alone])
        yield subject.at_step("SOP467", step.index, "table", "rows", number, row=number + 1, rows=rows)


def _together(subject: Subject, step: Step, table: Table, guards: Guards, dead: set[int]) -> Iterator[Finding]:
    """Of each row the first above it that may match with it, though the hit policy forbids it."""
    code = "SOP465" if table.hit == "unique" else "SOP466"
    for number, above in enumerate(guards.meeting([_matches(row) for row in table.rows])):
        row = table.rows[number]
        for one in above:
            other = table.rows[one]
            if {number, one} & dead or (code == "SOP466" and (row.gives, row.next) == (other.gives, other.next)):
                continue
            both = guards.decide(Every((_matches(other), _matches(row))))
            if both.verdict == "yes":
                keys, example = ("table", "rows", number), in_words(both.witness)
                yield subject.at_step(code, step.index, *keys, one=one + 1, other=number + 1, example=example)
                break


def _matches(row: Row) -> Query:
    return Every(tuple(Claim(test) for test in row.tests if test is not None))


def _fails(row: Row) -> Query:
    return Some(tuple(Claim(test, truth=False) for test in row.tests if test is not None))


def _numbers(rows: Sequence[int]) -> str:
    shown = ", ".join(str(number + 1) for number in rows[:_MOST])
    return f"{shown}, …" if len(rows) > _MOST else shown


RULE = Rule("every_table_decides", ("SOP464", "SOP465", "SOP466", "SOP467", "SOP468"), REASON, VALID, INVALID, check)
