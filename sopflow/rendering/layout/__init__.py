"""Layouts: how a sheet of nodes and edges becomes places, in units of pixels but without words or colours.

Our own layouts are a name and a few choices; all share one engine: rows, columns, routes, slots, places. Graphviz, and
other packages, find places in their own ways.
"""

from sopflow.rendering.layout._engine import Box, Engine, Line
from sopflow.rendering.layout._foreign import laid_out_by
from sopflow.rendering.layout._layout import SheetPlan, lay_out
from sopflow.rendering.layout._place import Placed
from sopflow.rendering.layout._registry import LAYOUTS, Layout, layout_of

__all__ = ["LAYOUTS", "Box", "Engine", "Layout", "Line", "Placed", "SheetPlan", "laid_out_by", "lay_out", "layout_of"]
