"""Judges models of other tools (tasks, XOR and AND gateways; Petri nets): whether every run can come to its end.

``net = read(file)`` reads one (JSON, BPMN 2.0, PNML), ``check(net)`` gives the verdict, ``counterexample(net)`` the run
that shows what is wrong, ``play`` plays it again, ``as_pytest`` makes a test of it. It knows nothing of definitions.
"""

from sopflow.analysis.nets._game import Fault
from sopflow.analysis.nets._net import Kind, Net, Node, is_free_choice
from sopflow.analysis.nets._play import Played, as_pytest, play
from sopflow.analysis.nets._read import ENDINGS, read, report
from sopflow.analysis.nets._verdict import Counterexample, Verdict, check, counterexample

__all__ = [
    "ENDINGS",
    "Counterexample",
    "Fault",
    "Kind",
    "Net",
    "Node",
    "Played",
    "Verdict",
    "as_pytest",
    "check",
    "counterexample",
    "is_free_choice",
    "play",
    "read",
    "report",
]
