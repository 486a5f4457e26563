"""Definitions in a few lines, and what the compiler makes of them."""

from __future__ import annotations

from textwrap import dedent

from sopflow.compiler import Compiled, lower
from sopflow.dsl import loads
from sopflow.errors.show import as_text
from sopflow.model import Sop
from sopflow.program import Program, Step


def sop(text: str, id: str = "test") -> Sop:
    """The definition in ``text``; the keys at its top that every definition must have are put in."""
    return loads(f"sopflow: 1\nid: {id}\nversion: 1.0.0\ntitle: A test\ntime-zone: Asia/Shanghai\n{dedent(text)}")


def compiled(text: str, **called: str) -> Compiled:
    """What ``text`` compiles to. ``called`` are the texts of other definitions, by id; ``test`` is this one."""
    sops = {name: sop(other, name) for name, other in called.items()}
    sops["test"] = sop(text)
    return lower(sops["test"], find=lambda name, _: sops.get(name))


def program(text: str, **called: str) -> Program:
    """The program of ``text``."""
    made = compiled(text, **called)
    assert made.program is not None, as_text(made.report)
    return made.program


def step(text: str, path: str, **called: str) -> Step:
    """One step of the program of ``text``."""
    made = program(text, **called)
    return made.steps[made.by_path[path]]


def findings(text: str, **called: str) -> list[tuple[str, str]]:
    """What is wrong: (code, path in the definition that it is about)."""
    return [(finding.code, finding.path) for finding in compiled(text, **called).report]
