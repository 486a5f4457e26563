"""Findings for people (``as_text``), for programs (``as_json``) and for code hosts (``as_sarif``, ``as_github``).

Knows how a finding is laid out; what it says stands in the catalogue.
"""

from sopflow.errors.show._data import as_json
from sopflow.errors.show._github import as_github
from sopflow.errors.show._sarif import Help, as_sarif, without_fields
from sopflow.errors.show._text import as_text

__all__ = ["Help", "as_github", "as_json", "as_sarif", "as_text", "without_fields"]
