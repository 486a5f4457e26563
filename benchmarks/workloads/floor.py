"""The floor: what somebody would write by hand for this one flow, with a dict.

It has the hook, the record and the guards. It checks that the step is open, and nothing else: no people, no types, no
times, no explanation of a refusal.
"""

from __future__ import annotations

from collections.abc import Callable

from workloads.work import Context, Flat, Forks, Items, Parked, Tally, Work

Play = Callable[[], str]

NAME = "by hand (dict)"


def build(work: Work, tally: Tally) -> Play:
    """The work, by hand."""
    match work:
        case Flat(silent=True):
            return _silent(work, tally)
        case Flat():
            return _flat(work, tally)
        case Forks():
            return _forks(work, tally)
        case Items():
            return _items(work, tally)
        case Parked():
            return _parked(work, tally)


class Token:
    """What moves."""

    __slots__ = ("context", "state")

    def __init__(self) -> None:
        self.state = 0
        self.context: Context = {}


def _sender(work: Flat, tally: Tally) -> Callable[[Token, str], None]:
    table = [{word: arrows[0][1] for word, arrows in state.items()} for state in work.states]
    hook = tally.hook

    def send(token: Token, word: str) -> None:
        state = token.state
        target = table[state].get(word)
        if target is None:
            raise ValueError(word)
        hook(state)
        token.state = target

    return send


def _flat(work: Flat, tally: Tally) -> Play:
    send = _sender(work, tally)

    def play() -> str:
        token = Token()
        for word in work.script():
            send(token, word)
        return work.ends[token.state]

    return play


def _silent(work: Flat, tally: Tally) -> Play:
    table = [
        [(guard.compiled() if guard is not None else None, to) for guard, to in state["go"]] if state else []
        for state in work.states
    ]
    hook = tally.hook

    def decide(token: Token) -> None:
        state, context = token.state, token.context
        for guard, target in table[state]:
            if guard is None or guard(context):
                hook(state)
                token.state = target
                return
        raise ValueError(state)

    def play() -> str:
        token = Token()
        for context in work.contexts:
            token = Token()
            token.context = dict(context)
            while token.state not in work.ends:
                decide(token)
        return work.ends[token.state]

    return play


def _forks(work: Forks, tally: Tally) -> Play:
    index = {lane: number for number, lane in enumerate(work.lanes)}
    script = [(index[lane], step, index[lane] * work.steps + step) for lane, step in work.script()]
    return _lanes(script, len(work.lanes), work.steps, tally)


def _items(work: Items, tally: Tally) -> Play:
    script = [(item, step, step) for step in range(work.steps) for item in range(work.items)]
    return _lanes(script, work.items, work.steps, tally)


def _lanes(script: list[tuple[int, int, int]], lanes: int, steps: int, tally: Tally) -> Play:
    """Turns are (lane, step, number of the step)."""
    hook = tally.hook

    def play() -> str:
        at = [0] * lanes
        left = lanes

        def done(lane: int, step: int, number: int) -> None:
            nonlocal left
            if at[lane] != step:
                raise ValueError(lane)
            hook(number)
            at[lane] = step + 1
            if step + 1 == steps:
                left -= 1

        for lane, step, number in script:
            done(lane, step, number)
        return "" if left else "done"

    return play


def _parked(work: Parked, tally: Tally) -> Play:
    send = _sender(work.flat(), tally)
    tokens = [Token() for _ in range(work.count)]

    def play() -> str:
        for turn in work.turns:
            send(tokens[turn], "go")
        return ""

    return play
