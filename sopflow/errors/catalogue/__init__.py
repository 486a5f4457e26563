"""What each code says, in English and Chinese: one file per family of codes.

========  ====================================================  ==================
SOP001..  the notation: YAML and JSON syntax, size, encoding    ``notation.py``
SOP101..  the shape: unknown, missing, wrong keys and values    ``shape.py``
SOP201..  names: what is mentioned must exist                   ``names.py``
SOP301..  expressions                                           ``expressions.py``
SOP351..  time phrases, calendars                               ``times.py``
SOP401..  flow: where steps go, soundness                       ``flow.py``
SOP450..  models of other tools                                 ``nets.py``
SOP460..  decisions: guards, tables, data flow                  ``decisions.py``
SOP501..  people, texts, sources                                ``people.py``
SOP601..  use: files, data, scripts, command line               ``use.py``
SOP701..  refusals of a run                                     ``running.py``
SOP801..  pictures                                              ``rendering.py``
SOP850..  starts, plans and forecasts                           ``planning.py``
========  ====================================================  ==================

A code never changes its meaning and is never used again after it has gone.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from sopflow.errors.catalogue._entry import Entry

__all__ = ["ENTRIES", "Entry"]

FAMILIES = (
    "notation", "shape", "names", "expressions", "times", "flow", "nets", "decisions", "people", "use", "running",
    "rendering", "planning",
)  # fmt: skip


def _collect() -> Mapping[str, Entry]:
    entries: dict[str, Entry] = {}
    for family in FAMILIES:
        for code, entry in import_module(f"{__name__}.{family}").ENTRIES.items():
            if code in entries:
                raise AssertionError(f"{code} stands twice in the catalogue")
            entries[code] = entry
    return MappingProxyType(dict(sorted(entries.items())))


ENTRIES: Mapping[str, Entry] = _collect()
