"""Converts the CEL conformance cases from text-format protocol buffers to compact JSON.

Run it on a checkout of https://github.com/google/cel-spec::

    python tests/expr/conformance/convert.py path/to/cel-spec

Kept are the core files, without the cases that need protocol buffer messages or optional types; each file of
the suite becomes one JSON file, a case per line. ``left_out.txt`` lists the other cases of these files, each
with what it needs.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

FILES = (
    "basic", "comparisons", "conversions", "fields", "fp_math", "integer_math", "lists", "logic", "macros",
    "namespace", "parse", "plumbing", "string", "timestamps", "type_deduction",
)  # fmt: skip
TOKEN = re.compile(
    r"""\s+ | \#[^\n]* | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<name>\[[\w./]+\]|[-\w.+]+) | (?P<mark>[{}<>:,;\[\]])""",
    re.VERBOSE,
)
ESCAPES = {"n": 10, "r": 13, "t": 9, "a": 7, "b": 8, "f": 12, "v": 11, "\\": 92, "'": 39, '"': 34, "?": 63, "`": 96}
TIMES = {b"google.protobuf.Timestamp": "timestamp", b"google.protobuf.Duration": "duration"}  # no messages in CEL
NEEDED = re.compile(r"\w*TestAllTypes|google\.protobuf\.(?!Timestamp\b|Duration\b)\w+|\boptional\.(?=none|of)")


def tokens(text: str):
    """The tokens of a text-format file."""
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise SyntaxError(text[at : at + 40])
        at = match.end()
        if match.lastgroup:
            yield match.lastgroup, match.group()


def unquote(text: str) -> bytes:
    """The bytes that a quoted text stands for."""
    out = bytearray()
    body = text[1:-1]
    at = 0
    while at < len(body):
        if body[at] != "\\":
            out += body[at].encode()
            at += 1
        elif match := re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))").match(
            body, at
        ):
            if match[1] or match[2]:
                out.append(int(match[1], 16) if match[1] else int(match[2], 8))
            else:
                out += chr(int(match[3] or match[4], 16)).encode()
            at = match.end()
        else:
            out.append(ESCAPES[body[at + 1]])
            at += 2
    return bytes(out)


def message(stream, end=None):
    """Fields up to ``end``, as a list of (name, value); a value is bytes, a word or again such a list."""
    fields = []
    for first, name in stream:
        if first == "mark":
            if name == end:
                return fields
            continue
        kind, text = next(stream)
        if text == ":":
            kind, text = next(stream)
        if kind == "mark" and text == "{":
            fields.append((name, message(stream, "}")))
        elif kind == "text":
            value = unquote(text)
            fields.append((name, value))
        elif kind == "mark" and text == "[":
            while (item := next(stream))[1] != "]":
                if item[1] == "{":
                    fields.append((name, message(stream, "}")))
        else:
            fields.append((name, text))
    return fields


class Adjacent:
    """A stream of tokens in which neighbouring texts are one, as the format has it."""

    def __init__(self, source):
        self.source = list(source)
        self.at = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.at >= len(self.source):
            raise StopIteration
        kind, text = self.source[self.at]
        self.at += 1
        while kind == "text" and self.at < len(self.source) and self.source[self.at][0] == "text":
            other = self.source[self.at][1]
            text = '"' + re.sub(r'(?<!\\)"', r"\"", text[1:-1]) + re.sub(r'(?<!\\)"', r"\"", other[1:-1]) + '"'
            self.at += 1
        return kind, text


class LeftOut(Exception):
    """The case needs what is named."""


def value(fields):
    """A value as one tagged JSON object."""
    ((name, inner),) = fields
    match name:
        case "int64_value" | "uint64_value":
            return {name.removesuffix("64_value"): int(inner, 0)}
        case "double_value":
            return {"double": inner.lower() if inner.lower().strip("-") in ("nan", "inf", "infinity") else float(inner)}
        case "bool_value":
            return {"bool": inner == "true"}
        case "string_value":
            return {"string": inner.decode()}
        case "bytes_value":
            return {"bytes": inner.hex()}
        case "null_value":
            return {"null": None}
        case "type_value":
            return {"type": inner.decode()}
        case "list_value":
            return {"list": [value(item) for _, item in inner]}
        case "map_value":
            return {"map": [[value(dict(entry)["key"]), value(dict(entry)["value"])] for _, entry in inner]}
        case "object_value":
            ((kind, parts),) = inner
            short = kind.strip("[]").rpartition("/")[2]
            if (of := TIMES.get(short.encode())) is not None:
                numbers = {key: int(number) for key, number in parts}
                return {of: [numbers.get("seconds", 0), numbers.get("nanos", 0)]}
            raise LeftOut(f"message {short}")
    raise ValueError(name)


