"""Markings: what of a run's state decides its future, as a key to compare by and as a name to read.

A marking is the tree of openings without ids, times and data, with the counts of its joins. It is taken from an
engine's state and knows nothing of machines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from sopflow.engine import Opening, RunState
from sopflow.machines._history import History
from sopflow.machines._skeleton import routes_when_late
from sopflow.program import DONE, Cases, Handler, Op, Program, Step

ROOT = 0
_COUNTED = (Op.FORK, Op.EACH)


@dataclass(frozen=True, slots=True)
class Memory:
    """What of a run's past may decide its future: old answers, and the history that guards read.

    In a new round a question is asked anew unless its field was written since it was judged. So that one bit belongs
    to a marking, but only where the question can still be met: ``before[q]`` are the steps from which question ``q``
    can be reached. ``after[f]`` are the steps of fork ``f`` that others come after. ``ordered``: it may matter who of
    several began to wait first.
    """

    before: dict[int, frozenset[int]]
    after: dict[int, frozenset[int]]
    history: History
    ordered: bool

    @classmethod
    def of(cls, program: Program) -> Memory:
        """The memory that runs of ``program`` need."""
        questions = [step.index for step in program.steps if _asks(step) in ("new-round", "every-time")]
        back = turned(program) if questions else {}
        after: dict[int, set[int]] = {}
        for wanted in (wanted for step in program.steps for wanted in step.after):
            after.setdefault(wanted.fork, set()).add(wanted.step)
        return cls(
            {question: _all_before(question, back) for question in questions},
            {fork: frozenset(steps) for fork, steps in after.items()},
            History.of(program),
            bool(program.handlers) or any(_competes(program, step) for step in program.steps),
        )

    def settled(self, state: RunState, fork: Opening) -> tuple[int, ...]:
        """The steps that others come after, and that were closed on this visit of the fork."""
        wanted = self.after.get(fork.step, ())
        return tuple(sorted(step for step in wanted if step in state.done and state.done[step].seq >= fork.born))

    def stale(self, program: Program, state: RunState) -> tuple[int, ...]:
        """The questions that may be met again and whose field was not written since they were judged."""
        return tuple(
            question
            for question in self._ahead(program, state)
            if _asks(program.steps[question]) == "new-round"
            and question in state.done
            and state.written.get(about(program, question), 0) <= state.done[question].seq
        )

    def matters(self, program: Program, state: RunState) -> set[str]:
        """The fields that questions ahead are about, where writing an old value once more makes a difference."""
        anew = [question for question in self._ahead(program, state) if _asks(program.steps[question]) == "every-time"]
        return {about(program, question) for question in (*self.stale(program, state), *anew)}

    def _ahead(self, program: Program, state: RunState) -> list[int]:
        """Tokens go on from where they stand; a block does so when those in it have, but for its handlers."""
        here = {
            opening.step
            for opening in state.open.values()
            if not opening.kids or opening.step < 0 or program.steps[opening.step].handlers
        }
        return [question for question, before in self.before.items() if not here.isdisjoint(before)]


def writes(step: Step) -> bool:
    """Whether a step writes data of its own accord."""
    table = step.question.table if step.question is not None else None
    return bool(step.set_ or (step.call is not None and step.call.set_) or (table is not None and table.gives))


def _competes(program: Program, step: Step) -> bool:
    """Whether it may change what others do that wait beside it: by what it writes, or by ending what they are in."""
    if writes(step) or step.handlers or (step.join is not None and (step.join.need or step.join.at_once)):
        return True
    inside = program.regions[step.region].block >= 0
    home = program.regions[step.region].steps
    return inside and any(target != DONE and target not in home for target in _targets(step))


def about(program: Program, step: int) -> str:
    """The field that a step is a question about; "" if it is none."""
    question = program.steps[step].question if step >= 0 else None
    return question.about if question is not None else ""


def _asks(step: Step) -> str:
    """When a question about a field is asked again; "" for all other steps."""
    return step.question.asks if step.question is not None and step.question.about else ""


def turned(program: Program) -> dict[int, set[int]]:
    """For each step those after which its token, or that of its block, may open it; -1 is the run itself."""
    back: dict[int, set[int]] = {step.index: set() for step in program.steps}
    back[-1] = set()
    for handler in program.handlers:
        for begun in _begun(program, handler):
            back[begun].add(-1)
    for step in program.steps:
        for target in _targets(step):
            for after in _after(program, step, target):
                back[after].add(step.index)
        for region in step.regions:
            back[program.regions[region].head].add(step.index)
        for handler in step.handlers:  # while the step is open, or when it is withdrawn from the outside
            for begun in _begun(program, handler):
                back[begun].add(step.index)
    return back


def _begun(program: Program, handler: Handler) -> list[int]:
    """The steps that a handler begins with."""
    if handler.region >= 0:
        return [program.regions[handler.region].head]
    return [handler.target] if isinstance(handler.target, int) and handler.target >= 0 else []


def _after(program: Program, step: Step, target: int) -> Iterator[int]:
    """The steps that may open when ``step`` is left for ``target``, blocks as they go on included."""
    seen: set[tuple[int, int]] = set()
    todo = [(step.index, target)]
    while todo:
        here, to = todo.pop()
        if (here, to) in seen:
            continue
        seen.add((here, to))
        if to >= 0:
            yield to
        elif to == DONE:
            block = program.regions[program.steps[here].region].block
            if block >= 0:
                outer = program.steps[block]
                todo += [(block, onward) for onward in _targets(outer)]
                if outer.op == Op.REPEAT:
                    yield program.regions[outer.regions[0]].head


def _all_before(question: int, back: dict[int, set[int]]) -> frozenset[int]:
    """The steps at which a token can stand and still come to ``question``; the question itself, while it asks."""
    seen = {question}
    todo = [question]
    while todo:
        new = back[todo.pop()] - seen
        seen |= new
        todo += new
    return frozenset(seen)


def _targets(step: Step) -> Iterator[int]:
    """Every target of the step; an outcome that has none is done with its region."""
    yield DONE
    for target in step.exits.values():
        if isinstance(target, Cases):
            yield from (case.then for case in target.cases if isinstance(case.then, int))
        else:
            yield target


def key_of(program: Program, state: RunState, memory: Memory) -> Hashable:
    """What two states have in common exactly when nothing can ever tell them apart but their data."""
    if not state.running or ROOT not in state.open:
        return (state.status, state.outcome)
    place = _place(program, state, memory)
    history = tuple(memory.history.values(program, state).items())
    return (place, state.outcome, memory.stale(program, state), history, _queue(program, state, memory))


def _place(program: Program, state: RunState, memory: Memory) -> Hashable:
    """The tree of openings, innermost first, without recursion."""
    made: dict[int, Hashable] = {}
    for opening in _inside_out(state, state.open[ROOT]):
        below = (state.open[kid] for kid in (opening.kids or {}).values())
        kids = tuple(sorted(((_branch(kid.place), made[kid.id]) for kid in below), key=repr))
        own = (opening.step, opening.phase, opening.stage, frozenset(opening.asked), opening.pending, opening.rests)
        counts: Hashable = ()
        if opening.started:
            waiting = tuple(start[0] for start in opening.starts)
            counts = (
                opening.live,
                opening.got,
                opening.need,
                opening.started,
                waiting,
                memory.settled(state, opening),
            )
        handled = _handled(program, opening)
        made[opening.id] = (own, counts, handled, _round(program, opening), _votes(opening), kids)
    return made[ROOT]


def timers_of(program: Program, opening: Opening) -> tuple[str, ...]:
    """The timers of an opening that lead somewhere: a deadline does where a handler waits for it."""
    late = opening.step >= 0 and routes_when_late(program.steps[opening.step])
    return tuple(sorted(name for name in opening.timers if late or name != "due"))


def _handled(program: Program, opening: Opening) -> Hashable:
    """What an opening has to do with handlers: those that it has, and the one that began it."""
    handlers = _handlers_of(program, opening)
    mark = opening.mark
    begun = (mark.scope, mark.number, mark.region, mark.instead) if mark is not None else None
    every = len(opening.roles)
    if not handlers:
        return begun, every, timers_of(program, opening)
    return begun, every, timers_of(program, opening), opening.announced, opening.held, opening.late


def _handlers_of(program: Program, opening: Opening) -> tuple[Handler, ...]:
    return program.steps[opening.step].handlers if opening.step >= 0 else program.handlers


def _branch(branch: int) -> int:
    """The number of a branch; what stands beside the branches has a number of its own each time, and so none."""
    return max(branch, -1)


def _inside_out(state: RunState, top: Opening) -> list[Opening]:
    order, todo = [], [top]
    while todo:
        here = todo.pop()
        order.append(here)
        todo += [state.open[kid] for kid in (here.kids or {}).values()]
    return order[::-1]


def _round(program: Program, opening: Opening) -> int:
    """The number of the round, where it is counted; of a question about a field, whether it was answered here."""
    step = program.steps[opening.step] if opening.step >= 0 else None
    if step is not None and step.rounds is not None:
        return opening.round if step.rounds.most else 0
    return int(opening.round > 0 and step is not None and step.question is not None and bool(step.question.about))


def _votes(opening: Opening) -> tuple[tuple[str, int], ...]:
    """How many gave which answer; who did is the embedder's affair."""
    if not opening.votes:
        return ()
    return tuple(sorted(Counter(_in_words(vote) for vote in opening.votes.values()).items()))


