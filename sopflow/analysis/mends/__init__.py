"""Mending the text of a definition where there is only one way to: comments and layout stay as they are.

It knows texts with places and findings, no files and no terminal; who calls it says how a text is judged.
"""

from sopflow.analysis.mends._edit import Edit
from sopflow.analysis.mends._mend import Mended, mend
from sopflow.analysis.mends._safe import SAFE, edit_for

__all__ = ["SAFE", "Edit", "Mended", "edit_for", "mend"]
