"""Runs of strange definitions, played at random: what is open is done, refused, passed over; time passes."""

from __future__ import annotations

import random
from datetime import timedelta

from strange_sops import definition

import sopflow
from sopflow.errors import Refused


def run(seed: int, size: int, moves: int):
    """A definition and a run of it after that many moves, the same for the same numbers; None if it never rests."""
    sop = definition(seed, size)
    if "SOP413" in {finding.code for finding in sopflow.check(sop)}:
        return None
    program = sopflow.compile(sop, allow_unsound=True)
    chance = random.Random(seed)
    made = sopflow.Run(program, {"list": ["a", "b", "c"], "a": chance.choice([True, False])}, at="2026-03-02T09:00")
    for _ in range(moves):
        if made.finished:
            break
        try:
            _move(made, chance)
        except Refused:
            continue
    return sop, made


def _move(run, chance) -> None:
    if not run.open or chance.random() < 0.15:
        days = chance.choice([1, 2, 5])
        chance.choice([lambda: run.message("news"), lambda: run.advance(by=timedelta(days=days))])()
        return
    item = chance.choice(run.open)
    move = chance.random()
    if move < 0.1:
        run.skip(item.step, why="not needed", by="boss")
    elif move < 0.15:
        run.cancel(item.step, by="boss")
    elif move < 0.2 and item.phase == "open":
        run.claim(item.step, by=(item.roles or ("boss",))[0])
    elif item.asks:
        run.answer(item.step, chance.choice([True, False, 5]), field=item.asks[0])
    elif item.kind == "decision":
        run.answer(item.step, chance.choice(item.outcomes))
    elif item.kind == "approval":
        run.judge(item.step, chance.choice(["approved", "refused"]))
    else:
        run.done(item.step, outcome=chance.choice([None, *item.outcomes]))
