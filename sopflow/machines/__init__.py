"""A program as a machine of the ``transitions`` library, for those whose objects that library moves already.

It runs the engine to find out what a machine must do, and knows nothing of runs, stores or clocks: time, people
and messages are the embedder's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from sopflow.compiler import Compiled
from sopflow.definitions import Name, link
from sopflow.errors import DefinitionError, Finding, Problem, Report, UsageError, nearest
from sopflow.machines._explore import START, Flat, Growing, Limit, Tangled, explore
from sopflow.machines._nest import Room, Unfit, named, nest
from sopflow.machines._uncovered import uncovered
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
    initial: str | Sequence[object] = START,
    nested: bool | None = None,
    names: Callable[[str], str] | None = None,
    machine_class: type[Machine] | None = None,
    search: Sequence[Name] = (),
    **options: object,
) -> Machine:
    """A ``transitions`` machine that moves ``model`` as the engine would move a run of ``sop``.

    A state is a marking: what is open, and what joins have counted. A trigger is an outcome
    (``director_review__approved``), with what was learned as ``data=``. Guards read the model's attribute ``data``, a
    nested or dotted map, and accepted triggers write there.

    ``nested`` gives a hierarchical machine, in which the branches of a parallel are parallel states: there states add
    instead of multiplying. None does so where a flat machine would be too large and a nested one can be had.

    ``model`` is an object, a list of them, or None: ``machine.add_model`` takes more. ``initial`` is the state they
    are in, for those that come from a store (of a nested machine also a list of states, as the model has it).
    ``names`` gives a state's name for its marking: with :func:`identifier`,
    ``on_enter_collect_leads`` can be a method, and every kind of diagram can be read. ``machine_class`` may be
    ``GraphMachine`` or another machine of that library (a hierarchical one for a nested machine); ``options`` go to
    it (``ignore_invalid_triggers=True`` …). ``search`` are folders in which calls are
    looked up, as :func:`sopflow.compile` does.

    Raises:
        DefinitionError: ``sop`` has errors, has something that no machine can show (SOP422), or nothing that a nested
            one can (SOP650), or has more than ``limit`` markings (SOP421).
        UsageError: there is no state ``initial`` (SOP641), or ``machine_class`` cannot be nested (SOP651).
    """
    program, compiled = _program(sop, search)
    _refuse(uncovered(program), compiled)
    from transitions import Machine  # noqa: PLC0415  # who only compiles does not pay for it
    from transitions.extensions.nesting import HierarchicalMachine  # noqa: PLC0415  # as above

    if machine_class is not None:
        hierarchical = issubclass(machine_class, HierarchicalMachine)
        if nested and not hierarchical:
            raise UsageError(Finding("SOP651", fields={"name": machine_class.__name__}))
        nested = hierarchical if nested is None else nested
    try:
        found = _found(program, limit, nested=nested)
    except Limit as reached:
        fields = {"count": reached.count, "limit": limit, "block": reached.block}
        raise _refusal([(None, Problem("SOP421", fields=fields))], compiled) from None
    except (Tangled, Growing, Unfit) as reason:
        at = program.by_path.get(reason.step)
        raise _refusal([(program.steps[at] if at is not None else None, reason.problem)], compiled) from None
    if isinstance(found, Flat):
        from sopflow.machines._machine import build  # noqa: PLC0415  # as above

        found = found if names is None else found.named(names)
        _look_up(initial, found.states)
        return build(program, found, model, str(initial), machine_class or Machine, options)
    from sopflow.machines._nested import build_nested, paths_of  # noqa: PLC0415  # as above

    found = found if names is None else named(found, names)
    _look_up(initial, paths_of(found))
    return build_nested(program, found, model, initial, machine_class, options)


def _found(program: Program, limit: int, *, nested: bool | None) -> Flat | list[Room]:
    """The flat machine; the nested one where that is wanted, or can be had where a flat one is too large."""
    if nested:
        return nest(program, limit)
    try:
        return explore(program, limit)
    except Limit:
        if nested is None:
            with suppress(Limit, Tangled, Growing, Unfit):
                return nest(program, limit)
        raise


def _look_up(initial: object, states: Collection[str]) -> None:
    """Raises UsageError for a state that does not exist."""
    todo = [initial]
    while todo:
        name = todo.pop()
        if isinstance(name, list | tuple):
            todo += name
        elif name not in states:
            near = nearest(str(name), states)
            raise UsageError(Finding("SOP641", fields={"name": name, "nearest": near[0] if near else ""}))


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
    """Raise DefinitionError for the problems, if there are any."""
    problems = list(found)
    if problems:
        raise _refusal(problems, compiled)


def _refusal(found: Iterable[tuple[Step | None, Problem]], compiled: Compiled | None) -> DefinitionError:
    """The problems, each at its place if that is known."""
    findings = []
    for step, problem in found:
        place = None
        if compiled is not None and step is not None:
            place = compiled.sop.place(compiled.index.nodes[step.index].doc, key=True)
        findings.append(problem.at(place, path=step.path if step is not None else ""))
    return DefinitionError(Report.of(findings))
