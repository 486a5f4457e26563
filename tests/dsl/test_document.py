"""The place of every key, every value and every character of a text."""

from __future__ import annotations

import pytest

from sopflow.dsl._document import Document
from sopflow.dsl._format import Format, JsonFormat, YamlFormat, _discovered, format_of, formats
from sopflow.dsl._json import read_json
from sopflow.dsl._yaml import read_yaml
from sopflow.errors import Finding, Place, UsageError

TEXT = """\
id: x
steps:
  first:
    task: {en: Do it, zh: 做完}
    if: event.free
    by:
  # between
  second: {end: done}

roles:
  - id: planner
    title: 'It''s "planned"'
  - {id: boss, n: 1.10}
"""


def where(place: Place) -> str:
    """A place without its file."""
    return f"{place.line}:{place.column}-{place.end_line}:{place.end_column}"


@pytest.fixture(params=[False, True], ids=["libyaml", "pure"])
def document(request: pytest.FixtureRequest) -> Document:
    """The text above, as each parser reads it."""
    return read_yaml(TEXT, "f", pure=request.param)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("id",), "1:1-1:3", "1:5-1:6"),
        (("steps", "first"), "3:3-3:8", "4:5-6:7"),
        (("steps", "first", "task"), "4:5-4:9", "4:11-4:30"),
        (("steps", "first", "task", "zh"), "4:23-4:25", "4:27-4:29"),
        (("steps", "second"), "8:3-8:9", "8:11-8:22"),
        (("steps",), "2:1-2:6", "3:3-8:22"),
        (("roles", 0), "11:5-12:29", "11:5-12:29"),
        (("roles", 1, "n"), "13:16-13:17", "13:19-13:23"),
        ((), "1:1-13:24", "1:1-13:24"),
    ],
)
def test_keys_and_values_have_places(document: Document, path: tuple[str | int, ...], key: str, value: str) -> None:
    """Lines and columns count from 1, ends are one past; a collection reaches to the end of its last part."""
    assert where(document.place(path, key=True)) == key
    assert where(document.place(path)) == value


def test_a_path_that_does_not_exist_gives_the_key_of_what_does(document: Document) -> None:
    """What is missing is shown at the key of the part in which it is missing."""
    assert where(document.place(("steps", "first", "nothing", "at", "all"))) == "3:3-3:8"
    assert where(document.place(("id", "deeper"), start=0, end=1)) == "1:1-1:3"
    assert where(document.place(("roles", 7))) == "10:1-10:6"


def test_a_value_that_is_not_there_is_shown_at_its_key(document: Document) -> None:
    """``by:`` with nothing behind it has no characters of its own."""
    assert where(document.place(("steps", "first", "by"))) == "6:5-6:7"


def test_a_name_finds_the_map_with_that_id_in_a_list(document: Document) -> None:
    """Steps may be written as a list of maps: the path to one is the same."""
    assert where(document.place(("roles", "boss", "n"), key=True)) == "13:16-13:17"
    assert where(document.place(("roles", "nobody"))) == "10:1-10:6"


def test_places_of_nothing() -> None:
    """A document without marks still has places: its beginning."""
    assert where(Document("f", "", {}).place(("a", 1))) == "1:1-1:1"


def test_written_and_plain(document: Document) -> None:
    """A reader can ask how a scalar was written: ``1.10`` is more than the number 1.1."""
    assert document.written(("roles", "boss", "n")) == "1.10"
    assert document.is_plain(("steps", "first", "if"))
    assert not document.is_plain(("roles", 0, "title"))
    assert not document.is_plain(("steps",))
    assert not document.is_plain(("nothing",))


def test_lines_and_sources(document: Document) -> None:
    """Findings are given the line they speak of; others keep what they have."""
    assert document.line(1) == "id: x"
    assert document.line(0) == document.line(99) == ""
    place = document.place(("steps", "first", "if"))
    elsewhere = Finding("SOP001", place=Place("g", 1, 1, 1, 1))
    given, other, nowhere = document.with_sources([Finding("SOP001", place=place), elsewhere, Finding("SOP001")])
    assert given.source == "    if: event.free"
    assert other == elsewhere
    assert nowhere.source == ""


