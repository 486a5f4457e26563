"""Data in words: what an example says in a finding. Knows values, no findings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sopflow.analysis.guards._cells import Variable
from sopflow.analysis.guards._lines import value_at
from sopflow.expr import UNKNOWN
from sopflow.program import Program
from sopflow.values import Field, write

_MOST = 8
_LONG = 40


def in_words(values: Mapping[str, object]) -> dict[str, str]:
    """``heads = 101, venue = "hall"``, in each language; the names in order."""
    return {lang: _listed(values, lang) for lang in ("en", "zh")}


def helper(by: str) -> str:
    """Who decided it, where that was another than this package."""
    return "" if by == "sopflow" else by


def domain_in_words(names: tuple[str, ...], program: Program) -> str:
    """The types of those fields that allow few values only: ``heads: 0..500; kind: low, mid``."""
    said = {name: _domain(program.fields[name]) for name in names if name in program.fields}
    return "; ".join(f"{name}{domain}" for name, domain in said.items() if domain)


def mask_in_words(variable: Variable, mask: int) -> str:
    """What ``mask`` says of ``variable``: ``event.free = true``, ``heads <= 100``; empty if nothing short does."""
    if variable.opaque or not mask:
        return ""
    if variable.on_line is None:
        words = [_shown(cell, "en") for at, cell in enumerate(variable.cells) if mask & 2 << at]
        if len(words) == 1:
            return f"{variable.shown} = {words[0]}"
        return f"{variable.shown} in [{', '.join(words[:_MOST])}]" if len(words) < len(variable.cells) else ""
    (low, has_low), (high, has_high) = variable.bounds(mask)
    if low is not None and low == high:
        return f"{variable.shown} = {_shown(value_at(low, variable.of), 'en')}"
    said = []
    if low is not None and variable.bounds(variable.known)[0] != (low, has_low):
        said.append(f"{variable.shown} {'>=' if has_low else '>'} {_shown(value_at(low, variable.of), 'en')}")
    if high is not None and variable.bounds(variable.known)[1] != (high, has_high):
        said.append(f"{variable.shown} {'<=' if has_high else '<'} {_shown(value_at(high, variable.of), 'en')}")
    return " && ".join(said)


def _listed(values: Mapping[str, object], lang: str) -> str:
    said = [f"{name} = {_shown(value, lang)}" for name, value in sorted(values.items())]
    more = ["…"] if len(said) > _MOST else []
    return ("、" if lang == "zh" else ", ").join([*said[:_MOST], *more])


def _shown(value: object, lang: str) -> str:
    if value is UNKNOWN:
        return "未知" if lang == "zh" else "unknown"
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case int() | Decimal() | datetime() | date() | time() | timedelta():
            return str(write(value)) if not isinstance(value, Decimal) else f"{value:f}"
        case list():
            return f"[{', '.join(_shown(item, lang) for item in value[:3])}{', …' if len(value) > 3 else ''}]"
        case _:
            return str(value)


def _domain(field: Field) -> str:
    if field.is_ == "enum":
        words = ", ".join(field.values)
        return f": {words}" if len(words) <= _LONG else f": {words[:_LONG]} …"
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        return f": {write(low)}..{write(high)}"
    return f" >= {write(low)}" if low is not None else f" <= {write(high)}" if high is not None else ""
