"""Pictures of SOPs: scene → text measured → layout → geometry → writer, each stage a module of its own.

The scene says what is drawn, a layout where, the geometry (public, as JSON) holds the result, a writer turns it into a
file. What plans look like is in its module ``plans``, loaded only where there is one. This room knows definitions,
programs and plans, neither runs nor terminals.
"""

from sopflow.rendering._drawing import Drawing, View, draw, geometry_of, scene_of
from sopflow.rendering._formats import FORMATS, Format
from sopflow.rendering._geometry import FORMAT, Area, EdgeLine, Geometry, NodeBox, SheetBox, TextLine
from sopflow.rendering._render import render
from sopflow.rendering._scene import Band, Edge, Lane, Mark, Node, Scene, Sheet
from sopflow.rendering._themes import THEMES, Theme
from sopflow.rendering.layout import LAYOUTS, Box, Engine, Line, Placed
from sopflow.rendering.overlay import Overlay, Record, Running, read_record, record_of

__all__ = [
    "FORMAT",
    "FORMATS",
    "LAYOUTS",
    "THEMES",
    "Area",
    "Band",
    "Box",
    "Drawing",
    "Edge",
    "EdgeLine",
    "Engine",
    "Format",
    "Geometry",
    "Lane",
    "Line",
    "Mark",
    "Node",
    "NodeBox",
    "Overlay",
    "Placed",
    "Record",
    "Running",
    "Scene",
    "Sheet",
    "SheetBox",
    "TextLine",
    "Theme",
    "View",
    "draw",
    "geometry_of",
    "read_record",
    "record_of",
    "render",
    "scene_of",
]
