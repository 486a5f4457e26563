"""YAML in: what is read, what is refused, and that it never matters which parser is installed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sopflow.dsl._document import Document
from sopflow.dsl._dump import write_yaml
from sopflow.dsl._source import decoded, printable
from sopflow.dsl._yaml import _read_events, read_yaml
from sopflow.dsl._yaml_quick import read_simple

EVERY_KEY = (Path(__file__).parent / "every-key.sop.yaml").read_text(encoding="utf-8")
FLOWING = """\
sopflow: 1
title: {en: Is it free?, zh: 是否免费?}
when: [a ?b, c? d, '?']
steps:
  first: {task: {en: Do it, zh: 做}, by: planner, next: end}
  second:
    task: >
      Folded
      text
    note: |
      line one
        line two

    yes: first
    no: "quoted: \\u4e2d"
  # a comment
  third:
  - id: a
  - [1, 2.5, true, ~]
"""

MISTAKES = {
    "value begins with double quotes": ('a: "P0" == priority\n', "SOP011", "1:4-20"),
    "value begins with single quotes": ("a: 'P0' in list\n", "SOP011", "1:4-16"),
    "the same inside braces": ("s: {if: 'P0' == p, then: b}\n", "SOP011", "1:9-18"),
    "value begins with !": ("a: !event.free\n", "SOP012", "1:4-15"),
    "! before a parenthesis": ("a: !(b || c)\n", "SOP012", "1:4-13"),
    "! and more": ("a: !b && c\n", "SOP012", "1:4-11"),
    "anchor": ("a: &x b\n", "SOP013", "1:4-6"),
    "value begins with &": ("a: &&b\n", "SOP013", "1:4-7"),
    "alias": ("a: *x\n", "SOP014", "1:4-6"),
    "value begins with *": ("a: *event.x\n", "SOP014", "1:4-12"),
    "value begins with >": ("a: > 5 days\n", "SOP015", "1:4-12"),
    "value begins with >=": ("a: >= 5\n", "SOP015", "1:4-8"),
    ">5 is no text of five": ("a: >5\n", "SOP015", "1:4-6"),
    "colon in a value": ("a: b: c\n", "SOP016", "1:4-8"),
    "ternary": ("a: x ? 'y' : z\n", "SOP016", "1:4-15"),
    "colon in a value inside braces": ("s: {if: x ? a : b, then: z}\n", "SOP016", "1:9-18"),
    "comma cuts a text": ("t: {en: Hello big world, wide web, zh: 好}\n", "SOP017", "1:26-34"),
    "a set is no list": ("a: {P0, P1}\n", "SOP017", "1:5-7"),
    "comma cuts a call": ("s: {if: contains(a, b), then: c}\n", "SOP018", "1:9-19"),
    "comma cuts a call in a list": ("s: [contains(a, b)]\n", "SOP018", "1:5-15"),
    "comma cuts a quote": ("s: {if: a == 'b, c: d', then: e}\n", "SOP018", "1:9-16"),
    "bracket cuts a list": ("s: {if: a in ['b', 'c'], then: z}\n", "SOP018", "1:9-24"),
    "bracket cuts an index": ("s: {if: a[0] == 1, then: z}\n", "SOP018", "1:9-18"),
    "hash is a comment": ("a: Room #5 upstairs\n", "SOP019", "1:9-20"),
    "item too deep": ("a:\n  - b\n   - c\n", "SOP020", "3:4-7"),
    "! in braces, cut by a comma": ("s: {if: !(a, b), then: c}\n", "SOP012", "1:9-16"),
    "reserved sign": ("a: @home\n", "SOP008", "1:4-9"),
    "percent": ("a: %5\n", "SOP008", "1:4-6"),
    "template": ("a: {{ x }}\n", "SOP023", "1:5-6"),
    "quote not closed": ('a: "x\nb: c\n', "SOP003", "1:4-5"),
    "quote not closed before another": ('a: "x\nb: "c"\n', "SOP003", "1:4-5"),
    "bracket not closed": ("a: [b, c\nd: e\n", "SOP004", "1:4-5"),
    "bracket not closed before an item": ("a:\n  - {b: [c]\n  - {d: e}\n", "SOP004", "2:5-6"),
    "bracket not closed behind one that is": ("a: [b, {c: d},\n", "SOP004", "1:4-5"),
    "bracket not closed at the end of the document": ("a: {b: c\n...\n", "SOP004", "1:4-5"),
    "brace not closed": ("a: {b: c\nd: e\n", "SOP004", "1:4-5"),
    "one bracket too many": ("a: [b]]\n", "SOP005", "1:7-8"),
    "wrong bracket": ("a: [b}\n", "SOP005", "1:6-7"),
    "line under a value": ("a: b\n  c: d\n", "SOP006", "2:3-7"),
    "line between levels": ("a:\n    b: c\n  d: e\n", "SOP006", "3:3-7"),
    "unknown escape": ('a: "\\q"\n', "SOP007", "1:5-7"),
    "escape of half a character": ('a: "\\ud800"\n', "SOP007", "1:5-11"),
    "escape beyond Unicode": ('a: "\\U00110000"\n', "SOP007", "1:5-15"),
    "colon without a space": ("a: {b:[1]}\n", "SOP009", "1:6-7"),
    "list on the line of its key": ("a: - b\n", "SOP010", "1:4-5"),
    "line without a colon": ("a: b\nfoo\nc: d\n", "SOP002", "2:1-4"),
    "first line without a colon": ("foo\nc: d\n", "SOP002", "1:1-4"),
    "repeated key": ("a: 1\nb: 2\na: 3\n", "SOP021", "3:1-2"),
    "repeated key in braces": ("a: {b: 1, 'b': 2}\n", "SOP021", "1:11-14"),
    "merge key": ("a: {<<: b}\n", "SOP022", "1:5-7"),
    "list as a key": ("[a, b]: c\n", "SOP023", "1:1-2"),
    "key missing": ("a: b\n: c\n", "SOP024", "2:1-2"),
    "second document": ("a: b\n---\nc: d\n", "SOP025", "2:1-2"),
    "directive": ("%YAML 1.2\n---\na: b\n", "SOP026", "1:1-2"),
    "empty": ("# nothing\n", "SOP027", "1:1-1"),
    "list at the top": ("- a\n", "SOP028", "1:1-4"),
    "tab in the margin": ("a:\n\tb: c\n", "SOP029", "2:1-2"),
    "tab in a text": ("a: b\tc\n", "SOP030", "1:5-6"),
    "control character": ("a: b\x07\n", "SOP031", "1:5-6"),
    "byte order mark inside": ("a: b\ufeffc\n", "SOP031", "1:5-6"),
    "line separator": ("a: b\u2028c\n", "SOP031", "1:5-6"),
    "infinity": ("a: .inf\n", "SOP037", "1:4-8"),
    "integer beyond 64 bits": ("a: 9223372036854775808\n", "SOP037", "1:4-23"),
}


def everything(document: Document) -> tuple[object, ...]:
    """All that a document tells."""
    marks = document.marks
    return (document.data, document.findings, document.whole, document.text,
            *(getattr(marks, name) for name in marks.__slots__))  # fmt: skip


def either(text: str) -> Document:
    """The document of ``text``, having asked all readers: libyaml's events, those of pure Python, and lines."""
    document = read_yaml(text, "x.yaml")
    assert everything(document) == everything(read_yaml(text, "x.yaml", pure=True))
    assert everything(document) == everything(by_events(text))
    return document