def _in_words(answer: object) -> str:
    return ("yes" if answer else "no") if isinstance(answer, bool) else str(answer)


def _queue(program: Program, state: RunState, memory: Memory) -> Hashable:
    """Who is served first, where one event may be heard by several that wait: the oldest, among those as deep."""
    if not memory.ordered:
        return ()
    waiting = {number for ids in state.watch.values() for number in ids}
    return tuple(path_of(state, state.open[number]) for number in sorted(waiting)) if len(waiting) > 1 else ()


def path_of(state: RunState, opening: Opening) -> tuple[int, ...]:
    """Where an opening stands: its step and those around it, with branches."""
    path: list[int] = []
    here = opening
    while here.step >= 0:
        path += (here.step, _branch(here.place))
        here = state.open[here.up]
    return tuple(path)


def name_of(program: Program, state: RunState, memory: Memory) -> str:
    """The marking in words: ``draft``, ``is-free?``, ``p[1/2](0:legal+1:price)``, ``ended:paid``.

    ``?`` asks (for what, if not for its own field), ``@opens`` is held until it opens, ``@after`` until others are
    settled. ``!late`` says which of its handlers it has happened to. ``[1/2]`` has 1 of 2 branches that are needed,
    ``[approved:1]`` has votes, ``#2`` is in its second round, ``|2`` lets two regions wait. ``~`` has gone on while
    something in it finishes, ``>paid`` is the end that the run has come to meanwhile. ``{step}`` has an old answer that
    a new round will not take, ``{step*2}`` was done twice, ``{step:good}`` last had that outcome.
    """
    if not state.running or ROOT not in state.open:
        return f"{state.status}:{state.outcome}" if state.status == "ended" else state.status
    made: dict[int, str] = {}
    for opening in _inside_out(state, state.open[ROOT]):
        below = [state.open[kid] for kid in (opening.kids or {}).values()]
        kids = [(kid.place, kid.id) for kid in sorted(below, key=lambda kid: (*_order(kid), made[kid.id]))]
        if opening.step < 0:
            happened = _happened(program.handlers, opening)
            made[opening.id] = (f"{happened}:" if happened else "") + "+".join(made[kid] for _, kid in kids)
            continue
        step = program.steps[opening.step]
        made[opening.id] = _shown(step, opening)
        if kids:
            named = {region: number for number, region in enumerate(step.regions)} if step.op == Op.FORK else {}
            numbered = step.op in _COUNTED
            inside = [f"{named.get(b, b)}:{made[kid]}" if numbered and b >= 0 else made[kid] for b, kid in kids]
            made[opening.id] += f"({'+'.join(inside)})"
    stale = memory.stale(program, state)
    olds = "".join(f"{{{program.steps[number].id}}}" for number in stale)
    ending = f">{state.outcome}" if state.outcome else ""
    return made[ROOT] + ending + olds + _remembered(memory.history.values(program, state))


