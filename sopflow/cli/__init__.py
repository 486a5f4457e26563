"""The command line: one module for each command, found by its name and imported when it is called.

This room knows people, terminals and files; what a definition or a run is, it asks the rooms below. Only click is
imported before a command runs.
"""

from sopflow.cli._main import main

__all__ = ["main"]