def by_events(text: str) -> Document:
    """The document of ``text`` as read from libyaml's events, which notes all places."""
    source, _ = decoded(text, "x.yaml")
    return _read_events("x.yaml", *printable(source, "x.yaml"), pure=False)


def value(scalar: str) -> object:
    """What ``scalar`` is as a value."""
    document = either(f"a: {scalar}\n")
    assert not document.findings
    assert isinstance(document.data, dict)
    return document.data["a"]


def test_libyaml_is_there_so_that_the_comparison_means_something() -> None:
    """Both parsers are compared where libyaml is installed."""
    assert yaml.__with_libyaml__


WORDS = ("yes", "no", "on", "off", "Yes", "y", "n", "12:00", "2026-01-31", "1.0.0", "=", "= x", "N+X", "1_000", "0b1",
         "-x", "+", ".", "0o8", "1e", "nan", "3 days", "1..5", "Null!")  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_words_stay_words(word: str) -> None:
    """What is no number, boolean or null in YAML 1.2 is a text, whatever YAML 1.1 made of it."""
    assert value(word) == word


@pytest.mark.parametrize(
    ("scalar", "expected"),
    [("0o17", 15), ("0x1F", 31), ("-7", -7), ("+7", 7), ("007", 7), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0),
     ("1e3", 1000.0), ("-1.5E-2", -0.015), ("true", True), ("True", True), ("FALSE", False), ("null", None),
     ("~", None), ("", None),
     ("'1'", "1"), ('"true"', "true"), ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63))],
)  # fmt: skip
def test_plain_scalars_follow_the_core_schema(scalar: str, expected: object) -> None:
    """Numbers, booleans and null are read as YAML 1.2.2, section 10.3.2, says; quotes make texts."""
    found = value(scalar)
    assert found == expected
    assert type(found) is type(expected)


