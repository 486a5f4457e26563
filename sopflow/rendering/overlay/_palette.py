"""The colours of statuses, light and dark; and the theme that a node or an edge of a status is drawn in.

Texts have a contrast of at least 4.5 to what they stand on, rims and lines one of at least 3; a test computes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sopflow.rendering._themes import Theme


@dataclass(frozen=True, slots=True)
class Hue:
    """The colours of a status: the ground of its nodes, their rim (also lines and signs), and what stands on that.

    ``faded`` nodes have softer words; ``wide`` is the width of its lines, ``dash`` their dashes.
    """

    ground: str
    rim: str
    on: str
    faded: str = ""
    wide: float = 1.5
    dash: str = ""


_LIGHT_GREEN, _LIGHT_BLUE = Hue("#e8f6ee", "#15803d", "#ffffff"), Hue("#e6f0fd", "#1d4ed8", "#ffffff")
_LIGHT_RED, _LIGHT_AMBER = Hue("#fdecec", "#b91c1c", "#ffffff"), Hue("#fff4dc", "#a85508", "#ffffff")
_LIGHT_GREY = Hue("#f8fafc", "#64748b", "#ffffff", faded="#526075")
_DARK_GREEN, _DARK_BLUE = Hue("#10301f", "#34d399", "#0b1120"), Hue("#15294a", "#60a5fa", "#0b1120")
_DARK_RED, _DARK_AMBER = Hue("#3a1620", "#fb7185", "#0b1120"), Hue("#33270f", "#fbbf24", "#0b1120")
_DARK_GREY = Hue("#131c31", "#8494ac", "#0b1120", faded="#a3b1c6")


def _hues(green: Hue, blue: Hue, red: Hue, amber: Hue, grey: Hue, ahead: Hue) -> Mapping[str, Hue]:
    return {
        "done": green, "active": blue, "asks": blue, "held": replace(grey, faded=""), "late": red, "incident": red,
        "skipped": grey, "withdrawn": grey, "ahead": ahead, "taken": replace(green, wide=3.0),
        "error": red, "warning": amber, "info": blue, "trace": replace(red, wide=3.0),
        "added": replace(green, wide=2.6), "removed": replace(red, wide=2.2, dash="2 4"),
        "changed": replace(amber, wide=2.4),
    }  # fmt: skip


HUES: Mapping[str, Mapping[str, Hue]] = {
    "light": _hues(
        _LIGHT_GREEN, _LIGHT_BLUE, _LIGHT_RED, _LIGHT_AMBER, _LIGHT_GREY,
        Hue("#ffffff", "#8390a3", "#ffffff", faded="#64748b", wide=1.2),
    ),
    "dark": _hues(
        _DARK_GREEN, _DARK_BLUE, _DARK_RED, _DARK_AMBER, _DARK_GREY,
        Hue("#0f172a", "#66748c", "#0b1120", faded="#8f9db3", wide=1.2),
    ),
}  # fmt: skip
#: Statuses whose border is broken, and how: nobody needs a colour to see that the step was not done.
DASHES: Mapping[str, str] = {"skipped": "1.5 3.5", "withdrawn": "1.5 3.5", "removed": "5 4"}
#: Statuses that have a strong border; and those that have a halo beside it.
STRONG = frozenset({"active", "asks", "late", "incident", "error", "warning", "added", "removed", "changed", "trace"})
HALO = frozenset({"active", "asks", "late", "incident", "error", "warning", "info"})


def hue(theme: Theme, status: str) -> Hue:
    """The colours of ``status``."""
    return HUES.get(theme.name, HUES["light"])[status]


def skin(theme: Theme, status: str) -> Theme:
    """``theme`` as a node of ``status`` is drawn; "" is no status, and what lies on the way to a fault has none."""
    if status in ("", "trace"):
        return theme
    one = hue(theme, status)
    rim = one.ground if status in DASHES else one.rim
    soft = one.faded or theme.soft
    end, on_end = (soft, theme.page) if status == "ahead" else (one.rim, one.on)
    return replace(
        theme, task=one.ground, decision=one.ground, call=one.ground, gate=one.ground, event=one.ground,
        goto=one.ground, task_rim=rim, decision_rim=rim, call_rim=rim, gate_ink=one.rim, event_rim=rim, goto_rim=rim,
        ink=one.faded or theme.ink, soft=soft, end=end, on_end=on_end,
        due=one.rim if status == "late" else theme.due if not one.faded else soft,
    )  # fmt: skip
