"""Plain data out: what is written is read back, and reads well."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.dsl._dump import WIDTH, write_json, write_yaml
from sopflow.dsl._json import read_json
from sopflow.dsl._yaml import read_yaml

TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.text(alphabet="ab1 \n\t:-?#,[]{}'\"|>!&*%@`\\~=().中\ufeff\x00\x85\u2028\r😀", max_size=20),
    st.sampled_from(["yes", "no", "null", "~", "", "true", "1", "1.5", "0x1F", "1e3", "- a", "a: b", "a #b", "<<",
                     "---", "...", "? a", "a ? b : c", ".inf", "12:00", "x == 'a'", "a\nb", "a\n", "\na", " a\nb",
                     "a \nb", "a\n\n", "a\n\nb", "(a", "don't", 'say "x"', "a:", ":a", "a\n b", "a\n# b", "中文:x",
                     "%a", "a,b", "a]"]),
)  # fmt: skip
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=25,
)  # fmt: skip


def same(left: object, right: object) -> bool:
    """Equal, with types and order of keys (``repr`` tells 1 from True and from 1.0)."""
    return repr(left) == repr(right)


@given(st.dictionaries(TEXTS, PLAIN, max_size=5))
def test_yaml_that_is_written_is_read_back(data: dict[str, object]) -> None:
    """For all plain data: reading what was written gives equal data, in the same order, without a finding."""
    text = write_yaml(data)
    document = read_yaml(text, "f")
    assert same(document.data, data)
    assert not [finding for finding in document.findings if finding.code != "SOP027"]
    assert write_yaml(document.data) == text


@given(PLAIN)
def test_anything_plain_can_be_written(data: object) -> None:
    """What stands at the top need not be a map."""
    assert same(read_yaml(write_yaml(data), "f").data, data) or data is None


@given(st.dictionaries(TEXTS, PLAIN, max_size=3))
def test_pure_python_reads_what_is_written(data: dict[str, object]) -> None:
    """What is written does not depend on which parser reads it."""
    assert same(read_yaml(write_yaml(data), "f", pure=True).data, data)


@given(st.dictionaries(TEXTS, PLAIN, max_size=5))
def test_json_that_is_written_is_read_back(data: dict[str, object]) -> None:
    """The same for JSON."""
    assert same(read_json(write_json(data), "f").data, data)


def test_yaml_looks_as_people_write_it() -> None:
    """Block style, small maps and lists on one line, quotes only where they must be, other alphabets as they are."""
    data = {
        "sopflow": 1,
        "title": {"en": "Is it free?", "zh": "是否免费?"},
        "languages": ["zh", "en"],
        "steps": {
            "first": {"task": {"en": "Do it", "zh": "做"}, "by": "planner", "next": "end done"},
            "second": {"decision": "Paid?", "when": "x == 'a' || y", "yes": "first", "no": "end"},
            "third": {"wait": "12:00", "note": "- odd", "if": "'a' in x", "default": "true", "text": "one\n  two\n"},
        },
        "list": [{"id": "a", "steps": {"x": {"y": {"z": 1}}}}, ["b", ["c", ["d"]]], {}, []],
        "empty": None,
    }
    assert (
        write_yaml(data)
        == """\
sopflow: 1
title: {en: Is it free?, zh: 是否免费?}
languages: [zh, en]
steps:
  first: {task: {en: Do it, zh: 做}, by: planner, next: end done}
  second: {decision: Paid?, when: "x == 'a' || y", yes: first, no: end}
  third:
    wait: 12:00
    note: '- odd'
    if: "'a' in x"
    default: 'true'
    text: |
      one
        two
list:
  - id: a
    steps:
      x: {y: {z: 1}}
  - - b
    - [c, [d]]
  - {}
  - []
empty: null
"""
    )


def test_lines_in_braces_keep_to_the_width() -> None:
    """A map or a list goes on one line only if it fits, Chinese counted double; long texts are never broken."""
    fits = {"a": {"en": "x" * 40, "zh": "中" * 20}}
    assert write_yaml(fits).count("\n") == 1
    wide = {"a": {"en": "x" * 60, "zh": "中" * 30}}
    assert write_yaml(wide).count("\n") == 3
    assert write_yaml({"a": "word " * 200 + "."}).count("\n") == 1
    assert all(len(line) <= WIDTH for line in write_yaml({"a": list(range(100))}).split("\n"))


def test_json_keeps_order_and_alphabets() -> None:
    """Two spaces, keys in written order, no escapes for Chinese."""
    assert write_json({"b": ["中"], "a": 1}) == '{\n  "b": [\n    "中"\n  ],\n  "a": 1\n}\n'


def test_what_is_not_plain_is_refused() -> None:
    """Objects, keys that are no texts and bottomless nesting are errors of the caller, not files."""
    for data in ({"a": object()}, {1: "a"}, {"a": {"b": {("c",): 1}}}, b"x"):
        with pytest.raises(TypeError):
            write_yaml(data)
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json({"a": float("nan")})
    for value, word in ((float("inf"), "finite"), (2**63, "64 bits"), ("\ud800", "half a character")):
        with pytest.raises(ValueError, match=word):
            write_yaml({"a": [value]})
    deep: object = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(ValueError, match="64 levels"):
        write_yaml(deep)
    assert json.loads(write_json({})) == {}
