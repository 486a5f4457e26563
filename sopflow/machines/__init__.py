"""A program as a flat machine of the ``transitions`` library, for those whose objects that library moves already.

It runs the engine to find out what a machine must do, and knows nothing of runs, stores or clocks: time, people
and messages are the embedder's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from sopflow.compiler import Compiled
from sopflow.definitions import Name, link
from sopflow.errors import DefinitionError, Finding, Problem, Report, UsageError, nearest
from sopflow.machines._explore import START, Limit, Tangled, explore
from sopflow.machines._skeleton import uncovered
from sopflow.model import Sop
from sopflow.program import Program, Step

if TYPE_CHECKING:
    from transitions import Machine

__all__ = ["START", "identifier", "to_transitions"]


def to_transitions(
    sop: Sop | Program,
    model: object = None,
    *,
    limit: int = 2_000,
    initial: str = START,
    names: Callable[[str], str] | None = None,
    machine_class: type[Machine] | None = None,
    search: Sequence[Name] = (),
    **options: object,
) -> Machine:
    """A flat ``transitions`` machine that moves ``model`` as the engine would move a run of ``sop``.

    A state is a marking: what is open, and what joins have counted. A trigger is an outcome
    (``director_review__approved``), with what was learned as ``data=``. Guards read the model's attribute ``data``, a
    nested or dotted map, and accepted triggers write there.

    ``model`` is an object, a list of them, or None: ``machine.add_model`` takes more. ``initial`` is the state they
    are in, for those that come from a store. ``names`` gives a state's name for its marking: with :func:`identifier`,
    ``on_enter_collect_leads`` can be a method, and every kind of diagram can be read. ``machine_class`` may be
    ``GraphMachine`` or another flat machine of that library; ``options`` go to it (``queued=True``,
    ``ignore_invalid_triggers=True`` …). ``search`` are folders in which calls are
    looked up, as :func:`sopflow.compile` does.

    Raises:
        DefinitionError: ``sop`` has errors, has something that no flat machine can show (SOP422), or has more
            than ``limit`` markings (SOP421).
        UsageError: there is no state ``initial`` (SOP641).
    """
    program, compiled = _program(sop, search)
    _refuse(((step, problem) for step, problem in uncovered(program)), compiled)
    try:
        found = explore(program, limit)
    except Limit as reached:
        fields = {"count": reached.count, "limit": limit, "block": reached.block}
        _refuse([(None, Problem("SOP421", fields=fields))], compiled)
        raise AssertionError from None  # never comes here
    except Tangled as knot:
        what = f"one event hangs on too many guards{f', such as ‘{knot.guard}’' if knot.guard else ''}"
        chinese = f"一个事件取决于过多条件{f',例如“{knot.guard}”' if knot.guard else ''}"
        fields = {"step": knot.step, "what": what, "what_zh": chinese}
        _refuse([(None, Problem("SOP422", fields=fields))], compiled)
        raise AssertionError from None
    if names is not None:
        found = found.named(names)
    if initial not in found.states:
        near = nearest(initial, found.states)
        raise UsageError(Finding("SOP641", fields={"name": initial, "nearest": near[0] if near else ""}))

    from transitions import Machine as Flat  # noqa: PLC0415  # who only compiles does not pay for it

    from sopflow.machines._machine import build  # noqa: PLC0415

    return build(program, found, model, initial, machine_class or Flat, options)


def identifier(marking: str) -> str:
    """A marking's name as an identifier: ``p[1/2](0:legal+1:price)`` is ``p_1_2_0_legal_1_price``."""
    return re.sub(r"\W+", "_", marking).strip("_")


def _program(sop: Sop | Program, search: Sequence[Name]) -> tuple[Program, Compiled | None]:
    if isinstance(sop, Program):
        return sop, None
    compiled, report = link(sop, search=search)
    if compiled.program is None or report.errors:
        raise DefinitionError(report)
    return compiled.program, compiled


def _refuse(found: Iterable[tuple[Step | None, Problem]], compiled: Compiled | None) -> None:
    """Raise DefinitionError for the problems, if there are any, each at its place if that is known."""
    findings = []
    for step, problem in found:
        place = None
        if compiled is not None and step is not None:
            place = compiled.sop.place(compiled.index.nodes[step.index].doc, key=True)
        findings.append(problem.at(place, path=step.path if step is not None else ""))
    if findings:
        raise DefinitionError(Report.of(findings))
