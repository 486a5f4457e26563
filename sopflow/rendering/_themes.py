"""Colours, light and dark: each theme is a palette of its own, not the other one inverted.

Text has a contrast of at least 4.5 to what it stands on, lines of at least 3 (WCAG 2.2, 1.4.3 and 1.4.11); a test
computes them. Colour never says anything alone: shapes, words and dashes say it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture; ``lanes`` are those of roles, in turn."""

    name: str
    page: str
    panel: str
    stripe: str
    rule: str
    ink: str
    soft: str
    line: str
    handler: str
    bar: str
    on_bar: str
    task: str
    task_rim: str
    decision: str
    decision_rim: str
    call: str
    call_rim: str
    gate: str
    gate_ink: str
    event: str
    event_rim: str
    goto: str
    goto_rim: str
    end: str
    on_end: str
    yes: str
    no: str
    due: str
    badge: str
    on_badge: str
    phase: str
    group: str
    lanes: tuple[str, ...]


LIGHT = Theme(
    name="light", page="#ffffff", panel="#ffffff", stripe="#f8fafc", rule="#d5dce6", ink="#0f172a", soft="#475569",
    line="#64748b", handler="#8b5cf6", bar="#1e293b", on_bar="#f8fafc", task="#ffffff", task_rim="#94a3b8",
    decision="#fff8eb", decision_rim="#c2720c", call="#eff6ff", call_rim="#3b82c4", gate="#e8edf4", gate_ink="#334155",
    event="#f5f0ff", event_rim="#8b5cf6", goto="#f1f5f9", goto_rim="#64748b", end="#1e293b", on_end="#f8fafc",
    yes="#047857", no="#be123c", due="#9a3412", badge="#475569", on_badge="#ffffff", phase="#e6f4f1", group="#f1f5f9",
    lanes=(
        "#ea580c", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f",
        "#b45309", "#2563eb", "#0f766e", "#9333ea", "#64748b",
    ),
)  # fmt: skip
DARK = Theme(
    name="dark", page="#0b1120", panel="#0f172a", stripe="#131c31", rule="#2b3850", ink="#e2e8f0", soft="#a3b1c6",
    line="#8494ac", handler="#a78bfa", bar="#1d2b45", on_bar="#f1f5f9", task="#1a2438", task_rim="#5b6b85",
    decision="#2a2113", decision_rim="#d99a2b", call="#14263d", call_rim="#4f8fcf", gate="#26334a", gate_ink="#cbd5e1",
    event="#231b3d", event_rim="#a78bfa", goto="#1b263b", goto_rim="#8494ac", end="#cbd5e1", on_end="#0b1120",
    yes="#34d399", no="#fb7185", due="#fdba74", badge="#a3b1c6", on_badge="#0b1120", phase="#12302d", group="#172136",
    lanes=(
        "#fb923c", "#a78bfa", "#22d3ee", "#f472b6", "#a3e635",
        "#fbbf24", "#60a5fa", "#2dd4bf", "#c084fc", "#94a3b8",
    ),
)  # fmt: skip
THEMES: Mapping[str, Theme] = {theme.name: theme for theme in (LIGHT, DARK)}
