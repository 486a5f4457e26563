"""Says an expression in words (being written)."""

from __future__ import annotations

from collections.abc import Mapping

from sopflow.expr._expression import Expression
from sopflow.expr._nodes import Node

__all__ = ["explain"]


def explain(what: Node | Expression, lang: str, titles: Mapping[str, str] | None = None) -> str:
    """A sentence part in ``lang`` (``en`` or ``zh``)."""
    return what.text if isinstance(what, Expression) else ""
