"""JSON in: the same data, places and refusals as YAML, for tools that write JSON."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.dsl._json import _read_simple, _scanned, read_json
from sopflow.dsl._yaml import read_yaml

UNICODE = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False) | UNICODE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(UNICODE, inner, max_size=4),
    max_leaves=20,
)  # fmt: skip

MISTAKES = {
    "comment": ('{"a": 1 // one\n}', ["SOP042 1:9-15"]),
    "block comment": ('{/* x */"a": 1}', ["SOP042 1:2-9"]),
    "trailing comma": ('{"a": [1, 2,],}', ["SOP043 1:12-13", "SOP043 1:14-15"]),
    "repeated key": ('{"a": 1,\n "\\u0061": 2}', ["SOP021 2:2-10"]),
    "not a number": ('{"a": NaN, "b": -Infinity}', ["SOP037 1:7-10", "SOP037 1:17-26"]),
    "beyond finite": ('{"a": 1e999}', ["SOP037 1:7-12"]),
    "huge integer": ('{"a": 9223372036854775808}', ["SOP037 1:7-26"]),
    "endless digits": ('{"a": ' + "9" * 5000 + "}", ["SOP037 1:7-5007"]),
    "single quotes": ("{'a': 1}", ["SOP045 1:2-5"]),
    "bare key": ("{a: 1}", ["SOP045 1:2-3"]),
    "bare word": ('{"a": yes}', ["SOP044 1:7-10"]),
    "leading zero": ('{"a": 01}', ["SOP044 1:7-9"]),
    "value missing": ('{"a": }', ["SOP050 1:7-8"]),
    "comma missing": ('{"a": 1 "b": 2}', ["SOP041 1:9-10"]),
    "colon missing": ('{"a" 1}', ["SOP041 1:6-7"]),
    "text not closed": ('{"a": "x\n"}', ["SOP046 1:7-9"]),
    "tab in a text": ('{"a": "x\ty"}', ["SOP031 1:9-10"]),
    "unknown escape": ('{"a": "x\\q"}', ["SOP047 1:9-11"]),
    "half a character": ('{"a": "\\ud83d!"}', ["SOP047 1:8-14"]),
    "more behind the end": ('{"a": 1} {}', ["SOP048 1:10-11"]),
    "bracket not closed": ('{"a": [1, 2', ["SOP049 1:7-8"]),
    "brace not closed": ('{"a": 1,', ["SOP049 1:1-2"]),
    "empty": (" \n", ["SOP027 1:1-1"]),
    "list at the top": ("[1]", ["SOP028 1:1-4"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_has_its_code_at_its_place(name: str) -> None:
    """A mistake gives its own code under exactly the characters that are meant; reading goes on where it can."""
    text, expected = MISTAKES[name]
    findings = read_json(text, "f").findings
    assert [f"{f.code} {f.place.line}:{f.place.column}-{f.place.end_column}" for f in findings if f.place] == expected


@given(JSON)
def test_what_json_writes_is_read(data: object) -> None:
    """Every JSON text without repeated keys and within the limits is read as the standard library reads it."""
    for text in (json.dumps(data), json.dumps(data, ensure_ascii=False, indent=1)):
        document = read_json(text, "f")
        assert document.data == json.loads(text)
        assert [finding.code for finding in document.findings] == ([] if isinstance(data, dict) else ["SOP028"])


@given(JSON.filter(lambda data: isinstance(data, dict)))
def test_every_key_and_value_has_its_place(data: object) -> None:
    """The text at the place of a key or a value is that key or value."""
    text = json.dumps(data, indent=2, ensure_ascii=True)
    document = read_json(text, "f")
    stack: list[tuple[tuple[str | int, ...], object]] = [((), data)]
    while stack:
        path, value = stack.pop()
        assert json.loads(document.written(path)) == value
        if path and isinstance(path[-1], str):
            place = document.place(path, key=True)
            assert json.loads(document.line(place.line)[place.column - 1 : place.end_column - 1]) == path[-1]
        if isinstance(value, dict):
            stack += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            stack += [((*path, index), inner) for index, inner in enumerate(value)]


@given(st.text(alphabet='{}[],:"\\/ \n\tab0159.eE+-#*未truefalsn', max_size=60))
def test_no_text_gives_a_traceback(text: str) -> None:
    """Any text is a document or findings; what the standard library refuses is refused here too."""
    document = read_json(text, "f")
    for finding in document.findings:
        assert finding.text("en")
        assert finding.text("zh")
    try:
        json.loads(text)
    except ValueError:
        assert document.findings


JSON = st.recursive(
    st.sampled_from(["a", 'b": 1', 5, -0.5, 2**63 - 1, 1e300, True, None, "中", "/", 'q"', "\\"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", 'c"', "键"]), inner, max_size=3)
    ),
    max_leaves=10,
)
DAMAGES = [
    "",
    " ",
    '"',
    "{",
    "]",
    ":",
    ",",
    '"a":1,',
    '"a" : 1,',
    "1e400",
    "9" * 19,
    "NaN",
    "\\ud800",
    "\\/",
    "//\n",
    "0",
]


@given(
    data=st.dictionaries(st.sampled_from(["a", "b", "c"]), JSON, min_size=1),
    ascii=st.booleans(),
    separators=st.sampled_from([(",", ":"), (" , ", " : ")]),
    more=st.data(),
)
def test_the_quick_reader_and_the_exact_one_agree(data, ascii, separators, more) -> None:
    """What Python's own reader is let read, sound or damaged, is what the scanner reads, and without a finding."""
    text = json.dumps(data, ensure_ascii=ascii, separators=separators)
    assert _read_simple(text) in (data, None)
    start = more.draw(st.integers(0, len(text)))
    end = more.draw(st.integers(start, min(len(text), start + 8)))
    text = text[:start] + more.draw(st.sampled_from(DAMAGES)) + text[end:]
    simple = _read_simple(text)
    if simple is not None:
        document = _scanned("f", text)
        assert (repr(document.data), document.whole, document.findings) == (repr(simple), True, ())


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 2}', '{"a": 1, "b" : {"a" :1, "a":2}}', '{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}']
)
def test_what_python_lets_pass_is_not_let_pass(text: str) -> None:
    """Repeated keys, numbers beyond all and halves of characters are found, though Python's own reader is content."""
    assert json.loads(text)
    assert len(read_json(text, "f").findings) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [("[" * 20_000, "SOP034"), ('{"a":' * 20_000, "SOP034"), ("[" + "1," * 200_001 + "1]", "SOP036"),
     (" " * (2 * 1024 * 1024 + 1), "SOP035"), ('{"a": "' + "\\" * 100_000, "SOP046"), ("/" * 100_000, "SOP042")],
    ids=range(6),
)  # fmt: skip
def test_hostile_files_are_refused_at_once(text: str, code: str) -> None:
    """Depth, number of values and size are bounded; no recursion, no waiting."""
    begun = time.process_time()
    document = read_json(text, "f")
    assert code in {finding.code for finding in document.findings}
    assert time.process_time() - begun < 2


def test_json_and_yaml_agree() -> None:
    """A JSON file read as YAML is the same data at the same places."""
    text = '{"a": {"b": [1, "x y", null, {"id": "c", "on": true}]},\n "时间": "12:00"}\n'
    as_json, as_yaml = read_json(text, "f"), read_yaml(text, "f")
    assert as_json.data == as_yaml.data
    for path in ((), ("a",), ("a", "b"), ("a", "b", 1), ("a", "b", "c", "on"), ("时间",)):
        assert as_json.place(path) == as_yaml.place(path)
        assert as_json.place(path, key=True) == as_yaml.place(path, key=True)
