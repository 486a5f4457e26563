"""What is wrong with files of data and with scripts, in words that fit them: they are no definitions.

Knows documents and findings, no runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from sopflow.cli._typed import NO, YES
from sopflow.dsl import Document
from sopflow.errors import Finding, Problem

NOT_A_MAP = "SOP614"

_EMPTY = "SOP027"
#: What the reader says of a definition, and what is said of other files instead.
_HERE = {"SOP028": NOT_A_MAP, "SOP031": "SOP615", "SOP034": "SOP616", "SOP035": "SOP617", "SOP036": "SOP618"}

_NO_SUCH_VALUE, _A_WORD = "SOP720", "SOP611"

Diagnosis = TypeVar("Diagnosis", Finding, Problem)


def faults(document: Document) -> Iterator[Finding]:
    """The findings of reading a file; that it is empty is none."""
    for finding in document.findings:
        if finding.code != _EMPTY:
            yield replace(finding, code=_HERE.get(finding.code, finding.code))


def is_empty(document: Document) -> bool:
    """Whether there is nothing in the file, or only comments."""
    return any(finding.code == _EMPTY for finding in document.findings)


def in_plain_words(wrong: Diagnosis) -> Diagnosis:
    """What is wrong with a value, better told where it is ``yes`` or ``no``.

    For YAML 1.2 these are words; whoever wrote one meant true or false.
    """
    fields = wrong.fields
    word = str(fields.get("value", "")).strip("'\"")
    if wrong.code != _NO_SUCH_VALUE or fields.get("type") != "bool" or word.lower() not in YES | NO | {"on", "off"}:
        return wrong
    meant = "true" if word.lower() in YES | {"on"} else "false"
    return replace(wrong, code=_A_WORD, fields={**fields, "value": word, "meant": meant})
