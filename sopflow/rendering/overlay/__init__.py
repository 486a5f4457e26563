"""What is drawn over a picture: a run on its definition, findings at what they are about, a version against another.

Each becomes an :class:`Overlay` (by ids, before the layout), which is then placed on the geometry and painted by the
writers. Knows scenes, geometries, and the shape of runs and findings; neither runs themselves nor terminals.
"""

from sopflow.rendering.overlay._brush import GLYPHS, Brush, around
from sopflow.rendering.overlay._diff import of_diff
from sopflow.rendering.overlay._findings import of_findings
from sopflow.rendering.overlay._overlay import Overlay
from sopflow.rendering.overlay._placed import placed
from sopflow.rendering.overlay._record import Record, Running, read_record, record_of
from sopflow.rendering.overlay._run import of_run

__all__ = [
    "GLYPHS",
    "Brush",
    "Overlay",
    "Record",
    "Running",
    "around",
    "of_diff",
    "of_findings",
    "of_run",
    "placed",
    "read_record",
    "record_of",
]
