"""Findings for people (:func:`as_text`), for programs (:func:`as_json`) and for code hosts (:func:`as_sarif`).

Knows how a finding is laid out; what it says stands in the catalogue.
"""

from sopflow.errors.show._data import as_json
from sopflow.errors.show._sarif import as_sarif
from sopflow.errors.show._text import as_text

__all__ = ["as_json", "as_sarif", "as_text"]
