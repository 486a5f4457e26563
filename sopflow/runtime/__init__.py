"""The imperative shell: it keeps the clock, feeds the engine, starts child runs and tells people what is open."""

from sopflow.runtime._run import Run
from sopflow.runtime._work import WorkItem

__all__ = ["Run", "WorkItem"]
