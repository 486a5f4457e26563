"""Is this SOP right? The rules, one file each, and what they stand on: the flow of each region, who writes what.

It knows models and programs; it runs nothing. A rule gives findings and never raises; rules of other packages come
in by the entry-point group ``sopflow.rules``.
"""

from sopflow.analysis._check import check
from sopflow.analysis._door import GROUP, Rules, collect, rules
from sopflow.analysis._examples import faults_of
from sopflow.analysis._flow import Flow, RegionFlow, Way
from sopflow.analysis._pytest import as_pytest
from sopflow.analysis._rule import Rule, Subject

__all__ = [
    "GROUP",
    "Flow",
    "RegionFlow",
    "Rule",
    "Rules",
    "Subject",
    "Way",
    "as_pytest",
    "check",
    "collect",
    "faults_of",
    "rules",
]
