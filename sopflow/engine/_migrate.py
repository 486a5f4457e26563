"""Migration: whether a run can go over to another version of its definition, what would come of it, and doing it.

A run is pinned to its program. It goes over in one event, and only where every opening has its place in the new
version; see ``_fitting.py``. A plan is the migration tried on a copy, so it cannot differ from what is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from types import MappingProxyType
from typing import Final

from msgspec import structs

from sopflow.engine import _events as ev
from sopflow.engine._acts import Acts
from sopflow.engine._carrying import place_of
from sopflow.engine._effects import Effect, Note
from sopflow.engine._fitting import MENDABLE, unfit_data, unfit_openings, withdrawn
from sopflow.engine._images import Images
from sopflow.engine._moving import Moving
from sopflow.engine._refusal import Refusal, refusal
from sopflow.engine._state import ROOT, Opening, RunState
from sopflow.errors import Problem
from sopflow.program import Program

#: The word of a refusal for each reason; "unsound" for the others.
_WORDS: Final = {
    **dict.fromkeys(("SOP761", "SOP762", "SOP779", "SOP780"), "unknown"),
    **dict.fromkeys(("SOP777", "SOP778"), "type"),
}

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an opening. ``was`` is its path, ``to`` its path in the new version.

    ``what`` is ``stays``, ``moves``, ``withdrawn`` (then ``to`` is "") or ``unfit`` (as the reasons say).
    """

    opening: int
    was: str
    to: str
    what: str


@dataclass(frozen=True, slots=True)
class TimerChange:
    """A timer that is set (``was`` None), cleared (``now`` None) or moved. ``step`` is a path, "" for the run's own."""

    opening: int
    step: str
    name: str
    was: datetime | None
    now: datetime | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that ``appears``, ``vanishes`` (its value with it), is ``unfit`` or is ``read`` as another value."""

    path: str
    what: str
    was: object = None
    now: object = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a migration would do; making it has changed nothing.

    ``old`` and ``new`` are programs' hashes, ``steps`` the map that was given. ``reasons`` say why it cannot be done.
    ``starts`` are the paths of branches that are new and start, ``mail`` how many messages of each name are dropped,
    ``ends_gone`` and ``ends_new`` ends of the definition by their names. ``effects`` and ``notes`` are those that the
    migration gives; where there are reasons, there are none. ``replays`` says whether the run's history leads to the
    same openings under the new version (None: no history was given). ``undoes`` is "", ``exactly`` (the state before
    comes back as it was) or ``by map`` (events came since; the old version is a new version like any other).
    """

    old: str
    new: str
    steps: Mapping[str, str]
    reasons: tuple[Problem, ...]
    openings: tuple[Fate, ...] = ()
    starts: tuple[str, ...] = ()
    timers: tuple[TimerChange, ...] = ()
    data: tuple[FieldChange, ...] = ()
    mail: Mapping[str, int] = field(default_factory=dict)
    ends_gone: tuple[str, ...] = ()
    ends_new: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    notes: tuple[Note, ...] = ()
    replays: bool | None = None
    undoes: str = ""

    @property
    def verdict(self) -> str:
        """``automatic``, ``needs-mapping`` (naming steps can mend it), or ``impossible``."""
        if not self.reasons:
            return "automatic"
        return "needs-mapping" if all(reason.code in MENDABLE for reason in self.reasons) else "impossible"


def migration(
    old: Program,
    new: Program,
    state: RunState,
    steps: Mapping[str, str] = _NOTHING,
    *,
    at: datetime | None = None,
    history: Iterable[ev.Event] | None = None,
) -> Plan:
    """The plan for moving ``state``, a run of ``old``, to ``new``: by itself, or with a map of steps.

    ``steps`` maps paths (or ids that are unique) of the old version to those of the new, "" for one that is withdrawn:
    its token begins the step anew where the new version has it, else goes on by its ordinary way. ``at`` is when it
    would be done (unsaid: at the run's last event). ``history`` lets the plan say whether it replays.
    """
    images = Images.of(old, new, steps)
    event = ev.Migrated(program=new.hash, steps=steps, at=at)
    moving: Moving | None = None
    reasons: tuple[Problem, ...] = ()
    try:
        check(old, state, event)
        reasons = _reasons(images, state)
        if not reasons:
            moving = Moving(images, state, event)
            moving.move()
            reasons = tuple(moving.unfit)
    except Refusal as refused:
        reasons = (refused.problem,)
    done = moving if moving is not None and not reasons else None
    return Plan(
        old=old.hash,
        new=new.hash,
        steps=steps,
        reasons=reasons,
        openings=_fates(images, state),
        starts=_starts(done) if done is not None else (),
        timers=timer_changes(old, state, new, done.state) if done is not None else (),
        data=_field_changes(images, state),
        mail=done.lost_mail if done is not None else {},
        ends_gone=tuple(name for name in old.outcomes if name not in new.outcomes),
        ends_new=tuple(name for name in new.outcomes if name not in old.outcomes),
        effects=tuple(done.effects) if done is not None else (),
        notes=tuple(done.notes) if done is not None else (),
        replays=None if history is None else _replays(images, state, history),
    )