def test_keys_are_texts() -> None:
    """A key that looks like a number, a boolean or null is the text that stands there."""
    assert either("1: a\ntrue: b\nyes: c\n~: d\n12:00: e\n'': f\n").data == {
        "1": "a", "true": "b", "yes": "c", "~": "d", "12:00": "e", "": "f",
    }  # fmt: skip


def test_a_file_means_the_same_whichever_parser_is_installed() -> None:
    """Data, places and findings are equal, question marks in braces included."""
    document = either(FLOWING)
    assert not document.findings
    assert document.data == {
        "sopflow": 1,
        "title": {"en": "Is it free?", "zh": "是否免费?"},
        "when": ["a ?b", "c? d", "?"],
        "steps": {
            "first": {"task": {"en": "Do it", "zh": "做"}, "by": "planner", "next": "end"},
            "second": {"task": "Folded text\n", "note": "line one\n  line two\n", "yes": "first", "no": "quoted: 中"},
            "third": [{"id": "a"}, [1, 2.5, True, None]],
        },
    }


@given(st.data())
def test_damage_is_understood_alike_by_both_parsers(data: st.DataObject) -> None:
    """Whatever is cut out of a file, both parsers read the same data or both refuse it, and neither raises."""
    start = data.draw(st.integers(0, len(FLOWING)))
    end = data.draw(st.integers(start, min(len(FLOWING), start + 12)))
    put = data.draw(st.sampled_from(["", " ", "\n", "x", "? ", "'", "{", "]", ": ", "- "]))
    text = FLOWING[:start] + put + FLOWING[end:]
    quick, pure = read_yaml(text, "f"), read_yaml(text, "f", pure=True)
    assert (quick.data, quick.whole, bool(quick.findings)) == (pure.data, pure.whole, bool(pure.findings))


@pytest.mark.parametrize("text", ["a: [? , b]\n", "a: [b, ? ]\n", "a: [b c :, d]\n", "a: [b\n  :, d]\n"])
def test_what_only_one_parser_would_take_is_refused(text: str) -> None:
    """A pair in a list that has no key, a colon before a comma: one parser misreads them, so neither is let."""
    documents = [read_yaml(text, "f", pure=pure) for pure in (False, True)]
    assert [(document.data, document.whole, len(document.findings)) for document in documents] == [({}, False, 1)] * 2


# --- read line by line ------------------------------------------------------------------------------------------

SCALARS = ["b", "b c", "5", "-3", "1.5", "true", "~", "null", "1e999", "12:00", "a ? b", "= x", "(x)", "contains(a",
           "x y  ", "'q'", "'it''s'", "'q' == x", '"d"', '"d\\n"', "中文", "a:b", "#x", "a #x", "a # x", "a# x", "-",
           "- b", "? b", "!t", "&a", "*a", "|", ">-", "%x", "@x", "a: b", "a:", "[", "{"]  # fmt: skip