def type_of(fields):
    """A declared type as a word or a nested list."""
    ((name, inner),) = fields
    match name:
        case "primitive":
            return {"INT64": "int", "UINT64": "uint"}.get(inner, inner.lower())
        case "well_known" if inner in ("TIMESTAMP", "DURATION"):
            return inner.lower()
        case "message_type" if inner in TIMES:
            return TIMES[inner]
        case "dyn" | "null":
            return name
        case "type":
            return "type"
        case "type_param":
            return ["parameter", inner.decode()]
        case "abstract_type" if inner[0] == ("name", b"tuple"):
            return ["tuple", *(type_of(part) for key, part in inner if key == "parameter_types")]
        case "message_type":
            raise LeftOut(f"message {inner.decode()}")
        case "list_type":
            return ["list", type_of(dict(inner)["elem_type"])]
        case "map_type":
            return ["map", type_of(dict(inner)["key_type"]), type_of(dict(inner)["value_type"])]
    raise ValueError(name)


def function(fields):
    """A declared function: the types of its parameters, and that of its result."""
    ((_, overload),) = fields  # the suite declares no function with two
    parameters = [type_of(part) for key, part in overload if key == "params"]
    return [parameters, type_of(dict(overload)["result_type"])]


def case(path, fields):
    """One case as JSON, in which only what is said appears."""
    if needed := NEEDED.search(dict(fields)["expr"].decode()):
        raise LeftOut("optional types" if needed[0] == "optional." else f"message {needed[0]}")
    out = {"name": path}
    types, functions, bindings = {}, {}, {}
    for name, inner in fields:
        match name:
            case "expr":
                out["expr"] = inner.decode()
            case "container":
                out["container"] = inner.decode()
            case "value":
                out["value"] = value(inner)
            case "eval_error" | "any_eval_errors":
                out["error"] = True
            case "disable_check":
                out["check"] = inner != "true"
            case "type_env":
                declared = dict(inner)
                if "function" in declared:
                    functions[declared["name"].decode()] = function(declared["function"])
                else:
                    types[declared["name"].decode()] = type_of(dict(declared["ident"])["type"])
            case "bindings":
                entry = dict(inner)
                bindings[entry["key"].decode()] = value(dict(entry["value"])["value"])
            case "typed_result":
                typed = dict(inner)
                out["deduced"] = type_of(typed["deduced_type"])
                if "result" in typed:
                    out["value"] = value(typed["result"])
            case "name" | "description" | "check_only":  # what is only checked has no value
                pass
            case _:
                raise ValueError(name)
    out |= {key: each for key, each in (("types", types), ("functions", functions), ("bindings", bindings)) if each}
    if not out.keys() & {"value", "error", "deduced"}:
        out["value"] = {"bool": True}  # the suite's default
    return out


def main() -> None:
    """Convert every file and say how many cases it gave."""
    source = Path(sys.argv[1]) / "tests/simple/testdata"
    here = Path(__file__).parent
    left_out = ["# The cases of the core files that are no core cases, each with what it needs."]
    for file in FILES:
        kept, before = [], len(left_out)
        tree = message(Adjacent(tokens((source / f"{file}.textproto").read_text())))
        for _, section in (field for field in tree if field[0] == "section"):
            name = dict(section)["name"].decode()
            for _, test in (field for field in section if field[0] == "test"):
                path = f"{name}/{dict(test)['name'].decode()}"
                try:
                    kept.append(case(path, test))
                except LeftOut as needs:
                    left_out.append(f"{file}/{path}  {needs}")
        lines = ",\n".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in kept)
        (here / f"{file}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
        sys.stdout.write(f"{file}: {len(kept)} kept, {len(left_out) - before} left out\n")
    (here / "left_out.txt").write_text("\n".join(left_out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