def _order(opening: Opening) -> tuple[bool, int, bool]:
    """Where an opening stands among its siblings: by branch, what trails first, what is beside last."""
    return opening.place < 0, max(opening.place, 0), opening.phase != "gone"


def _happened(handlers: tuple[Handler, ...], opening: Opening) -> str:
    """The handlers of an opening for which it has happened: a time that came, a condition that holds, being late."""
    return "".join(
        f"!{handler.id}"
        for number, handler in enumerate(handlers)
        if number in opening.held or (handler.on == "overdue" and opening.late)
    )


def _remembered(history: Mapping[str, object]) -> str:
    shown = []
    for name, value in history.items():
        step, _, what = name.removeprefix("steps.").rpartition(".")
        if what == "rounds" and value:
            shown.append(f"{{{step.replace('_', '-')}*{value}}}")
        elif what != "rounds" and value is not False:
            shown.append(f"{{{step.replace('_', '-')}:{'done' if value is True else value}}}")
    return "".join(dict.fromkeys(shown))


def _shown(step: Step, opening: Opening) -> str:
    shown = step.id
    if opening.votes:
        shown += f"[{','.join(f'{word}:{number}' for word, number in _votes(opening))}]"
    if step.op in _COUNTED and opening.kids is not None and opening.need < opening.started:
        shown += f"[{opening.got}/{opening.need}]"
    if opening.starts:
        shown += f"|{len(opening.starts)}"
    if step.op == Op.REPEAT and step.rounds is not None and step.rounds.most:
        shown += f"#{opening.round}"
    if opening.phase == "asks":
        own = step.question is not None and opening.asked == (step.question.about,)
        shown += f">{opening.pending}" if opening.pending else ""
        shown += "?" if own else f"?{','.join(sorted(opening.asked))}"
    elif opening.phase == "held" and step.op != Op.WAIT:
        shown += "@opens" if "opens" in opening.timers else "@after"
    elif opening.phase == "gone":
        shown += "~"
    return shown + _happened(step.handlers, opening)
