"""One picture on its way: the definitions in it, its scene, its geometry, and how it is to look.

Every format's writer is given a :class:`Drawing` and takes what it needs of it; what nobody asks for is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sopflow import definitions
from sopflow.errors import DefinitionError, Finding, NotFound, UsageError
from sopflow.model import Sop
from sopflow.program import Op, Program
from sopflow.rendering._build import build
from sopflow.rendering._choices import check_known
from sopflow.rendering._compose import compose
from sopflow.rendering._filter import only_around, only_phase
from sopflow.rendering._geometry import Geometry
from sopflow.rendering._paper import paper
from sopflow.rendering._scene import Scene
from sopflow.rendering._themes import THEMES, Theme
from sopflow.rendering._words import word
from sopflow.rendering.layout import layout_of
from sopflow.rendering.overlay import Overlay, Record, Running, of_diff, of_findings, of_run, placed, record_of

if TYPE_CHECKING:
    from pathlib import Path

    from sopflow.compiler import Compiled


@dataclass(frozen=True, slots=True)
class View:
    """What of a definition is shown, and how: the options of :func:`render`, checked."""

    lang: str = ""
    layout: str = "lanes"
    phase: str = ""
    focus: str = ""
    radius: int = 2
    calls: bool | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class Over:
    """What is drawn over a picture, one of these at most: a run, findings, or how it differs from another version."""

    run: Running | Record | None = None
    findings: Iterable[Finding] | None = None
    against: Sop | str | Path | None = None

    def __post_init__(self) -> None:
        if sum(one is not None for one in (self.run, self.findings, self.against)) > 1:
            raise UsageError(Finding("SOP821"))


@dataclass(frozen=True)
class Drawing:
    """What a writer is given.

    ``parts`` are the definitions with their programs: the one drawn, then those that it calls, if they are drawn too.
    ``scale`` is that of pixels (:func:`~sopflow.rendering.render`), ``overlay`` what is drawn over the picture.
    """

    parts: tuple[tuple[Sop, Program], ...]
    view: View
    scene: Scene
    theme: Theme = THEMES["light"]
    scale: float = 2.0
    overlay: Overlay | None = None

    @cached_property
    def geometry(self) -> Geometry:
        """Where everything stands; worked out when the first writer asks."""
        geometry = geometry_of(self.scene, layout=self.view.layout, page=self.view.page)
        return placed(geometry, self.overlay) if self.overlay is not None else geometry


def draw(
    sop: Sop | str | Path,
    view: View,
    *,
    theme: Theme = THEMES["light"],
    scale: float = 2.0,
    search: Sequence[str | Path] = (),
    over: Over | None = None,
) -> Drawing:
    """The drawing of ``sop``, a definition or what :func:`sopflow.load` takes, with what is drawn ``over`` it.

    Raises what :func:`~sopflow.rendering.render` raises, but for faults of the format.
    """
    layout_of(view.layout)
    if view.page:
        paper(view.page)
    if not isinstance(sop, Sop):
        sop = definitions.load(sop, search=search)
    compiled = _compiled(sop, search)
    parts = _parts(compiled, view, search)
    scene = build(parts, _languages(view.lang, parts[0][1]))
    overlay: Overlay | None = None
    if over is not None and over.run is not None:
        overlay = of_run(record_of(over.run), scene, parts)
    elif over is not None and over.findings is not None:
        written = {".".join(map(str, node.doc)): node.path for node in compiled.index.nodes}
        overlay = of_findings(over.findings, scene, written)
    elif over is not None and over.against is not None:
        old = over.against if isinstance(over.against, Sop) else definitions.load(over.against, search=search)
        before, languages = _parts(_compiled(old, search), view, search), scene.languages
        scene, overlay = of_diff(lambda closed: build(before, languages, closed), scene, before, parts)
    scene = _part_of(scene, parts[0], view)
    if overlay is not None:
        scene = overlay.applied(scene)
    return Drawing(tuple(parts), view, scene, theme, scale, overlay)


def scene_of(sop: Sop | str | Path, view: View, *, search: Sequence[str | Path] = ()) -> Scene:
    """What is to be drawn of ``sop``, before it has a place."""
    return draw(sop, view, search=search).scene


def geometry_of(scene: Scene, *, layout: str = "lanes", page: str = "") -> Geometry:
    """Where everything in ``scene`` stands, on a page in the ratio of that paper."""
    ratios = paper(page).ratios if page else ()
    return compose(scene, layout_of(layout), lambda name: word(name, scene.languages[0]), ratios)


def _part_of(scene: Scene, part: tuple[Sop, Program], view: View) -> Scene:
    """As much of ``scene`` as ``view`` shows."""
    sop, program = part

    def sign(target: object) -> tuple[str, ...]:
        texts = getattr(target, "texts", ()) or ("…",)
        return tuple(f"{word('to', lang)} {text}" for lang, text in zip(scene.languages, texts, strict=False))

    if view.phase:
        check_known("SOP805", view.phase, [*sop.phases])
        scene = only_phase(scene, view.phase, sign)
    if view.focus:
        scene = only_around(scene, _step(view.focus, program), view.radius, sign)
    return scene


def _compiled(sop: Sop, search: Sequence[str | Path]) -> Compiled:
    """``sop`` with its program, also one that is not sound: a picture is where one sees why."""
    compiled, report = definitions.link(sop, search=search)
    if compiled.program is None:
        raise DefinitionError(report)
    return compiled


def _parts(compiled: Compiled, view: View, search: Sequence[str | Path]) -> list[tuple[Sop, Program]]:
    """A definition with its program, and those that it calls where they are drawn too."""
    assert compiled.program is not None  # looked at when it was compiled
    parts = [(compiled.sop, compiled.program)]
    if _with_calls(view.calls, compiled.program):
        parts += _called(compiled.sop, compiled.program, search)
    return parts


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
