"""How work is timed: in pairs with the floor, participants taking turns, medians over the rounds.

Process time, not the clock on the wall: a machine that does other things meanwhile must not decide.
"""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workloads import floor
from workloads.work import Flat, Parked, Tally, Work

Play = Callable[[], str]

#: Builds a participant for some work; None where it cannot do it, or nobody would do it so.
Build = Callable[[Work, Tally], Play | None]


@dataclass(frozen=True, slots=True)
class Row:
    """What one participant took: µs for a step, times the floor, and times quicker than ``transitions``."""

    work: str
    who: str
    steps: int
    micros: float
    floors: float
    quicker: float | None = None


PATIENCE = 3  # seconds: what takes longer is sampled once


class Wrong(Exception):
    """A participant did other work than it was given."""


def measure(
    work: Work, builds: Sequence[tuple[str, Build]], *, rounds: int, seconds: float
) -> tuple[list[Row], list[str]]:
    """Rows, and who is left out and why. ``seconds``: how long one sample takes, at least one play."""
    expected = Tally()
    steps, end = work.play(expected.hook)
    players, out = [], []
    for who, build in builds:
        tally = Tally(deque(maxlen=1_000) if isinstance(work, Flat) and work.bounded else None)
        try:
            play = build(work, tally)
            if play is None:
                continue
            took = _checked(work, play, tally, (steps, expected.hash, end))
        except Exception as error:  # noqa: BLE001  # a peer that breaks is left out, and the report says so
            out.append(f"{who}: {type(error).__name__}: {error}".split("\n")[0][:160])
            continue
        players.append((who, play, tally, max(1, int(seconds / max(took, 1e-9)))))
    times: dict[str, list[float]] = {who: [] for who, *_ in players}
    ratios: dict[str, list[float]] = {who: [] for who, *_ in players}
    base = players[0]
    for round_ in range(rounds):
        for who, play, tally, times_over in players:
            if round_ and times[who][0] * steps > PATIENCE * 1e6:
                continue
            least = _sample(*base[1:])
            took = _sample(play, tally, times_over) if who != base[0] else least
            times[who].append(took / steps * 1e6)
            ratios[who].append(took / least)
    floors = {who: statistics.median(ratios[who]) for who in ratios}
    peer = floors.get("transitions") or floors.get("transitions (hierarchical)")
    rows = [
        Row(work.name, who, steps, statistics.median(times[who]), floors[who], peer / floors[who] if peer else None)
        for who in floors
    ]
    return rows, out


def _checked(work: Work, play: Play, tally: Tally, expected: tuple[int, int, str]) -> float:
    """Play once to warm up, once to see that the work is done; how long that took."""
    if not isinstance(work, Parked) and expected[0] <= 100_000:
        play()
    tally.reset()
    start = time.process_time()
    end = play()
    took = time.process_time() - start
    if tally.tell is not None:
        tally.tell()
    if (tally.count, tally.hash, end) != expected:
        raise Wrong(f"{(tally.count, tally.hash, end)} where {expected} is right")
    return took


def _sample(play: Play, tally: Tally, times_over: int) -> float:
    """Seconds for one play."""
    tally.reset()
    gc.collect()
    gc.freeze()
    start = time.process_time()
    for _ in range(times_over):
        play()
        tally.record.clear()
    took = time.process_time() - start
    gc.unfreeze()
    return took / times_over


def memory(work: Parked, build: Build) -> float | None:
    """Bytes for one run that waits: what 2,000 more of them take."""
    bytes_ = []
    for count in (1_000, 3_000):
        gc.collect()
        tracemalloc.start()
        play = build(Parked(work.name, count, work.ring), Tally())
        bytes_.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        if play is None:
            return None
        del play
    return (bytes_[1] - bytes_[0]) / 2_000


BASE = (floor.NAME, floor.build)
