"""Events and states as JSON."""

import json

import pytest

from sopflow import Run, compile, loads
from sopflow.engine import event_from_json, event_to_json, replay, state_from_json, state_to_json

SOP = """
sopflow: 1
id: fair
version: 1.0.0
title: A fair
time-zone: Asia/Shanghai
data:
  event: {start: date, opens: time, at: datetime, takes: duration, price: decimal, major: {is: bool, default: true}}
  level: [yellow, orange, red]
  partners: [{name: string, fee: decimal}]
messages: {crisis: {level: [yellow, orange, red]}}
roles: {planner: {title: Planner, people: [ann, bob]}, lead: Lead}
steps:
  prepare:
    task: Prepare
    by: planner
    due: 3 days before event.start
    remind: [every day at 09:00 after opened]
    checklist: [Hall, Badges]
    on: {overdue: {task: Chase}}
  both:
    parallel: Both
    on:
      crisis: {task: Calm down, set: {level: = message.level}}
      daily: {every: day at 18:00, task: Report}
    branches:
      sign: {for-each: partners, as: partner, steps: {contract: {task: "Sign {partner.name}"}}}
      judge: {approval: Judge, by: planner, need: 2, refused: prepare}
  close: {task: Close, opens: 2 days after event.start}
"""


@pytest.fixture(scope="module")
def program():
    """The program of a fair with something of everything."""
    return compile(loads(SOP, file="fair.sop.yaml"))


def acts(run):
    """The acts of one run, in order; between them the caller may look."""
    yield lambda: run.tick("prepare", "Hall", by="ann")
    yield lambda: run.advance("2026-05-08")
    yield lambda: run.set({"event": {"price": "12.50", "opens": "09:30", "at": "2026-05-10T09:30", "takes": "3 days"}})
    yield lambda: run.done("prepare", by="ann", at="2026-05-08T10:00")
    yield lambda: run.set({"partners": [{"name": "Acme", "fee": "1.10"}, {"name": "Best"}]})
    yield lambda: run.message("crisis", {"level": "red"})
    yield lambda: run.message("crisis", {"level": "yellow"})
    yield lambda: run.judge("judge", "approved", by="ann", at="2026-05-08T19:00")
    yield lambda: run.done("both.sign[2].contract")
    yield lambda: run.suspend(why="fire drill")
    yield lambda: run.resume()
    yield lambda: run.judge("judge", "approved", by="bob")
    yield lambda: run.done("both.sign[1].contract")


def test_a_state_survives_json(program):
    """At each point of a run, its state as JSON text gives an equal state."""
    run = Run(program, {"event": {"start": "2026-05-10"}}, at="2026-05-01T09:00")
    for act in acts(run):
        act()
        text = json.dumps(state_to_json(run.state))
        assert run.state == state_from_json(json.loads(text), program)


def test_a_history_survives_json(program):
    """The events as JSON text fold to an equal state, at each point of a run."""
    run = Run(program, {"event": {"start": "2026-05-10"}}, at="2026-05-01T09:00")
    for act in acts(run):
        act()
        text = json.dumps([event_to_json(event) for event in run.events])
        assert run.state == replay(program, [event_from_json(data) for data in json.loads(text)])
