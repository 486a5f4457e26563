"""Industrial models: every known verdict is met, and every fault can be shown."""

from __future__ import annotations

import csv
import tarfile
from functools import cache
from pathlib import Path

import pytest

from sopflow.analysis import nets

FOLDER = Path(__file__).parents[2] / "corpus" / "ibm_a_c"
# What the list of verdicts calls a fault, in which of our words it may come to light first.
SORTS = {
    "deadlock": {nets.Fault.STUCK, nets.Fault.LEFTOVER},
    "lack_of_synchronization": {nets.Fault.CROWDED, nets.Fault.GROWING, nets.Fault.LEFTOVER},
    "dead_node": set(),
}


@cache
def _texts() -> dict[str, bytes]:
    with tarfile.open(FOLDER / "ibm_a_c.tar.xz") as archive:
        return {Path(member.name).name: archive.extractfile(member).read() for member in archive if member.isfile()}


def _verdicts():
    with (FOLDER / "verdicts.csv").open(encoding="utf-8") as file:
        return {row["model"]: row for row in csv.DictReader(file)}


def test_the_corpus_is_whole():
    """Each model has its verdict, and each verdict its model."""
    assert set(_texts()) == set(_verdicts())
    assert len(_texts()) == 259


def test_every_verdict_is_right():
    """Sound is said of the 114 that are, unsound of the 145 others; nothing stays undecided."""
    said = {name: nets.check(nets.read(text), limit=0).sound for name, text in _texts().items()}
    assert said == {name: row["verdict"] == "sound" for name, row in _verdicts().items()}


@pytest.mark.parametrize("name", [name for name, row in _verdicts().items() if row["verdict"] == "unsound"])
def test_every_fault_can_be_shown(name):
    """An unsound model has a run that goes wrong in a way that is known of it, and that is so when it is played."""
    net = nets.read(_texts()[name], file=name)
    example = nets.counterexample(net)
    assert nets.play(net, example.steps) == nets.Played(
        example.steps, nets.play(net, example.steps).waiting, example.fault
    )
    known = _verdicts()[name]["errors"].split(" (")[0].split("|")
    assert example.fault in set().union(*(SORTS[sort] for sort in known))
    verdict = nets.check(net)
    assert verdict.sound is False
    assert {finding.code for finding in verdict.faults} <= {"SOP457", "SOP458"}
    assert all(finding.trace and finding.place.file == name for finding in verdict.faults)
