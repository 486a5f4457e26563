"""The JSON Schema (draft 2020-12) of a definition, made from the models; ``python -m sopflow.model`` writes it.

It says what one key may hold and which kind has which keys. What needs a look at other names, or at the inside
of an expression or a time phrase, no schema can say: ``sopflow check`` does.
"""

from __future__ import annotations

import json
from typing import cast

from sopflow.model._names import FIELD, KEBAB, SNAKE, SOP, STEP
from sopflow.model._node import REF, Node, Reads, Schema, map_schema
from sopflow.model._parts import (
    CALENDAR_KEYS,
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
from sopflow.model._registry import OURS, Kinds, installed_kinds
from sopflow.model._sop import Library, Sop
from sopflow.model._step import Handler, Step
from sopflow.model._types import SCALARS, Field
from sopflow.model._values import Dated, Extreme
from sopflow.model.kinds import Alternative, First

FILE = "sop.schema.json"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_OWN_DATA: Schema = {"^x-": True}
_SHARE = "[1-9][0-9]* of [1-9][0-9]*"
_TYPE = rf"(list of )*({'|'.join(SCALARS)})"


def _ref(name: str) -> Schema:
    return {REF: name}


def _any(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def _pattern(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _list(item: str, least: int = 1) -> Schema:
    return {"type": "array", "items": _ref(item), "minItems": least}


def _cases(then: str) -> Schema:
    """Cases whose results are ``then``."""
    either = [{"required": ["when", "then"]}, {"required": ["else"]}]
    said: Schema = {"when": _ref("Expr"), "then": _ref(then), "else": _ref(then), "cites": _list("Word")}
    case: Schema = {"type": "object", "properties": said, "patternProperties": _OWN_DATA,
                    "additionalProperties": False, "oneOf": either}  # fmt: skip
    return {"type": "array", "minItems": 1, "items": case}


# What is written in one place or another and is no map with known keys.
SHARED: dict[str, Schema] = {
    "Word": {"type": ["string", "integer"], "minLength": 1},
    "Words": {"type": "string", "minLength": 1},
    "Text": _any(
        _ref("Words"),
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$|^x-"},
            "patternProperties": {"^[A-Za-z]{2,3}(-|$)": _ref("Words")},
        },
    ),
    "Expr": {"type": ["string", "boolean", "number"], "minLength": 1},
    "Plain": {"not": {"type": "null"}},
    "Value": _any({"not": {"type": ["null", "array"]}}, _cases("Plain"), {"type": "array"}),
    "Cell": {"not": {"type": ["null", "object"]}},
    "Language": _pattern("[A-Za-z]{2,3}(-[A-Za-z0-9]+)*"),
    "Id": _pattern(f"{KEBAB}|x-.*"),
    "Name": _pattern(f"{SNAKE}|x-.*"),
    "Path": _pattern(f"{FIELD.pattern}|x-.*"),
    "FormEntry": _pattern(rf"{FIELD.pattern}\??"),
    "StepName": _pattern(STEP.pattern),
    "SopName": _pattern(SOP.pattern),
    "Outcome": _pattern(rf"{KEBAB}( of run)?"),
    "Target": _pattern(rf"{STEP.pattern}|end( {KEBAB})?( of run)?"),
    "Code": _pattern("SOP[0-9]{3}|x-.*"),
    "Version": _any({"type": "integer"}, _pattern(r"[0-9]+(\.[0-9]+){0,2}")),
    "Time": _any(_ref("Word"), _ref("Dated"), _ref("Extreme"), _cases("Time")),
    "Phrase": _any(_ref("Word"), _cases("Word")),
    "Reminders": _any(_ref("Time"), _list("Time")),
    "By": _any(_ref("Id"), _list("Id"), _cases("Roles")),
    "Roles": _any(_ref("Id"), _list("Id")),
    "Next": _any(_ref("Target"), {**map_schema("Word", "Target"), "minProperties": 1}, _cases("Target")),
    "Derived": _any(_ref("Expr"), _cases("Plain")),
    "Need": _any({"type": "integer", "minimum": 1}, {"const": "all"}, _pattern(_SHARE)),
    "Join": _any({"enum": ["active", "all", "first"]}, _pattern(_SHARE)),
    "Listed": _any(_ref("Path"), {"type": "array", "minItems": 1}),
    "Awaited": _any(_ref("Time"), _ref("AwaitedMap")),
    "Waited": _any(_ref("Awaited"), _ref("First")),
    "Type": _any(
        _pattern(_TYPE),
        {"type": "array", "minItems": 2, "items": {"type": "string", "minLength": 1}, "uniqueItems": True},
        {"type": "array", "minItems": 1, "maxItems": 1, "items": {"type": ["object", "array"], **_ref("Type")}},
        {**map_schema("Name", "Field_"), "not": {"required": ["is"]}, "minProperties": 1},
    ),
    "Field_": _any(_ref("Type"), _pattern(rf"{_TYPE}\s+=.*"), _ref("Field")),
    "Entry": _any(_ref("Field_"), {**map_schema("Name", "Entry"), "not": {"required": ["is"]}}),
    "Calendar": {
        "type": "object",
        "properties": dict.fromkeys(sorted(CALENDAR_KEYS), True),
        "patternProperties": _OWN_DATA,
        "additionalProperties": False,
    },
    "Handlers": map_schema("Id", "Handler"),
    "Steps": _any(
        {**map_schema("Id", "NamedStep"), "minProperties": 1},
        {"type": "array", "minItems": 1, "items": {"allOf": [_ref("Step")], "required": ["id"]}},
    ),
    "NamedStep": {"allOf": [_ref("Step")], "not": {"required": ["id"]}},
}
# Maps with known keys, by the name under which they are referred to.
MODELS: dict[str, type[Node]] = {
    "Alternative": Alternative, "AwaitedMap": Awaited, "Dated": Dated, "Escalation": Escalation, "Extreme": Extreme,
    "Field": Field, "First": First, "Item": Item, "Library": Library, "Material": Material, "Message": Message,
    "Phase": Phase, "Retry": Retry, "Role": Role, "Row": Row, "Sop": Sop, "Source": Source, "Start": Start,
    "Table": Table,
}  # fmt: skip
# Rules between keys that a schema can say.
_BETWEEN: dict[str, Schema] = {
    "AwaitedMap": {"oneOf": [{"required": ["at"]}, {"required": ["message"]}, {"required": ["when"]}]},
    "Alternative": {"oneOf": [{"required": ["at"]}, {"required": ["message"]}, {"required": ["when"]}]},
    "Extreme": {"oneOf": [{"required": ["earliest"]}, {"required": ["latest"]}]},
    "task": {
        "dependentRequired": {"outcomes": ["next"]},
        "if": {"required": ["outcomes"]},
        "then": {"properties": {"next": {"type": "object"}}},
        "else": {"properties": {"next": {"type": "string"}}},
    },
    "decision": {
        "dependentRequired": {"yes": ["no"], "no": ["yes"]},
        "anyOf": [{"required": ["yes"]}, {"required": ["next"]}, {"required": ["table"]}],
        "not": {"required": ["yes", "next"]},
    },
    "approval": {"not": {"required": ["next"]}},
    "call": {"dependentRequired": {"at-most": ["too-deep"], "too-deep": ["at-most"]}},
    "repeat": {
        "dependentRequired": {"at-most": ["exhausted"], "exhausted": ["at-most"]},
        "anyOf": [{"required": ["until"]}, {"required": ["at-most"]}],
    },
}


# A key with a dot: the kind of a package that may not be installed where the schema is used.
_FOREIGN = r"^[^.]+\..+$"


def schema(steps: Kinds | None = None, *, foreign: bool = False) -> Schema:
    """The JSON Schema of a definition with the step kinds that are installed here (or with ``steps``).

    ``foreign``: steps of kinds that are not known here are let pass.
    """
    steps = steps or installed_kinds()
    definitions: dict[str, Schema] = dict(SHARED)
    for name, model in MODELS.items():
        definitions[name] = _short_forms(model, {**_keys_of(model), **_BETWEEN.get(name, {})})
    for kind, cls in steps.known.items():
        definitions[_kind_name(kind)] = _kind(kind, cls)
    definitions["Common"] = {"properties": _keys_of(Step)["properties"]}
    definitions["Step"] = _one_kind(steps, {}, least=1, foreign=foreign)
    definitions["Handler"] = _one_kind(steps, _keys_of(Handler)["properties"], least=0, foreign=foreign)
    whole: Schema = {
        "$schema": _DRAFT,
        "title": "A standard operating procedure for sopflow",
        "description": "A definition (NAME.sop.yaml or NAME.sop.json), or a file that definitions include.",
        "if": {"required": ["steps"]},
        "then": _ref("Sop"),
        "else": _ref("Library"),
        "$defs": definitions,
    }
    return cast("Schema", _resolved(whole))


def published() -> str:
    """The text of the schema that comes with the package: that of the language, without other packages' kinds."""
    ours = Kinds({name: cls for name, cls in installed_kinds().known.items() if name in OURS}, {})
    return json.dumps(schema(ours, foreign=True), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _kind_name(kind: str) -> str:
    return f"kind-{kind}"


def _keys_of(model: type[Node]) -> Schema:
    """A map with the keys of ``model`` and nobody else's."""
    properties: dict[str, Schema] = {}
    for name, field in model.model_fields.items():
        alias = str(field.alias or name)
        read = next((part for part in field.metadata if isinstance(part, Reads)), None)
        if not alias.startswith(" "):
            properties[alias] = read.schema if read is not None else {}
    said: Schema = {"type": "object", "properties": properties, "patternProperties": _OWN_DATA}
    if model.required():
        said["required"] = sorted(model.required())
    return {**said, "additionalProperties": False, "description": (model.__doc__ or "").split("\n")[0]}


def _short_forms(model: type[Node], long: Schema) -> Schema:
    """``long``, or what may stand for it."""
    if model.bare:
        return _any(long, _ref("Text"))
    if model is Row:
        return _any(long, _list("Cell"))
    if model is Message:
        return _any(long, {**map_schema("Name", "Entry"), "not": {"required": ["is"]}})
    return long


def _kind(kind: str, cls: type[Node]) -> Schema:
    """The own keys of a kind, and the common ones that it refuses; the step that they stand in adds the others."""
    keys = _keys_of(cls)
    common = Step.known_keys()
    properties = cast("dict[str, Schema]", keys["properties"])
    own: dict[str, object] = {name: said for name, said in properties.items() if name not in common}
    refused = set(getattr(cls, "refuses", ())) | (common - properties.keys())
    return {
        "description": keys["description"],
        "properties": own | dict.fromkeys(sorted(refused), False),
        "required": [name for name in cls.required() if name != "id"],
        **_BETWEEN.get(kind, {}),
    }


def _one_kind(steps: Kinds, properties: object, *, least: int, foreign: bool) -> Schema:
    """A map with the keys of the one kind whose key it has; with ``least`` 0 it may have none."""
    one: list[Schema] = [{"required": [kind]} for kind in steps.known]
    none: list[Schema] = [] if least else [{"not": {"anyOf": list(one)}}]
    chosen: list[Schema] = [{"if": {"required": [kind]}, "then": _ref(_kind_name(kind))} for kind in steps.known]
    if foreign:
        some: Schema = {"not": {"propertyNames": {"not": {"pattern": _FOREIGN}}}}
        one.append(some)
        chosen.append({"if": some, "then": {"additionalProperties": True}})
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": _OWN_DATA,
        "oneOf": [*one, *none],
        "allOf": [_ref("Common") if least else {"if": {"anyOf": one}, "then": _ref("Common")}, *chosen],
        "unevaluatedProperties": False,
    }


def _resolved(part: object) -> object:
    """``part`` with references as JSON Schema writes them; schemas are shallow, so this may recurse."""
    match part:
        case dict():
            return {
                ("$ref" if name == REF else name): f"#/$defs/{inner}" if name == REF else _resolved(inner)
                for name, inner in part.items()
            }
        case list() | tuple():
            return [_resolved(inner) for inner in part]
        case _:
            return part
