"""The guard language: CEL's syntax and semantics with a front end of our own. Knows nothing of SOPs.

An expression is parsed (:func:`parse`), checked against a :class:`Scope` (:func:`check`) and evaluated against
a mapping of dotted paths; :func:`build` does the first two and gives an :class:`Expression`, or every problem::

    expression, problems = build("event.priority == 'P0' || x_high > 3", scope, expect=BOOL)
    value = expression.evaluate({"event.priority": "P1", "x_high": 5})      # True

Evaluation never raises. It gives a value, ``UNKNOWN``, or a ``Failure``; the last two have no truth value.
:func:`explain` says an expression in plain English or Chinese.

Source of the language: https://github.com/google/cel-spec, ``doc/langdef.md``.
"""

from sopflow.expr._check import check
from sopflow.expr._explain import explain
from sopflow.expr._expression import Expression, build
from sopflow.expr._nodes import (
    And,
    Binary,
    Call,
    Conditional,
    Gather,
    Has,
    Index,
    Leaf,
    ListOf,
    Literal,
    Macro,
    MapOf,
    Name,
    Node,
    Or,
    Select,
    Unary,
    children,
    walk,
)
from sopflow.expr._parser import parse
from sopflow.expr._scope import Function, Scope
from sopflow.expr._types import (
    BOOL,
    BYTES,
    DATE,
    DECIMAL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIME,
    TIMESTAMP,
    TYPE,
    UINT,
    EnumType,
    ListType,
    MapType,
    RecordType,
    Scalar,
    Type,
    fits,
)
from sopflow.expr._values import UNKNOWN, Failure, TypeValue, UInt, Unknown

__all__ = [
    "BOOL",
    "BYTES",
    "DATE",
    "DECIMAL",
    "DOUBLE",
    "DURATION",
    "DYN",
    "INT",
    "NULL",
    "STRING",
    "TIME",
    "TIMESTAMP",
    "TYPE",
    "UINT",
    "UNKNOWN",
    "And",
    "Binary",
    "Call",
    "Conditional",
    "EnumType",
    "Expression",
    "Failure",
    "Function",
    "Gather",
    "Has",
    "Index",
    "Leaf",
    "ListOf",
    "ListType",
    "Literal",
    "Macro",
    "MapOf",
    "MapType",
    "Name",
    "Node",
    "Or",
    "RecordType",
    "Scalar",
    "Scope",
    "Select",
    "Type",
    "TypeValue",
    "UInt",
    "Unary",
    "Unknown",
    "build",
    "check",
    "children",
    "explain",
    "fits",
    "parse",
    "walk",
]
