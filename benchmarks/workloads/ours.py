"""sopflow, by its two faces: the engine's ``step`` with events that the loop makes, and ``Run`` as people type it.

Guards, people's roles and the record are on. ``step``: the loop learns from the effects what is open, and keeps the
events, which are all that a run folds from. ``Run``: it keeps its journal by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sopflow
from sopflow.engine import Accepted, Refused, RunState, effects, events, step
from workloads import sops
from workloads.work import Context, Flat, Forks, Items, Parked, Tally, Work

Play = Callable[[], str]

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def compiled(text: str) -> sopflow.Program:
    """The program of a definition."""
    return sopflow.compile(sopflow.loads(text))


def program_of(work: Work) -> sopflow.Program:
    """The work as a program."""
    match work:
        case Flat(silent=True):
            return compiled(sops.decisions(work))
        case Flat():
            return compiled(sops.rework() if "again" in work.words else sops.linear(len(work.states) - 1))
        case Forks():
            return compiled(sops.forks(work))
        case Items():
            return compiled(sops.items(work))
        case Parked():
            return compiled(sops.ring(work.ring))


def first(answer: Accepted | Refused) -> effects.Offer:
    """The offer that is to be made first: where one step follows the other, there is no other."""
    assert isinstance(answer, Accepted), answer
    offer = answer.effects[0]
    assert isinstance(offer, effects.Offer), offer
    return offer


def open_of(answer: Accepted | Refused) -> effects.Offer | None:
    """The step that is open now, where there is one; timers are set and cleared before it."""
    assert isinstance(answer, Accepted), answer
    return next((effect for effect in answer.effects if type(effect) is effects.Offer), None)


def begun(
    program: sopflow.Program, data: Context | None = None, at: datetime | None = None
) -> tuple[RunState, Accepted]:
    """A run that has started."""
    state = RunState.of(program)
    outcome = step(program, state, events.Started(program=program.hash, data=data or {}, at=at))
    assert isinstance(outcome, Accepted), outcome
    return state, outcome


# -- the engine's step ------------------------------------------------------------------------------------------------


def by_step(work: Work, tally: Tally) -> Play:
    """The work, by ``step``."""
    program = program_of(work)
    match work:
        case Flat(silent=True):
            return _decided(program, work, tally, read=False)
        case Flat():
            return tasks(program, work, tally)
        case Forks():
            return _forked(program, work, tally)
        case Items():
            return _each(program, work, tally)
        case Parked():
            return _parked(program, work, tally)


def tasks(program: sopflow.Program, work: Flat, tally: Tally) -> Play:
    """One task after the other."""
    hook, keep, done = tally.seen, tally.record.append, events.StepDone

    def play() -> str:
        state, outcome = begun(program)
        offer = first(outcome)
        for word in work.script():
            event = done(opening=offer.opening, by="clerk", outcome=None if word == "go" else word)
            answer: Any = step(program, state, event)
            keep(event)
            hook(offer.step)
            offer = answer.effects[0]
        return state.outcome

    return play


def with_times(work: Flat, tally: Tally, *, timers: bool) -> Play:
    """Tasks in a row, each done an hour after the other; ``timers``: with a deadline and a reminder on each."""
    extra = ", due: 3 days after opened, remind: [1 day before due]" if timers else ""
    program = compiled(sops.linear(len(work.states) - 1, extra))
    hook, keep = tally.seen, tally.record.append

    def play() -> str:
        now = START
        state, outcome = begun(program, at=now)
        offer = open_of(outcome)
        while offer is not None:
            now += HOUR
            event = events.StepDone(opening=offer.opening, by="clerk", at=now)
            answer = step(program, state, event)
            keep(event)
            hook(offer.step)
            offer = open_of(answer)
        return state.outcome

    return play


def with_form(work: Flat, tally: Tally) -> Play:
    """Tasks in a row, each with a form of two typed fields."""
    program = compiled(sops.linear(len(work.states) - 1, ", form: [amount, word]"))
    hook, keep = tally.seen, tally.record.append

    def play() -> str:
        state, outcome = begun(program)
        offer = first(outcome)
        for _ in work.script():
            event = events.StepDone(opening=offer.opening, by="clerk", data={"amount": offer.step, "word": "y"})
            answer: Any = step(program, state, event)
            keep(event)
            hook(offer.step)
            offer = answer.effects[0]
        return state.outcome

    return play


def judged(work: Flat, tally: Tally) -> Play:
    """The rework loop with an approval."""
    program = compiled(sops.rework_judged())

    def event(opening: int, word: str) -> events.Event:
        if word == "go":
            return events.StepDone(opening=opening, by="clerk")
        return events.Voted(opening=opening, by="clerk", verdict="refused" if word == "again" else "approved")

    return _reworked(program, work, tally, event)


def asked(work: Flat, tally: Tally) -> Play:
    """The rework loop with a question."""
    program = compiled(sops.rework_asked())

    def event(opening: int, word: str) -> events.Event:
        if word == "go":
            return events.StepDone(opening=opening, by="clerk")
        return events.Answered(opening=opening, by="clerk", field="ok", value=word == "good")

    return _reworked(program, work, tally, event)


def _reworked(program: sopflow.Program, work: Flat, tally: Tally, make: Callable[[int, str], events.Event]) -> Play:
    hook, keep = tally.seen, tally.record.append
    kinds = (effects.Offer, effects.Ask)

    def play() -> str:
        state, outcome = begun(program)
        waits = next(effect for effect in outcome.effects if isinstance(effect, kinds))
        for word in work.script():
            event = make(waits.opening, word)
            answer = step(program, state, event)
            assert isinstance(answer, Accepted), answer
            keep(event)
            hook(waits.step)
            waits = next((effect for effect in answer.effects if isinstance(effect, kinds)), waits)
        return state.outcome

    return play


def decided(work: Flat, tally: Tally) -> Play:
    """Decisions, and each is read from the notes while the clock runs."""
    return _decided(program_of(work), work, tally, read=True)


def _decided(program: sopflow.Program, work: Flat, tally: Tally, *, read: bool) -> Play:
    """A run for each context. The record is what the step concluded; whoever does not ``read`` it at once may later."""
    hook, keep, closed = tally.seen, tally.record.append, effects.Closed

    def play() -> str:
        end = ""
        for context in work.contexts:
            state, outcome = begun(program, context)
            keep(outcome)
            if read:
                for note in outcome.notes:
                    if type(note) is closed:
                        hook(note.step)
            end = state.outcome
        return end

    def tell() -> None:
        for note in [note for outcome in tally.record for note in outcome.notes if type(note) is closed]:
            hook(note.step)

    tally.tell = None if read else tell
    return play


def decided_again(work: Flat, tally: Tally) -> Play:
    """One run, in which new data are handed in for each context."""
    program = compiled(sops.decided_again(work))
    keep, closed = tally.record.append, effects.Closed

    def play() -> str:
        state, outcome = begun(program)
        offer = first(outcome)
        for context in work.contexts:
            event = events.StepDone(opening=offer.opening, by="clerk", outcome="go", data=context)
            answer = step(program, state, event)
            keep(answer)
            offer = first(answer)
        return expected

    def tell() -> None:
        told = [note.step for answer in tally.record for note in answer.notes if type(note) is closed]
        for number in told:
            if number:  # 0 is the task
                tally.seen(number - 1)

    tally.tell = tell
    expected = work.play(lambda _: None)[1]  # that run has no end: which way it went last is seen from the hook
    return play


def _forked(program: sopflow.Program, work: Forks, tally: Tally) -> Play:
    hook, keep = tally.seen, tally.record.append
    script = [(program.by_path[_path(lane, turn)], work.number(lane, turn)) for lane, turn in work.script()]
    offer = effects.Offer

    def play() -> str:
        state, outcome = begun(program)
        open_ = {effect.step: effect.opening for effect in outcome.effects if type(effect) is offer}
        for index, number in script:
            event = events.StepDone(opening=open_.pop(index), by="clerk")
            answer = step(program, state, event)
            keep(event)
            hook(number)
            for effect in answer.effects:  # type: ignore[union-attr]  # one that is refused fails here
                if type(effect) is offer:
                    open_[effect.step] = effect.opening
        return state.outcome

    return play


def _path(lane: tuple[int, ...], turn: int) -> str:
    return "fork." + ".fork.".join(f"b{number}" for number in lane) + f".s{turn}"


def _each(program: sopflow.Program, work: Items, tally: Tally) -> Play:
    hook, keep = tally.seen, tally.record.append
    offer, names = effects.Offer, [f"item {number}" for number in range(work.items)]
    first = program.by_path["each.s0"]

    def play() -> str:
        state, outcome = begun(program, {"items": names})
        open_ = deque(effect for effect in outcome.effects if type(effect) is offer)
        while open_:
            at = open_.popleft()
            event = events.StepDone(opening=at.opening, by="clerk")
            answer = step(program, state, event)
            keep(event)
            hook(at.step - first)
            for effect in answer.effects:  # type: ignore[union-attr]  # one that is refused fails here
                if type(effect) is offer:
                    open_.append(effect)
        return state.outcome

    return play


def _parked(program: sopflow.Program, work: Parked, tally: Tally) -> Play:
    hook, keep = tally.seen, tally.record.append
    runs = [(state, first(outcome)) for state, outcome in (begun(program) for _ in range(work.count))]
    states = [state for state, _ in runs]
    offers = [offer for _, offer in runs]
    last = work.ring - 1

    def play() -> str:
        for turn in work.turns:
            offer = offers[turn]
            event = events.StepDone(opening=offer.opening, by="clerk", outcome="on" if offer.step == last else None)
            answer: Any = step(program, states[turn], event)
            keep(event)
            hook(offer.step)
            offers[turn] = answer.effects[0]
        return ""

    return play


# -- Run --------------------------------------------------------------------------------------------------------------


def by_run(work: Work, tally: Tally) -> Play | None:
    """The work, by ``Run``."""
    program, hook = program_of(work), tally.seen
    match work:
        case Flat(silent=True):
            return _run_decided(program, work, tally)
        case Flat():
            return _run_tasks(program, work, tally)
        case Forks():
            turns = [(_path(lane, turn), work.number(lane, turn)) for lane, turn in work.script()]
        case Items():
            turns = [(f"each[{item + 1}].s{turn}", turn) for turn in range(work.steps) for item in range(work.items)]
        case Parked():
            return None

    data = {"items": [f"item {number}" for number in range(work.items)]} if isinstance(work, Items) else None

    def play() -> str:
        run = sopflow.Run(program, data)
        for name, number in turns:
            run.done(name, by="clerk")
            hook(number)
        return run.outcome or ""

    return play


def _run_tasks(program: sopflow.Program, work: Flat, tally: Tally) -> Play | None:
    hook = tally.seen
    if work.bounded:  # it keeps its whole journal
        return None
    words = tuple(work.script())
    names, state = [], 0
    for word in words:
        names.append((program.steps[state].path, state, None if word == "go" else word))
        state = work.states[state][word][0][1]

    def play() -> str:
        run = sopflow.Run(program)
        for name, number, outcome in names:
            run.done(name, by="clerk", outcome=outcome)
            hook(number)
        return run.outcome or ""

    return play


def _run_decided(program: sopflow.Program, work: Flat, tally: Tally) -> Play:
    hook, keep = tally.seen, tally.record.append

    def play() -> str:
        end = ""
        for context in work.contexts:
            run = sopflow.Run(program, context)
            keep(run)
            end = run.outcome or ""
        return end

    def tell() -> None:
        for line in [line for run in tally.record for line in run.history if line["event"] == "Closed"]:
            hook(program.by_path[str(line["step"])])

    tally.tell = tell
    return play
