"""What an SOP is: frozen models of a definition, its parts and its step kinds, and the door for more kinds.

This room reads plain data into models and writes them back; it knows no notation, runs nothing and looks up
no names. A fault in the data raises ``pydantic.ValidationError`` whose error types are codes of the
catalogue; ``sopflow.dsl`` makes findings with places of them.
"""

from sopflow.model._frozen import Entries, Many
from sopflow.model._node import Node, Reads
from sopflow.model._parts import (
    Awaited,
    Escalation,
    Item,
    Material,
    Message,
    Phase,
    Retry,
    Role,
    Row,
    Source,
    Start,
    Table,
)
from sopflow.model._plain import plain
from sopflow.model._registry import GROUP, Kinds, installed_kinds
from sopflow.model._schema import schema
from sopflow.model._sop import Library, Places, Sop
from sopflow.model._step import Handler, Step
from sopflow.model._text import Text, is_language, read_text
from sopflow.model._texts import show_path
from sopflow.model._types import DataEntry, Enumeration, Field, ListOf, Record, Scalar, TypeExpr
from sopflow.model._values import Case, Cases, Dated, Expr, Extreme, Plain, Target, Time, Value
from sopflow.model.kinds import (
    Alternative,
    Approval,
    Call,
    Decision,
    Emit,
    End,
    First,
    ForEach,
    Group,
    Kind,
    Parallel,
    Repeat,
    Task,
    Wait,
)

__all__ = [
    "GROUP",
    "Alternative",
    "Approval",
    "Awaited",
    "Call",
    "Case",
    "Cases",
    "DataEntry",
    "Dated",
    "Decision",
    "Emit",
    "End",
    "Entries",
    "Enumeration",
    "Escalation",
    "Expr",
    "Extreme",
    "Field",
    "First",
    "ForEach",
    "Group",
    "Handler",
    "Item",
    "Kind",
    "Kinds",
    "Library",
    "ListOf",
    "Many",
    "Material",
    "Message",
    "Node",
    "Parallel",
    "Phase",
    "Places",
    "Plain",
    "Reads",
    "Record",
    "Repeat",
    "Retry",
    "Role",
    "Row",
    "Scalar",
    "Sop",
    "Source",
    "Start",
    "Step",
    "Table",
    "Target",
    "Task",
    "Text",
    "Time",
    "TypeExpr",
    "Value",
    "Wait",
    "installed_kinds",
    "is_language",
    "plain",
    "read_text",
    "schema",
    "show_path",
]
