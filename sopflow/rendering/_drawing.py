"""One picture on its way: the definitions in it, its scene, its geometry, and how it is to look.

Every format's writer is given a :class:`Drawing` and takes what it needs of it; what nobody asks for is not made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sopflow import definitions
from sopflow.errors import DefinitionError, NotFound
from sopflow.model import Sop
from sopflow.program import Op, Program
from sopflow.rendering._build import build
from sopflow.rendering._choices import check_choice, check_known
from sopflow.rendering._compose import compose
from sopflow.rendering._filter import only_around, only_phase
from sopflow.rendering._geometry import Geometry
from sopflow.rendering._scene import Scene
from sopflow.rendering._themes import THEMES, Theme
from sopflow.rendering._words import word
from sopflow.rendering.layout import LAYOUTS

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class View:
    """What of a definition is shown, and how: the options of :func:`render`, checked."""

    lang: str = ""
    layout: str = "lanes"
    phase: str = ""
    focus: str = ""
    radius: int = 2
    calls: bool | None = None


@dataclass(frozen=True)
class Drawing:
    """What a writer is given.

    ``parts`` are the definitions with their programs: the one drawn, then those that it calls, if they are drawn too.
    ``scale`` is that of pixels (:func:`~sopflow.rendering.render`).
    """

    parts: tuple[tuple[Sop, Program], ...]
    view: View
    scene: Scene
    theme: Theme = THEMES["light"]
    scale: float = 2.0

    @cached_property
    def geometry(self) -> Geometry:
        """Where everything stands; worked out when the first writer asks."""
        return geometry_of(self.scene, layout=self.view.layout)


def draw(
    sop: Sop | str | Path,
    view: View,
    *,
    theme: Theme = THEMES["light"],
    scale: float = 2.0,
    search: Sequence[str | Path] = (),
) -> Drawing:
    """The drawing of ``sop``, a definition or what :func:`sopflow.load` takes.

    Raises what :func:`~sopflow.rendering.render` raises, but for faults of the format.
    """
    check_choice("SOP807", view.layout, tuple(LAYOUTS))
    if not isinstance(sop, Sop):
        sop = definitions.load(sop, search=search)
    program = _program(sop, search)
    parts = [(sop, program)]
    if _with_calls(view.calls, program):
        parts += _called(sop, program, search)
    return Drawing(tuple(parts), view, _scene(parts, view), theme, scale)


def scene_of(sop: Sop | str | Path, view: View, *, search: Sequence[str | Path] = ()) -> Scene:
    """What is to be drawn of ``sop``, before it has a place."""
    return draw(sop, view, search=search).scene


def geometry_of(scene: Scene, *, layout: str = "lanes") -> Geometry:
    """Where everything in ``scene`` stands."""
    check_choice("SOP807", layout, tuple(LAYOUTS))
    return compose(scene, LAYOUTS[layout], lambda name: word(name, scene.languages[0]))


def _scene(parts: Sequence[tuple[Sop, Program]], view: View) -> Scene:
    """The scene of ``parts``, as much of it as ``view`` shows."""
    sop, program = parts[0]
    languages = _languages(view.lang, program)
    scene = build(parts, languages)

    def sign(target: object) -> tuple[str, ...]:
        texts = getattr(target, "texts", ()) or ("…",)
        return tuple(f"{word('to', lang)} {text}" for lang, text in zip(languages, texts, strict=False))

    if view.phase:
        check_known("SOP805", view.phase, [*sop.phases])
        scene = only_phase(scene, view.phase, sign)
    if view.focus:
        scene = only_around(scene, _step(view.focus, program), view.radius, sign)
    return scene


def _program(sop: Sop, search: Sequence[str | Path]) -> Program:
    """The program of ``sop``, also of one that is not sound: a picture is where one sees why."""
    compiled, report = definitions.link(sop, search=search)
    if compiled.program is None:
        raise DefinitionError(report)
    return compiled.program


def _languages(lang: str, program: Program) -> tuple[str, ...]:
    own = program.languages or ("en",)
    if lang == "both":
        return own[:2] if len(own) > 1 else (*own, "zh" if own[0] == "en" else "en")
    return (lang or own[0],)


def _with_calls(calls: bool | None, program: Program) -> bool:  # noqa: FBT001  # one of three answers, not a switch
    """Unsaid, an SOP that is mostly calls is drawn with what it calls: alone it would say little."""
    if calls is not None:
        return calls
    work = [step for step in program.steps if not step.regions]
    return sum(step.op is Op.CALL for step in work) * 2 > len(work)


def _called(sop: Sop, program: Program, search: Sequence[str | Path]) -> list[tuple[Sop, Program]]:
    """The definitions that ``program`` calls, and those that they call, each once, in reading order."""
    near = [sop.origin] if sop.origin is not None else []
    found: dict[str, tuple[Sop, Program]] = {}
    waiting = [step.call.program for step in program.steps if step.call is not None]
    while waiting:
        called = waiting.pop(0)
        if called.name in found or called.name == program.name:
            continue
        try:
            definition = definitions.load(called.name.rpartition("/")[2], search=[*near, *search])
        except (NotFound, DefinitionError):
            continue
        found[called.name] = (definition, called)
        waiting += [step.call.program for step in called.steps if step.call is not None]
    return list(found.values())


def _step(name: str, program: Program) -> str:
    """The full path of the step ``name``: that path, or an id that only one step has."""
    paths = [step.path for step in program.steps]
    if name in paths:
        return name
    fitting = [step.path for step in program.steps if step.id == name]
    if len(fitting) == 1:
        return fitting[0]
    check_known("SOP804", name, fitting or [step.id for step in program.steps])
    return name
