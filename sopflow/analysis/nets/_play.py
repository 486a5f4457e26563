"""Runs of a model, played again: to see where they come to, and to keep them as tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sopflow.analysis.nets._game import Fault, Game
from sopflow.analysis.nets._net import Net, is_free_choice
from sopflow.analysis.nets._verdict import Counterexample, counterexample


@dataclass(frozen=True, slots=True)
class Played:
    """Where a run has come to.

    ``done`` are the steps that could be done, ``waiting`` is where tokens are now, ``fault`` is what is wrong (None:
    nothing).
    """

    done: tuple[str, ...]
    waiting: tuple[str, ...]
    fault: Fault | None


def play(net: Net, steps: Iterable[str]) -> Played:
    """Do ``steps`` (as the lines of a trace call them), up to the first that is not possible.

    A net without one start and one end has no runs: nothing is done.
    """
    if len(net.starts) != 1 or len(net.ends) != 1:
        return Played((), (), None)
    game, done, seen = Game(net), [], []
    marking, possible = game.start, game.first()
    wanted = list(steps)
    for name in wanted:
        step = next((step for step in possible if net.steps[step] == name), None)
        if step is None or game.is_full(marking):
            break
        seen.append(marking)
        marking += game.changes[step]
        possible = game.next(marking, possible, step)
        done.append(name)
    fault = game.fault(marking, possible)
    if len(done) < len(wanted) or (fault is Fault.CROWDED and not is_free_choice(net)):
        fault = None
    if fault is Fault.CROWDED and any(game.grows(earlier, marking) for earlier in seen):
        fault = Fault.GROWING
    waiting = tuple(net.links[place] for place, number in game.tokens(marking).items() for _ in range(number))
    return Played(tuple(done), waiting, fault)


def as_pytest(net: Net, example: Counterexample | None = None) -> str:
    """A test that fails while the run ``example`` of ``net`` goes wrong (None: the shortest that is found).

    It reads the model from its file, or has its text in it where it was read from a text. Where a mend makes the run
    impossible, the test passes. Raises ValueError where there is no such run.
    """
    example = example or counterexample(net)
    if example is None:
        raise ValueError("no run of this model was found to go wrong")
    steps = "".join(f"    {step!r},\n" for step in example.steps)
    source = repr(net.document.text if net.document.file.startswith("<") else net.document.file)
    said = example.finding.text().replace("\\", "\\\\").replace('"""', "'''")
    return _TEST.format(said=said, source=source, steps=steps)


_TEST = '''\
"""A run that should not go wrong."""

from sopflow.analysis import nets

MODEL = {source}
STEPS = [
{steps}]


def test_this_run_goes_right():
    """{said}"""
    played = nets.play(nets.read(MODEL), STEPS)
    assert played.fault is None, played
'''