SCALARS = {
    "plain": "a: hello world\n",
    "plain with a comment": "a: hello world # c\n",
    "single quotes": "a: 'it''s \"wörld\" ''中''x'\n",
    "double quotes": 'a: "tab\\there \\u4e2d\\x41 \\"q\\" \\\\ end\\/"\n',
    "in braces": "a: {b: hello world}\n",
    "literal": "a: |\n    one x\n      two\n\n    three\n",
    "literal with an indentation": "a: |2\n    one\n   two\n",
    "literal after blank lines": "a: |-\n\n\n  one\n  two\n",
    "folded": "a: >\n  one two\n  three\n\n  four\n    five\n  six\n",
    "plain on several lines": "a: one\n  two three\n\n  four\n",
    "single quotes on several lines": "a: 'one\n  two ''three\n\n\n  four'\n",
    "double quotes on several lines": 'a: "one\n  two \\\n  three\\n\n\n  four"\n',
}


@pytest.mark.parametrize("name", SCALARS)
@pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])
def test_every_character_of_a_text_has_its_place(name: str, *, pure: bool) -> None:
    """An offset into a text as loaded leads to the very character in the file, through quotes and escapes."""
    document = read_yaml(SCALARS[name], "f", pure=pure)
    assert not document.findings
    path: tuple[str, ...] = ("a", "b") if "braces" in name else ("a",)
    value = document.data
    for part in path:
        assert isinstance(value, dict)
        value = value[part]
    assert isinstance(value, str)
    escaped = {"\t": "\\t", "中": "\\u4e2d", "A": "\\x41", '"': '\\"', "\\": "\\\\", "/": "\\/", "'": "''"}
    for offset, character in enumerate(value):
        if character in " \n":
            continue
        place = document.place(path, start=offset, end=offset + 1)
        there = document.line(place.line)[place.column - 1 : place.end_column - 1]
        assert there in (character, escaped.get(character))


def test_a_stretch_of_a_text_has_its_place() -> None:
    """Start and end are offsets into the text as loaded; beyond its end is its end; no end is a point."""
    document = read_yaml("a: 'it''s so'\nb: |\n  x > 1\n  && y\n", "f")
    assert where(document.place(("a",), start=3, end=7)) == "1:9-1:13"
    assert where(document.place(("a",), start=6, end=99)) == "1:12-1:13"
    assert where(document.place(("a",), start=6)) == "1:12-1:12"
    assert where(document.place(("a",), start=99, end=100)) == "1:13-1:13"
    assert where(document.place(("b",), start=9, end=10)) == "4:6-4:7"
    assert where(read_json('{"a": "\\u4e2d\\ud83d\\ude00x"}', "f").place(("a",), start=2, end=3)) == "1:26-1:27"


def test_the_format_of_a_file_follows_from_its_name() -> None:
    """The end of a file name decides, in any case; an unknown one is refused with what is known."""
    assert format_of("a/B.SOP.YAML").name == "yaml"
    assert format_of("b.yml").name == "yaml"
    assert format_of("c.sop.json").name == "json"
    with pytest.raises(UsageError) as caught:
        format_of("d.docx")
    assert caught.value.finding.code == "SOP061"
    assert ".sop.yaml, .sop.json" in str(caught.value)


def test_our_formats_are_formats() -> None:
    """What is written by a format is read by it."""
    for known in (YamlFormat(), JsonFormat()):
        assert isinstance(known, Format)
        assert known.read(known.write({"a": ["中", 1]}), "f").data == {"a": ["中", 1]}


class _Upper:
    """A notation of somebody else's."""

    name = "upper"
    endings = (".upper", ".sop.upper.yaml")

    def read(self, text: str | bytes, file: str) -> Document:
        return Document(file, str(text), {"text": str(text).lower()})

    def write(self, data: object) -> str:
        return str(data).upper()


class _Entry:
    def __init__(self, name: str, offered: object) -> None:
        self.name, self.offered = name, offered

    def load(self) -> object:
        if self.offered is None:
            raise ImportError("no such module")
        return self.offered


def test_other_packages_can_bring_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point adds a notation; the longest end wins; one that is broken hurts only who asks for it."""
    offered = [_Entry("z", None), _Entry("b", _Upper), _Entry("c", object())]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: offered if group == "sopflow.formats" else [])
    _discovered.cache_clear()
    try:
        assert [known.name for known in formats()] == ["yaml", "json", "upper"]
        assert format_of("x.sop.upper.yaml").name == "upper"
        assert format_of("x.sop.yaml").name == "yaml"
        with pytest.raises(UsageError, match="cannot be loaded"):
            format_of("x.z")
    finally:
        _discovered.cache_clear()