def moved(old: Program, new: Program, state: RunState, event: ev.Migrated) -> Acts:
    """The migration on a copy of ``state``: the copy, effects and notes. Raises :class:`Refusal`."""
    check(old, state, event)
    if event.program != new.hash:
        raise refusal("unknown", "SOP780", wanted=event.program[:12], given=new.hash[:12])
    images = Images.of(old, new, event.steps)
    reasons = _reasons(images, state)
    moving = Moving(images, state, event)
    if not reasons:
        moving.move()
        reasons = tuple(moving.unfit)
    if reasons:
        raise Refusal(_WORDS.get(reasons[0].code, "unsound"), reasons[0])
    return moving


def check(old: Program, state: RunState, event: ev.Migrated) -> None:
    """The run is one of ``old`` and goes on, and no timer is due before. Raises :class:`Refusal`."""
    if state.program != old.hash:
        raise refusal("unknown", "SOP780", wanted=state.program[:12], given=old.hash[:12])
    now = structs.replace(event, at=event.at or state.at)
    turn = Acts(old, state, now)  # also of those due just now
    turn._running(suspended=True)
    turn._check_clock()


def adopt(state: RunState, program: Program, other: RunState) -> None:
    """``state`` becomes what ``other``, a run of ``program``, is."""
    for part in fields(RunState):
        setattr(state, part.name, getattr(other, part.name))
    state.data.bind(program, state)


def timer_changes(old: Program, before: RunState, new: Program, after: RunState) -> tuple[TimerChange, ...]:
    """The timers that differ, by opening and name."""
    changed: list[TimerChange] = []
    for number, name in sorted({**before.timers, **after.timers}):
        was, now = before.timers.get((number, name)), after.timers.get((number, name))
        if was != now:
            there = number in after.open
            path = place_of(new, after, after.open[number]) if there else place_of(old, before, before.open[number])
            changed.append(TimerChange(number, path, name, was, now))
    return tuple(changed)


def _reasons(images: Images, state: RunState) -> tuple[Problem, ...]:
    if images.old.name != images.new.name:
        return (Problem("SOP779", fields={"name": images.new.name, "was": images.old.name}),)
    return (*images.wrong, *unfit_data(images, state), *(problem for _, problem in unfit_openings(images, state)))


def _fates(images: Images, state: RunState) -> tuple[Fate, ...]:
    """What becomes of each opening, by id; what hangs below a withdrawn one goes with it."""
    found: list[Fate] = []
    given_up = {opening.id for opening in withdrawn(images, state)}
    unfit = {number for number, _ in unfit_openings(images, state)}
    for number, opening in sorted(state.open.items()):
        if number == ROOT:
            continue
        if opening.up in given_up:
            given_up.add(number)
        was, image = place_of(images.old, state, opening), images.steps.get(opening.step)
        if number in given_up:
            found.append(Fate(number, was, "", "withdrawn"))
        elif number in unfit or image is None:
            found.append(Fate(number, was, "", "unfit"))
        else:
            path, same = images.new.steps[image].path, images.old.steps[opening.step].path
            found.append(Fate(number, was, path, "stays" if path == same else "moves"))
    return tuple(found)


def _starts(moving: Moving) -> tuple[str, ...]:
    program = moving.program
    regions = [region for found in moving.starting.values() for region in found]
    return tuple(program.steps[program.regions[region].head].path for region in regions)


def _field_changes(images: Images, state: RunState) -> tuple[FieldChange, ...]:
    old, new = images.old, images.new
    fresh = (new.fields[path] for path in new.fields if path not in old.fields)
    changed = [FieldChange(field.path, "appears", now=field.default) for field in fresh]
    for path in old.fields:
        value = state.data.get(path)
        if path not in new.fields:
            changed.append(FieldChange(path, "vanishes", was=value))
        elif value is not None:
            read = new.fields[path].read(value, new.zone)
            if isinstance(read, Problem):
                changed.append(FieldChange(path, "unfit", was=value))
            elif repr(read) != repr(value):
                changed.append(FieldChange(path, "read", was=value, now=read))
    return tuple(changed)


def _replays(images: Images, state: RunState, history: Iterable[ev.Event]) -> bool:
    """Whether the history, had it been one of the new version, leads to the same openings."""
    again = RunState.of(images.new)
    for event in history:
        if isinstance(event, ev.Migrated):
            return False
        try:
            Acts(images.new, again, event).handle()
        except Refusal:
            return False
    return _standing(again.open.values()) == {
        (opening.id, images.steps.get(opening.step), opening.phase) for opening in state.open.values()
    }


def _standing(openings: Iterable[Opening]) -> set[tuple[int, int | None, str]]:
    return {(opening.id, opening.step, opening.phase) for opening in openings}
