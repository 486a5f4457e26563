"""Layouts: how a sheet of nodes and edges becomes places, in units of pixels but without words or colours.

A layout is a name and a few choices; all share one engine: rows, columns, routes, slots, places.
"""

from sopflow.rendering.layout._layout import LAYOUTS, Layout, SheetPlan, lay_out

__all__ = ["LAYOUTS", "Layout", "SheetPlan", "lay_out"]
