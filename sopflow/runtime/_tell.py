"""Why a step stands as it does, and why it cannot be done now: in English and Chinese.

Told from the history and the state, not from guesses. Nothing changes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sopflow.errors import Problem
from sopflow.runtime._hindrance import gone, hindrance
from sopflow.runtime._journal import Line
from sopflow.runtime._names import names_of_open, steps_at
from sopflow.runtime._scene import Scene
from sopflow.runtime._sentences import sentence
from sopflow.runtime._words import language

if TYPE_CHECKING:
    from sopflow.runtime._family import Family

_NOT_OPEN = "SOP702"


def why(family: Family, name: str, lang: str) -> str:
    """The story of the step: each line of the history that is about it, in plain words.

    A ``name`` with an item (``partners[2].sign``) is about that one, a name without about all of them.
    """
    node, step = steps_at([*family.nodes(), *family.past], name)[0]
    scene = Scene(family, node, step, name, language(lang, family.top.program))
    lines = list(scene.lines())
    several = len({path for _, path in lines}) > 1
    before: Line | None = None
    told: list[str] = []
    for line, path in lines:
        text = sentence(scene, line, before)
        before = line
        if text:
            told.append(f"{path}: {text}" if several else text)
    return "\n".join(told) if told else hindrance(scene)


def why_not(family: Family, name: str, lang: str) -> str:
    """What keeps the step from being done now."""
    spoken = language(lang, family.top.program)
    live = set(family.nodes())
    found = steps_at([*family.nodes(), *family.past], name)
    here = [(node, step) for node, step in found if node in live] or found[-1:]
    told: dict[str, str] = {}
    for node, step in here:
        scene = Scene(family, node, step, name, spoken)
        openings = scene.openings()
        told |= {node.path(opening): hindrance(scene, opening) for opening in openings}
        if not openings:
            told[node.prefix + step.path] = hindrance(scene)
    return "\n".join(told.values() if len(told) == 1 else (f"{path}: {text}" for path, text in told.items()))


def not_open(family: Family, name: str) -> Problem:
    """That a step is not open, and why, in both languages. Raises Refused where there is no such step."""
    node, step = steps_at([*family.nodes(), *family.past], name, any_of_them=True)[0]
    english, chinese = (gone(Scene(family, node, step, name, lang)) for lang in ("en", "zh"))
    fields = {"step": name, "why": english, "why_zh": chinese, "open": names_of_open(family.nodes())}
    return Problem(_NOT_OPEN, fields=fields)
