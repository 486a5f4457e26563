"""The imperative shell: it keeps the clock, feeds the engine, starts child runs and tells people what is open."""

from sopflow.runtime._handlers import Call, Handler, Result
from sopflow.runtime._resources import Resources
from sopflow.runtime._run import Run
from sopflow.runtime._trial import Trial
from sopflow.runtime._words import reason
from sopflow.runtime._work import WorkItem

__all__ = ["Call", "Handler", "Resources", "Result", "Run", "Trial", "WorkItem", "reason"]
