"""Pictures of SOPs: scene → text measured → layout → geometry → writer, each stage a module of its own.

The scene says what is drawn, a layout where, the geometry (public, as JSON) holds the result, a writer turns it into a
file. Plans become charts and calendar files here. This room knows definitions, programs and plans, neither runs nor
terminals.
"""

from sopflow.rendering._geometry import FORMAT, Area, EdgeLine, Geometry, NodeBox, SheetBox, TextLine
from sopflow.rendering._planned import PLAN_FORMATS, draw_plan
from sopflow.rendering._render import FORMATS, LATER, View, geometry_of, render, scene_of
from sopflow.rendering._scene import Band, Edge, Lane, Mark, Node, Scene, Sheet
from sopflow.rendering._themes import THEMES, Theme
from sopflow.rendering.layout import LAYOUTS

__all__ = [
    "FORMAT",
    "FORMATS",
    "LATER",
    "LAYOUTS",
    "PLAN_FORMATS",
    "THEMES",
    "Area",
    "Band",
    "Edge",
    "EdgeLine",
    "Geometry",
    "Lane",
    "Mark",
    "Node",
    "NodeBox",
    "Scene",
    "Sheet",
    "SheetBox",
    "TextLine",
    "Theme",
    "View",
    "draw_plan",
    "geometry_of",
    "render",
    "scene_of",
]
