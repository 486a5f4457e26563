"""What of its sources a definition carries: the facts that `sources` name, held against what `cites` says.

Knows files and definitions, neither programs nor runs.
"""

from sopflow.tracing._citations import Citation, TracedStep
from sopflow.tracing._facts import Fact, read_facts
from sopflow.tracing._trace import Status, Trace, TracedFact, TracedSource, trace

__all__ = ["Citation", "Fact", "Status", "Trace", "TracedFact", "TracedSource", "TracedStep", "read_facts", "trace"]
