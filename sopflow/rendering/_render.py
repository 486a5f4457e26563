"""From a definition to a picture in one of the formats: the room's one function, and what it can do.

Knows the way through the room; each stage is a module of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sopflow import definitions
from sopflow.errors import DefinitionError, Finding, NotFound, UsageError, nearest
from sopflow.model import Sop
from sopflow.program import Op, Program
from sopflow.rendering._build import build
from sopflow.rendering._compose import compose
from sopflow.rendering._filter import only_around, only_phase
from sopflow.rendering._geometry import Geometry
from sopflow.rendering._png import png
from sopflow.rendering._scene import Scene
from sopflow.rendering._svg import svg
from sopflow.rendering._text_formats import dot, mermaid, outline
from sopflow.rendering._themes import THEMES
from sopflow.rendering._words import word
from sopflow.rendering.layout import LAYOUTS

if TYPE_CHECKING:
    from pathlib import Path

#: What can be made today.
FORMATS = ("svg", "png", "json", "mmd", "dot", "txt")
#: What has its name, and is still to be made.
LATER = ("html", "pdf", "puml", "bpmn", "drawio", "md", "ics")
_BYTES = frozenset({"png"})


@dataclass(frozen=True, slots=True)
class View:
    """What of a definition is shown, and how: the options of :func:`render`, checked."""

    lang: str = ""
    layout: str = "lanes"
    phase: str = ""
    focus: str = ""
    radius: int = 2
    calls: bool | None = None


def render(
    sop: Sop | str | Path,
    *,
    format: str = "svg",
    lang: str = "",
    theme: str = "light",
    layout: str = "lanes",
    lanes: bool | None = None,
    phase: str = "",
    focus: str = "",
    radius: int = 2,
    calls: bool | None = None,
    scale: float = 2.0,
    search: Sequence[str | Path] = (),
) -> str | bytes:
    """The picture of ``sop``, a definition or what :func:`sopflow.load` takes: text, or bytes for ``png``.

    Args:
        sop: What is drawn. One that is not sound is drawn too; one that has no program is not.
        format: ``svg``, ``png`` (needs the extra ``png``), ``json`` (the geometry), ``mmd``, ``dot`` or ``txt``.
        lang: ``en``, ``zh``, any language of the definition, or ``both`` (its first two). Unsaid: its first.
        theme: ``light`` or ``dark``.
        layout: ``lanes`` (a column for each role), ``flow`` (roles on the steps) or ``left-to-right``.
        lanes: ``False`` leaves the lanes out, whatever the layout.
        phase: Only what belongs to this phase.
        focus: Only what is near this step, its id or full path.
        radius: How many ways from ``focus`` are near.
        calls: Whether what it calls is drawn too, each on its own sheet. Unsaid: if it does little but call.
        scale: Pixels of a PNG for each of the picture's.
        search: Folders to look for names in, as for :func:`sopflow.load`.

    Raises:
        DefinitionError: there is no program to draw.
        NotFound: no such definition, step or phase; the finding brings the nearest names.
        UsageError: no such format, layout or theme, or an extra is not installed.
    """
    check_choice("SOP801", format, FORMATS)
    check_choice("SOP806", theme, tuple(THEMES))
    view = View(lang, layout, phase, focus, radius, calls)
    if lanes is False and layout == "lanes":
        view = View(lang, "flow", phase, focus, radius, calls)
    scene = scene_of(sop, view, search=search)
    match format:
        case "mmd":
            return mermaid(scene)
        case "dot":
            return dot(scene)
        case "txt":
            return outline(scene)
        case _:
            pass
    geometry = geometry_of(scene, layout=view.layout)
    if format == "json":
        return json_text(geometry.as_json()) + "\n"
    drawn = svg(geometry, THEMES[theme])
    return png(drawn, scale=scale, size=(geometry.width, geometry.height)) if format in _BYTES else drawn


def json_text(value: object, depth: int = 0) -> str:
    """JSON with a line for each node, edge and area, so that a difference between two pictures can be read."""
    inner = "\n" + " " * (depth + 1)
    if depth < _DEPTH and isinstance(value, dict) and value:
        parts = [f"{json.dumps(key)}: {json_text(part, depth + 1)}" for key, part in value.items()]
        return "{" + inner + f",{inner}".join(parts) + "\n" + " " * depth + "}"
    if depth < _DEPTH and isinstance(value, list) and value:
        parts = [json_text(part, depth + 1) for part in value]
        return "[" + inner + f",{inner}".join(parts) + "\n" + " " * depth + "]"
    return json.dumps(value, ensure_ascii=False)


_DEPTH = 4  # page, sheets, sheet, its nodes; each of these on one line


def check_choice(code: str, given: str, known: Sequence[str]) -> None:
    """Raise UsageError unless ``given`` is one of ``known``; a format that is still to come says so."""
    if given in known:
        return
    if code == "SOP801" and given in LATER:
        raise UsageError(Finding("SOP802", fields={"format": given, "known": ", ".join(known)}))
    close = nearest(given, known)
    raise UsageError(
        Finding(code, fields={"name": given, "known": ", ".join(known), "nearest": close[0] if close else ""})
    )


def geometry_of(scene: Scene, *, layout: str = "lanes") -> Geometry:
    """Where everything in ``scene`` stands."""
    check_choice("SOP807", layout, tuple(LAYOUTS))
    return compose(scene, LAYOUTS[layout], lambda name: word(name, scene.languages[0]))


def scene_of(sop: Sop | str | Path, view: View, *, search: Sequence[str | Path] = ()) -> Scene:
    """What is to be drawn of ``sop``, before it has a place."""
    check_choice("SOP807", view.layout, tuple(LAYOUTS))
    if not isinstance(sop, Sop):
        sop = definitions.load(sop, search=search)
    program = _program(sop, search)
    languages = _languages(view.lang, program)
    parts = [(sop, program)]
    if _with_calls(view.calls, program):
        parts += _called(sop, program, search)
    scene = build(parts, languages)

    def sign(target: object) -> tuple[str, ...]:
        texts = getattr(target, "texts", ()) or ("…",)
        return tuple(f"{word('to', lang)} {text}" for lang, text in zip(languages, texts, strict=False))

    if view.phase:
        _known("SOP805", view.phase, [*sop.phases])
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


def _known(code: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        close = nearest(name, known)
        fields: Mapping[str, object] = {
            "name": name, "nearest": close[0] if close else "", "known": ", ".join(known) or "–",
        }  # fmt: skip
        raise NotFound(Finding(code, fields=fields))


def _step(name: str, program: Program) -> str:
    """The full path of the step ``name``: that path, or an id that only one step has."""
    paths = [step.path for step in program.steps]
    if name in paths:
        return name
    fitting = [step.path for step in program.steps if step.id == name]
    if len(fitting) == 1:
        return fitting[0]
    _known("SOP804", name, fitting or [step.id for step in program.steps])
    return name
