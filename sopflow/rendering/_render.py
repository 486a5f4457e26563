"""From a definition to a picture in one of the formats: the room's one function, and what it can do.

Knows the way through the room; each stage is a module of its own, and each format's writer too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sopflow.model import Sop
from sopflow.rendering._choices import check_choice
from sopflow.rendering._drawing import View, draw
from sopflow.rendering._formats import FORMATS
from sopflow.rendering._themes import THEMES

if TYPE_CHECKING:
    from pathlib import Path


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
    check_choice("SOP801", format, tuple(FORMATS))
    check_choice("SOP806", theme, tuple(THEMES))
    view = View(lang, layout, phase, focus, radius, calls)
    if lanes is False and layout == "lanes":
        view = View(lang, "flow", phase, focus, radius, calls)
    drawing = draw(sop, view, theme=THEMES[theme], scale=scale, search=search)
    return FORMATS[format].writer()(drawing)
