"""Workflow engine for standard operating procedures: the public names, loaded on first use.

This module knows where each name lives and nothing else. ``import sopflow`` therefore costs next to nothing;
``sopflow.Run`` costs what a run needs (PEP 562).
"""

TYPE_CHECKING = False  # as typing's, without importing typing

if TYPE_CHECKING:
    from sopflow import errors
    from sopflow.definitions import check, compile, load
    from sopflow.dsl import Builder, dump, loads
    from sopflow.errors import DefinitionError, Finding, NotFound, Place, Refused, Report, SopflowError, UsageError
    from sopflow.machines import to_transitions
    from sopflow.model import Sop
    from sopflow.planning import Starts, forecast, plan
    from sopflow.program import Program
    from sopflow.rendering import render
    from sopflow.runtime import Run
    from sopflow.tracing import trace

__version__ = "0.1.0"

__all__ = [
    "Builder",
    "DefinitionError",
    "Finding",
    "NotFound",
    "Place",
    "Program",
    "Refused",
    "Report",
    "Run",
    "Sop",
    "SopflowError",
    "Starts",
    "UsageError",
    "__version__",
    "check",
    "compile",
    "dump",
    "errors",
    "forecast",
    "load",
    "loads",
    "plan",
    "render",
    "to_transitions",
    "trace",
]

# What type checkers read above, once more for the interpreter; a test holds the two equal.
_HOMES = {
    "sopflow.definitions": ("check", "compile", "load"),
    "sopflow.dsl": ("Builder", "dump", "loads"),
    "sopflow.errors": (
        "DefinitionError",
        "Finding",
        "NotFound",
        "Place",
        "Refused",
        "Report",
        "SopflowError",
        "UsageError",
    ),
    "sopflow.machines": ("to_transitions",),
    "sopflow.model": ("Sop",),
    "sopflow.planning": ("Starts", "forecast", "plan"),
    "sopflow.program": ("Program",),
    "sopflow.rendering": ("render",),
    "sopflow.runtime": ("Run",),
    "sopflow.tracing": ("trace",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "errors":
        return import_module("sopflow.errors")
    if name not in _HOME:
        raise AttributeError(f"module 'sopflow' has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value  # the next access does not come here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
