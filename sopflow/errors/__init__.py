"""Every exception and every finding of the product, and the catalogue of what they say.

This room knows nothing of SOPs, expressions or runs: it knows codes, places and words.

The tree of exceptions::

    SopflowError                everything below
    ├── DefinitionError         a definition that cannot be used; carries all findings at once
    ├── NotFound                no definition (or run, or step) of that name; carries the nearest names
    ├── Refused                 an input that a run does not accept; nothing has changed
    └── UsageError              an argument or a file that cannot be used as given

A *finding* is one diagnosis: a stable code (``SOP123``), a place, plain words, a way to mend it. A
*problem* is a finding that does not know its file yet: it was found inside a fragment (an expression, a
time phrase) and carries offsets into that fragment.
"""

from sopflow.errors._exceptions import DefinitionError, NotFound, Refused, SopflowError, UsageError
from sopflow.errors._finding import Finding, Place, Problem, Report, Severity, nearest

__all__ = [
    "DefinitionError",
    "Finding",
    "NotFound",
    "Place",
    "Problem",
    "Refused",
    "Report",
    "Severity",
    "SopflowError",
    "UsageError",
    "nearest",
]

for _raised in (DefinitionError, NotFound, Refused, SopflowError, UsageError):
    _raised.__module__ = __name__  # tracebacks name the public home
