"""What a project says about checking its definitions: ``sopflow.toml``, or ``[tool.sopflow]`` in ``pyproject.toml``.

It gives findings another severity, with a reason, for all definitions or for those of some paths. It knows codes and
files, no definition: whoever checks asks it what its findings are worth here. What is wrong in the file itself are
findings too, at their places in it, and whatever else it says holds nevertheless.
"""

from sopflow.analysis.project._find import find, read
from sopflow.analysis.project._settings import Project, Setting

__all__ = ["Project", "Setting", "find", "read"]
