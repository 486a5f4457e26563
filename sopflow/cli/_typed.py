"""What a person types, as the value of a field: ``yes`` for a bool, ``a, b`` for a list, a unique beginning for a word.

Knows fields, no terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import tzinfo

from sopflow.errors import Problem
from sopflow.values import Field

YES = frozenset({"yes", "y", "true", "是", "对"})
NO = frozenset({"no", "n", "false", "否", "不"})
_BETWEEN = re.compile(r"[,，、;；]")


def typed(field: Field, text: str, zone: tzinfo) -> object:
    """``text`` as a value of ``field``, or the Problem that says why it is none."""
    text = text.strip()
    match field.is_:
        case "bool":
            raw: object = True if text.lower() in YES else False if text.lower() in NO else text
        case "int":
            raw = int(text) if re.fullmatch(r"[-+]?\d{1,19}", text, re.ASCII) else text
        case "enum":
            raw = the_one(text, field.values) or text
        case "list" if not text.startswith("[") and field.item is not None:
            parts = [part for part in _BETWEEN.split(text) if part.strip()]
            values = [typed(field.item, part, zone) for part in parts]
            return next((value for value in values if isinstance(value, Problem)), None) or field.read(values, zone)
        case "list" | "record":
            raw = structure(text)
        case _:
            raw = text
    return field.read(raw, zone)


def the_one(text: str, words: Iterable[str]) -> str | None:
    """The word that ``text`` is, or the only one that begins with it, whatever the case."""
    known = list(words)
    low = text.strip().lower()
    exact = [word for word in known if word.lower() == low]
    near = exact or [word for word in known if low and word.lower().startswith(low)]
    return near[0] if len(near) == 1 else None


def structure(text: str) -> object:
    """A list, a map or a number as in YAML or JSON; the text itself where it is none."""
    from sopflow import dsl

    yaml = next(notation for notation in dsl.formats() if notation.name == "yaml")
    document = yaml.read(f"value: {text}", "")
    if document.findings or not isinstance(document.data, dict):
        return text
    return document.data.get("value", text)