DAMAGES = ["", " ", "\n", "\n  ", "x", "? ", "'", '"', "{", "]", ": ", "- ", "#", " # ", ",", "|"]
FLOWS = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(st.sampled_from(["k", "l", "键", "x-y", "'k'"]), inner), max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{key}: {item}" for key, item in pairs) + "}"
        )
    ),
    max_leaves=5,
)
LINES = st.builds(
    lambda margin, lead, value, end: " " * margin + lead + value + end,
    st.sampled_from([0, 0, 0, 2, 2, 3]),
    st.sampled_from(
        ["a: ", "b: ", "c: ", "d: ", "é: ", "a:", "b:", "- ", "- ", "-  ", "- a: ", "- b: ", "", "a b: ", "-: "]
    ),
    st.sampled_from(SCALARS[:12]) | FLOWS,
    st.sampled_from(["", "", "", "", " ", " # c", " #c", "  #", ",", "\n", "\n# e"]),
)
PLAIN = st.recursive(
    st.sampled_from(
        ["b c", 5, -3, 1.5, True, None, "5", "it's", "a: b", "Is it?", "x # y", "中文", "contains(a, b)", "= x"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b-c", "1", "键"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.lists(LINES, min_size=1, max_size=6).map("\n".join))
def test_what_is_read_by_lines_is_what_the_events_say(text: str) -> None:
    """A text that is read line by line has the data that its events have, and these bring no finding."""
    data = read_simple(text)
    if data is not None:
        document = by_events(text)
        assert (repr(document.data), document.whole, document.findings) == (repr(data), True, ())


@given(data=st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), PLAIN, min_size=1), more=st.data())
def test_damage_does_not_mislead_the_reader_of_lines(data: dict[str, object], more: st.DataObject) -> None:
    """Whatever happens to a file, what is read line by line is what its events say."""
    text = write_yaml(data)
    start = more.draw(st.integers(0, len(text)))
    end = more.draw(st.integers(start, min(len(text), start + 8)))
    for written in (text, text[:start] + more.draw(st.sampled_from(DAMAGES)) + text[end:]):
        simple = read_simple(written)
        if simple is not None:
            document = by_events(written)
            assert (repr(document.data), document.whole, document.findings) == (repr(simple), True, ())


def test_ordinary_definitions_are_read_by_lines(repository: Path) -> None:
    """The reader of lines is not so shy as to be of no use: it reads every key of the language."""
    assert read_simple(EVERY_KEY) == by_events(EVERY_KEY).data
    bundled = [file.read_text(encoding="utf-8") for file in (repository / "sops").rglob("*.sop.yaml")]
    assert sum(read_simple(text) is not None for text in bundled) > len(bundled) / 2


@given(st.text(alphabet="ab1 \n\t:-?#,[]{}'\"|>!&*%@`\\~=()中\ufeff\x00\r", max_size=60))
def test_no_text_gives_a_traceback(text: str) -> None:
    """Any text at all is a document or findings that can be shown in both languages."""
    for pure in (False, True):
        for finding in read_yaml(text, "f", pure=pure).findings:
            assert finding.text("en")
            assert finding.text("zh")
            assert finding.place is not None


@given(st.binary(max_size=80))
def test_no_bytes_give_a_traceback(raw: bytes) -> None:
    """Any bytes at all are a document or findings."""
    document = read_yaml(raw, "f")
    assert isinstance(document.data, dict) or document.findings


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_has_its_code_at_its_place(name: str) -> None:
    """A mistake gives its own code under exactly the characters that are meant, and nothing besides."""
    text, code, where = MISTAKES[name]
    places = [(finding.code, finding.place) for finding in either(text).findings]
    assert [(found, f"{p.line}:{p.column}-{p.end_column}") for found, p in places if p] == [(code, where)]


def test_a_question_mark_key_in_braces_is_no_text() -> None:
    """An explicit key (``? key``) in braces is read alike by both parsers."""
    assert either("a: {? b : c}\n").data == {"a": {"b": "c"}}


def test_all_traps_of_a_file_are_found_at_once() -> None:
    """One mistake does not hide the next, not even where YAML's parser gives up at the first."""
    text = "a: 'x' == y\nb: 1\nb: 2\nc: {if: a in [b], then: d}\ne: !f\ng: >= 5\nh: Room #5\ni: x: y\n"
    codes = [finding.code for finding in either(text).findings]
    assert codes == ["SOP011", "SOP021", "SOP018", "SOP012", "SOP015", "SOP016"]


def test_findings_carry_their_line() -> None:
    """Each finding has the line of text it speaks of, for the caret."""
    assert [f.source for f in either("x: 1\ny: {a, b: 1}\nx: 2\n").findings] == ["y: {a, b: 1}", "x: 2"]


def test_a_repeated_key_says_where_the_first_stands_and_the_first_wins() -> None:
    """The first of two equal keys is kept and named by its line; ``1`` and ``"1"`` are the same key."""
    document = either('1: a\nb: c\n"1": d\n')
    assert document.data == {"1": "a", "b": "c"}
    assert document.findings[0].fields["line"] == 1
    assert document.whole


def test_what_could_not_be_read_makes_a_document_incomplete() -> None:
    """Only a document that is whole lets a reader speak of what is missing from it."""
    assert either("a: 1\n").whole
    for text in ("a: *b\n", "a: {b, c}\n", "a: !b\n", "<<: a\n", "a: [\n", ""):
        assert not either(text).whole


def test_a_balanced_text_in_braces_is_left_alone() -> None:
    """Parentheses, apostrophes and question marks that are not cut give no finding."""
    text = "a: {en: The director's (new) plan, zh: 主管的计划(新)?, if: size(x) > 2 && y == 'z'}\nb: ['it''s', don't]\n"
    assert not either(text).findings


def test_comments_are_comments() -> None:
    """A ``#`` with a space behind it, at the start of a line, in quotes or in a comment is no trap."""
    assert not either("#x\na: b # see #5\nc: 'Room #5'\nd: |\n  Room #5\n# e #f\n").findings


def test_tabs_that_mean_nothing_are_let_be() -> None:
    """A tab before a comment, at the end of a line or between key and value is only a space."""
    document = either("a:\tb\t# c\td\n\t# e\n\t\nf: g\t\n")
    assert document.data == {"a": "b", "f": "g"}
    assert not document.findings


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_system_are_read(end: str) -> None:
    """Lines may end as on any system; places count the same."""
    document = either(f"a: 1{end}b: |{end}  x{end}  y{end}c: 3{end}")
    assert document.data == {"a": 1, "b": "x\ny\n", "c": 3}
    assert document.place(("c",)).line == 5


def test_a_byte_order_mark_at_the_start_is_accepted() -> None:
    """Some editors write one; it moves no column."""
    document = read_yaml(b"\xef\xbb\xbfa: 1\n", "f")
    assert document.data == {"a": 1}
    assert document.place(("a",), key=True).column == 1


def test_bytes_that_are_not_utf8_are_named_with_their_place() -> None:
    """A file saved in another encoding says at which byte it stops being UTF-8."""
    finding = read_yaml("a: 1\nb: 中文\n".encode("gbk"), "f").findings[0]
    assert (finding.code, str(finding.place), finding.fields["byte"]) == ("SOP032", "f:2:4", "0xD6")


@pytest.mark.parametrize(
    ("text", "code"),
    [("a: " + "[" * 20_000, "SOP034"), ("- " * 20_000, "SOP034"), ("{a: " * 20_000, "SOP034"),
     ("? " * 20_000, "SOP034"), ("[" * 20_000 + "]" * 20_000, "SOP034"), ("a: [" + "1," * 200_001 + "]", "SOP036"),
     ("a" * (2 * 1024 * 1024 + 1), "SOP035"), ("中" * (1024 * 1024), "SOP035"),
     ("a: &a [x]\n" + "b: [" + "*a, " * 999 + "]", "SOP013")],
    ids=range(9),
)  # fmt: skip
def test_hostile_files_are_refused_at_once(text: str, code: str) -> None:
    """Depth, number of nodes, size and aliases are bounded, whatever the parser; no recursion, no waiting."""
    for pure in (False, True):
        if pure and len(text) > 200_000:
            continue
        begun = time.process_time()
        document = read_yaml(text, "f", pure=pure)
        assert code in {finding.code for finding in document.findings}
        assert len(document.findings) <= 200
        assert time.process_time() - begun < 2


def test_sixty_four_levels_are_allowed() -> None:
    """The depth that is allowed is allowed."""
    assert not either("a: " + "[" * 63 + "]" * 63).findings
    assert [f.code for f in either("a: " + "[" * 64 + "]" * 64).findings] == ["SOP034"]


def test_a_large_definition_loads_quickly() -> None:
    """Ten thousand steps on 60,000 lines load in a third of a second; the bound leaves room for slow machines."""
    step = "  s{0}:\n    task: {{en: Prepare {0}, zh: 准备{0}}}\n    by: planner\n    if: p == 'P0'\n    due: T-3\n"
    text = "steps:\n" + "".join(step.format(i) + f"    next: s{i}\n" for i in range(10_000))
    begun = time.process_time()
    document = read_yaml(text, "f")
    assert time.process_time() - begun < 2
    assert not document.findings
