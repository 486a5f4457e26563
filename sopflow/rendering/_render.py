"""From a definition to a picture in one of the formats: the room's one function, and what it can do.

Knows the way through the room; each stage is a module of its own, and each format's writer too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sopflow.errors import Finding
from sopflow.model import Sop
from sopflow.rendering._choices import check_choice
from sopflow.rendering._drawing import Over, View, draw
from sopflow.rendering._formats import FORMATS
from sopflow.rendering._themes import THEMES
from sopflow.rendering.overlay import Record, Running

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
    page: str = "",
    search: Sequence[str | Path] = (),
    run: Running | Record | None = None,
    findings: Iterable[Finding] | None = None,
    against: Sop | str | Path | None = None,
) -> str | bytes:
    """The picture of ``sop``, a definition or what :func:`sopflow.load` takes: text, or bytes for ``png`` and ``pdf``.

    Args:
        sop: What is drawn. One that is not sound is drawn too; one that has no program is not.
        format: ``svg``, ``html`` (a page to look around in), ``png`` (needs the extra ``png``), ``json`` (the
            geometry), ``bpmn``, ``drawio``, ``md`` (the hand-book) or ``txt``; the reference has all.
        lang: ``en``, ``zh``, any language of the definition, or ``both`` (its first two). Unsaid: its first.
        theme: ``light`` or ``dark``.
        layout: ``lanes`` (a column for each role), ``flow`` (roles on the steps) or ``left-to-right``.
        lanes: ``False`` leaves the lanes out, whatever the layout.
        phase: Only what belongs to this phase.
        focus: Only what is near this step, its id or full path.
        radius: How many ways from ``focus`` are near.
        calls: Whether what it calls is drawn too, each on its own sheet. Unsaid: if it does little but call.
        scale: Pixels of a PNG for each of the picture's.
        page: The paper that it is for, as ``A3`` or ``letter-landscape``: a PDF has pages of that size, any other
            picture that ratio. Unsaid: as large as it gets.
        search: Folders to look for names in, as for :func:`sopflow.load`.
        run: A run of it, a :class:`sopflow.Run`, which is drawn on it: what is done, open, late, which ways were taken.
        findings: Such as :func:`sopflow.check` gives: each is drawn at what it is about.
        against: Another version of it, such as the one before: what came, went and changed is drawn.

    Raises:
        DefinitionError: there is no program to draw.
        NotFound: no such definition, step or phase; the finding brings the nearest names.
        UsageError: no such format, layout or theme, or an extra is not installed.
    """
    check_choice("SOP801", format, tuple(FORMATS))
    check_choice("SOP806", theme, tuple(THEMES))
    layout = "flow" if lanes is False and layout == "lanes" else layout
    view = View(lang, layout, phase, focus, radius, calls, page)
    drawing = draw(sop, view, theme=THEMES[theme], scale=scale, search=search, over=Over(run, findings, against))
    return FORMATS[format].writer()(drawing)
