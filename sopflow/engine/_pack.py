"""A run in few bytes, and back without loss: to keep very many runs, in memory or in a store.

It knows states and the tables of their programs; it knows no stores and no files. A state as JSON (``_codec.py``) is
for reading; this is the same, short. Format 1 is a head of 39 bytes, and a body as ``_wire.py`` says it::

    head      format (1 byte), CRC-32 of the rest (4), check of the program's tables (2), the program's hash (32)
    opened    how many runs of steps that follow one another; for each how far it begins from the end of the one before,
              and its length; then of all these steps the instants
    done      how many; for each, in one number, how far the step is from the end of the one before, and what is unusual
              (``_TIMES`` …); by, at, and what is unusual
    state     what else it says of itself, by name; its data, by name; the event that wrote each of them, by name
    openings  how many; for each how far its id is from the end of the one before, its step, block and branch, and what
              else it says of itself, by name
    timers    how many; for each the id of the opening, the name, the instant

Distances, steps, blocks and branches are signed. The common words are those of this module, then those of the program.
What follows from the rest (who watches what, the agenda) is left out. The same history gives the same bytes on every
machine. The CRC is against accidents: who forges it can make a run that no SOP allows, and nothing worse.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from struct import Struct, error
from zlib import crc32

from sopflow.engine._state import Opening, Record, RunState
from sopflow.engine._view import View
from sopflow.engine._watch import CLOSED, MESSAGE
from sopflow.engine._wire import Reader, Words, Writer, folded, unfolded
from sopflow.errors import Problem
from sopflow.program import Program
from sopflow.values import Field

FORMAT = 1

_HEAD = Struct("<BIH32s")
_CHECKED = 5  # where what the CRC is of begins

#: The first common words. They are part of the format: each keeps its place, and what is added makes a new format.
_WORDS = (
    *("", "running", "suspended", "ended", "cancelled", "asks", "held", "open", "incident", "gone", "asked"),
    *("granted", "done", "approved", "refused", "changes", "yes", "no", "due", "opens", "remind-0", "remind-1"),
    *("wait-0", CLOSED, "at", "next", "outcome", "mail", "seq", "started_at", "status", "suspended_at", "depth"),
    *("rules", "announced", "asked_at", "awaits", "born", "claimed", "closed", "error", "got", "holding", "item"),
    *("keys", "kids", "late", "live", "mark", "need", "pending", "phase", "queue", "resting", "rests", "roles"),
    *("round", "since", "stage", "started", "starting", "starts", "ticked", "timers", "to", "told", "trails"),
    *("tries", "votes", "was", "watched", "written"),
)

# What may be unusual about a record, and what is then said, in this order.
_TIMES = 1  # a number: it was not closed once
_OUTCOME = 2  # a text: not the step's ordinary one
_SEQ = 4  # a signed number: how much farther from the last one than one
_ANSWER = 8  # a value
_UNUSUAL = 4  # bits

_APART = {"program", "data", "written", "open", "timers", "done", "opened", "watch", "agenda"}
_PLAIN = tuple(field.name for field in fields(RunState) if field.name not in _APART)
_FRESH = RunState("")
_PLACE = {"id", "step", "up", "branch"}
_SAID = {*Opening.__annotations__, *vars(Opening(0, 0, 0, 0))} - _PLACE


class Unreadable(Exception):  # says what is wrong: the bytes are no run of that program
    """Bytes that do not hold a run of the program; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def pack(state: RunState) -> bytes:
    """``state`` in few bytes.

    Raises ValueError for a state that is bound to no program, or with values nested more than a hundred deep, and
    TypeError for a value that no field can hold; :func:`~sopflow.engine.step` makes no such states.
    """
    program = state.data.program
    if program is None or program.hash != state.program:
        raise ValueError("the state is bound to no program")
    tables = _tables_of(program)
    to = Writer(tables.words)
    _write(to, program, state)
    rest = tables.check.to_bytes(2, "little") + tables.hash + to.body()
    return bytes((FORMAT,)) + crc32(rest).to_bytes(4, "little") + rest


def unpack(data: bytes, program: Program) -> RunState:
    """The state that :func:`pack` was given, bound to ``program``.

    Raises :class:`Unreadable` for a run of another program (SOP786), and for bytes of another format, from another
    source, or damaged (SOP785). It takes time and memory in proportion to the bytes, whatever they are.
    """
    tables = _tables_of(program)
    try:
        form, checked, check, wanted = _HEAD.unpack_from(data)
        if form != FORMAT or checked != crc32(memoryview(data)[_CHECKED:]):
            raise ValueError
        if wanted != tables.hash:
            said = {"wanted": wanted.hex()[:12], "given": program.hash[:12], "name": program.name}
            raise Unreadable(Problem("SOP786", fields=said))
        if check != tables.check:
            raise ValueError
        of = Reader(tables.words, data[_HEAD.size :])
        state = _read(of, program)
        of.finish()
    except (StopIteration, LookupError, TypeError, ValueError, ArithmeticError, error):
        raise Unreadable(Problem("SOP785")) from None
    return state


@dataclass(frozen=True, slots=True)
class _Tables:
    """What a program's runs need not spell out.

    ``check`` tells programs apart that were compiled from one definition, by compilers that make other tables of it.
    """

    hash: bytes
    words: Words
    check: int


def _tables_of(program: Program) -> _Tables:
    """The tables of ``program``, made once."""
    try:
        return program.memo["pack"]  # type: ignore[return-value]  # what this function put there
    except KeyError:
        pass
    words = (*_WORDS, *sorted(_names_in(program).difference(_WORDS)))
    places = (*(step.path for step in program.steps), *(region.id for region in program.regions))
    check = crc32("\0".join((*words, *places)).encode("utf-8", "surrogatepass")) & 0xFFFF
    made = _Tables(bytes.fromhex(program.hash), Words(words), check)
    program.memo["pack"] = made
    return made


def _names_in(program: Program) -> set[str]:
    """The words that runs of ``program`` are likely to say."""
    names = {*program.outcomes, *program.fields, *program.roles, *program.messages}
    names.update(MESSAGE + name for name in program.messages)
    names.update(*(step.exits for step in program.steps), *(role.people for role in program.roles.values()))
    inner: list[Field] = [*program.fields.values()]
    for message in program.messages.values():
        names.update(message.fields)
        inner += message.fields.values()
    while inner:
        field = inner.pop()
        names.update(field.values, field.fields or ())
        inner += (field.fields or {}).values()
        inner += [field.item] if field.item is not None else []
    return names


def _write(to: Writer, program: Program, state: RunState) -> None:
    _write_runs(to, state.opened)
    for since in state.opened.values():
        to.instant(since)
    _write_done(to, program, state.done)
    to.named({name: value for name in _PLAIN if (value := getattr(state, name)) != getattr(_FRESH, name)})
    to.named(state.data)
    to.named(state.written)
    to.put(len(state.open))
    last = -1
    for opening in state.open.values():
        to.signed(opening.id - last - 1)
        to.signed(opening.step)
        to.signed(opening.up)
        to.signed(opening.branch)
        to.named({name: value for name, value in opening.said().items() if name not in _PLACE})
        last = opening.id
    to.put(len(state.timers))
    for (number, name), due in state.timers.items():
        to.put(number)
        to.text(name)
        to.instant(due)


def _read(of: Reader, program: Program) -> RunState:
    state = RunState(program.hash)
    state.opened = {step: of.instant() for step in _read_runs(of, program)}
    state.done = _read_done(of, program)
    for name, value in of.named().items():
        setattr(state, _one_of(_PLAIN, name), value)
    state.data = View(of.named())
    state.data.bind(program, state)
    state.written = of.named()  # type: ignore[assignment]  # as it was written
    last = -1
    for _ in range(of.number()):
        last += 1 + of.signed()
        opening = state.open[last] = Opening(last, of.signed(), of.signed(), of.signed())
        if opening.step != -1:  # the run's own
            _step(opening.step, program)
        for name, value in of.named().items():
            setattr(opening, _one_of(_SAID, name), value)
        for path in opening.watched:
            state.watch.setdefault(path, {})[last] = None
    for _ in range(of.number()):
        number, timer, due = of.number(), of.name(), of.instant()
        if due is None:
            raise ValueError("a timer is not set")
        state.set_timer(number, timer, due)
    return state


def _write_runs(to: Writer, steps: Iterable[int]) -> None:
    runs: list[list[int]] = []  # where it begins and ends
    for step in steps:
        if runs and runs[-1][1] == step:
            runs[-1][1] += 1
        else:
            runs.append([step, step + 1])
    to.put(len(runs))
    last = 0
    for begin, end in runs:
        to.signed(begin - last)
        to.put(end - begin)
        last = end


def _read_runs(of: Reader, program: Program) -> list[int]:
    steps: list[int] = []
    end = 0
    for _ in range(of.number()):
        begin = end + of.signed()
        end = begin + of.number()
        steps += range(_step(begin, program), _step(end - 1, program) + 1)
        if len(steps) > len(program.steps):
            raise ValueError("more steps than there are")
    return steps


def _write_done(to: Writer, program: Program, done: Mapping[int, Record]) -> None:
    to.put(len(done))
    last, seq = -1, 0
    for step, record in done.items():
        unusual = _TIMES if record.times != 1 else 0
        unusual |= _OUTCOME if record.outcome != program.steps[step].ordinary else 0
        unusual |= _SEQ if record.seq != seq + 1 else 0
        unusual |= _ANSWER if record.answer is not None else 0
        to.put(folded(step - last - 1) << _UNUSUAL | unusual)
        to.text(record.by)
        to.instant(record.at)
        if unusual & _TIMES:
            to.put(record.times)
        if unusual & _OUTCOME:
            to.text(record.outcome)
        if unusual & _SEQ:
            to.signed(record.seq - seq - 1)
        if unusual & _ANSWER:
            to.value(record.answer)
        last, seq = step, record.seq


def _read_done(of: Reader, program: Program) -> dict[int, Record]:
    done: dict[int, Record] = {}
    last, seq = -1, 0
    for _ in range(of.number()):
        head = of.number()
        last = _step(last + 1 + unfolded(head >> _UNUSUAL), program)
        by, at = of.text(), of.instant()
        times = of.number() if head & _TIMES else 1
        outcome = of.name() if head & _OUTCOME else program.steps[last].ordinary
        seq += 1 + (of.signed() if head & _SEQ else 0)
        done[last] = Record(times, outcome, by, at, seq, of.value() if head & _ANSWER else None)
    return done


def _step(index: int, program: Program) -> int:
    if not 0 <= index < len(program.steps):
        raise ValueError("there is no such step")
    return index


def _one_of(names: Collection[str], name: str) -> str:
    if name not in names:
        raise ValueError("there is no such name")
    return name
