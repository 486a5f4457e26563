"""Findings as text, JSON and SARIF."""

from __future__ import annotations

import json
import re
import unicodedata

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.errors import DefinitionError, Finding, Place, Report
from sopflow.errors.show import as_json, as_sarif, as_text

REPEATED = Finding(
    "SOP021", Place("a b/x.sop.yaml", 12, 5, 12, 9), "steps.first", {"key": "when", "line": 3}, "    when: = N > 5"
)
COMMENT = Finding("SOP019", Place("y.sop.yaml", 2, 9, 2, 13), "title", {"text": "#5楼"}, "标题: 会议室 #5楼 東")
LOOSE = Finding("SOP061", fields={"file": "x.doc", "endings": ".yaml"}, trace=("a opens", "b waits for a"))
ACCEPTED = Finding("SOP030", Place("y.sop.yaml", 3, 1, 3, 2), accepted="copied from paper", source="a")
REPORT = Report.of([REPEATED, COMMENT, LOOSE, ACCEPTED])


def caret(source: str, start: int, end: int) -> str:
    """The two lines of an excerpt, without their gutter."""
    text = as_text(Report((Finding("SOP001", Place("f", 1, start, 1, end), source=source),)))
    line, mark = text.split("\n")[1:3]
    assert line.startswith("    1 | ")
    assert mark.startswith("      | ")
    return f"{line[8:]}\n{mark[8:]}"


def test_a_finding_as_text() -> None:
    """Place, severity and code first; the line with a caret under the exact span; the mend."""
    text = as_text(Report((REPEATED,)))
    assert (
        text
        == """\
a b/x.sop.yaml:12:5: error SOP021: The key ‘when’ stands here for the second time; the first is in line 3.
   12 |     when: = N > 5
      |     ~~~^
  mend: Keep one of them, or give one another name.

1 error in 1 file"""
    )


def test_a_finding_as_chinese_text() -> None:
    """The same in Chinese; place and severity stay what tools look for."""
    text = as_text(Report((REPEATED,)), lang="zh-CN")
    assert (
        text
        == """\
a b/x.sop.yaml:12:5: error SOP021: 键“when”重复，第一次出现在第 3 行。
   12 |     when: = N > 5
      |     ~~~^
  改法：请只保留一个，或改用另一个名称。

1 个文件中有 1 个错误"""
    )


def test_every_finding_of_a_report_is_counted() -> None:
    """The last line counts by severity and by file; what is accepted is counted apart."""
    assert as_text(REPORT).split("\n")[-1] == "2 errors, 1 warning, 1 accepted in 2 files"
    assert as_text(REPORT, lang="zh").split("\n")[-1] == "2 个文件中有 2 个错误、1 个警告、1 项已接受"
    assert as_text(Report((COMMENT, COMMENT))).split("\n")[-1] == "2 warnings in 1 file"
    assert as_text(Report()) == "no findings"
    assert as_text(Report(), lang="zh") == "没有发现问题"


def test_a_finding_without_a_place_reads_well() -> None:
    """It begins with the part it speaks of, or with its severity, and shows the run that leads to it."""
    text = as_text(Report((LOOSE,)))
    assert text.startswith("error SOP061: No notation")
    assert "\n  how it comes about:\n    1. a opens\n    2. b waits for a\n" in text
    assert as_text(Report((Finding("SOP027", path="steps.x"),))).startswith("steps.x: error SOP027: ")
    assert "info SOP030: " in as_text(Report((ACCEPTED,)))
    assert "\n  accepted: copied from paper\n" in as_text(Report((ACCEPTED,)))


@pytest.mark.parametrize(
    ("source", "start", "end", "shown"),
    [
        ("a: b", 4, 5, "a: b\n   ^"),
        ("a: bcd", 4, 4, "a: bcd\n   ^"),
        ("标题: 会议室", 5, 8, "标题: 会议室\n      ~~~~~^"),
        ("é́x", 3, 4, "é́x\n ^"),
        ("\tx: 1", 2, 3, "    x: 1\n    ^"),
        ("a:\tb", 3, 4, "a:    b\n  ~~~^"),
        ("abc", 4, 5, "abc\n   ^"),
    ],
)
def test_the_caret_stands_under_what_is_meant(source: str, start: int, end: int, shown: str) -> None:
    """Columns are counted as a terminal shows them: Chinese double, marks not at all, tabs as four."""
    assert caret(source, start, end) == shown


def test_a_place_of_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    """The caret then ends where the first line does."""
    finding = Finding("SOP001", Place("f", 1, 4, 3, 2), source="a: bcd  ")
    assert as_text(Report((finding,))).split("\n")[2] == "      |    ~~^"


def test_sources_are_used_where_a_finding_has_no_line() -> None:
    """Texts of files given by name fill in for the line; without them there is no excerpt."""
    finding = Finding("SOP001", Place("f", 2, 1, 2, 2))
    assert "    2 | b: 2\n      | ^" in as_text(Report((finding,)), sources={"f": "a: 1\r\nb: 2\r\n"})
    assert " | " not in as_text(Report((finding,)), sources={"f": "a: 1"})
    assert " | " not in as_text(Report((finding,)))


def test_a_very_long_line_is_shown_around_its_place() -> None:
    """Only a window of the line is printed; the caret is still under the place."""
    line, mark = caret("x" * 500 + "HERE" + "y" * 500, 501, 505).split("\n")
    assert len(line) < 130
    assert line[mark.index("~") : mark.index("^") + 1] == "HERE"


def test_colours_change_nothing_but_colours() -> None:
    """Without the escapes a coloured text is the plain one."""
    coloured = as_text(REPORT, color=True)
    assert "\x1b[1;31merror SOP021\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == as_text(REPORT)


@given(st.text(max_size=30), st.integers(1, 40), st.integers(0, 40))
def test_no_definition_can_steer_a_terminal(source: str, start: int, length: int) -> None:
    """Whatever stands in a file, path or field: no control character reaches the terminal, and nothing raises."""
    place = Place(source, 1, start, 1, start + length)
    finding = Finding("SOP021", place, source, {"key": source, "line": 1}, source, (source,), source)
    shown = as_text(Report((finding, Finding("SOP021", path=source))))
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs")]


def test_an_exception_reads_as_its_report() -> None:
    """``str`` of the exception is the text of all findings."""
    assert str(DefinitionError(REPORT)) == as_text(REPORT)


def test_findings_as_json() -> None:
    """The keys are a promise; what is missing is null or empty, never left out."""
    rows = as_json(REPORT)
    assert json.loads(json.dumps(rows)) == rows
    by_code = {row["code"]: row for row in rows}
    assert by_code["SOP021"] == {
        "code": "SOP021", "severity": "error", "file": "a b/x.sop.yaml", "line": 12, "column": 5, "end_line": 12,
        "end_column": 9, "path": "steps.first",
        "text": "The key ‘when’ stands here for the second time; the first is in line 3.",
        "mend": "Keep one of them, or give one another name.", "trace": [], "route": [], "accepted": "",
    }  # fmt: skip
    assert {key for row in rows for key in row} == set(by_code["SOP021"])
    assert by_code["SOP061"]["line"] is None
    assert by_code["SOP030"]["accepted"] == "copied from paper"
    assert as_json(REPORT, "zh")[0]["text"] != as_json(REPORT)[0]["text"]


MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
RULE = {
    "type": "object",
    "required": ["id", "shortDescription", "help", "defaultConfiguration"],
    "properties": {"id": {"type": "string"}, "shortDescription": MESSAGE, "fullDescription": MESSAGE, "help": MESSAGE},
}
REGION = {
    "type": "object",
    "required": ["startLine"],
    "propertyNames": {"enum": ["startLine", "startColumn", "endLine", "endColumn"]},
    "additionalProperties": {"type": "integer", "minimum": 1},
}
RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["message", "ruleId", "ruleIndex", "level", "partialFingerprints"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": MESSAGE,
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "properties": {"type": "object"},
        "suppressions": {
            "type": "array",
            "items": {"required": ["kind"], "properties": {"kind": {"enum": ["inSource", "external"]}}},
        },
        "locations": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "physicalLocation": {
                        "type": "object",
                        "required": ["artifactLocation", "region"],
                        "properties": {
                            "artifactLocation": {"properties": {"uri": {"type": "string", "pattern": r"^[^\s\\]+$"}}},
                            "region": REGION,
                        },
                    },
                    "logicalLocations": {"type": "array", "items": {"required": ["fullyQualifiedName"]}},
                },
            },
        },
    },
}
# The parts of SARIF 2.1.0 (sections 3.13, 3.14, 3.19, 3.27 to 3.30, 3.49) that a log of ours uses.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {"required": ["name"], "properties": {"rules": {"type": "array", "items": RULE}}}
                        },
                    },
                    "results": {"type": "array", "items": RESULT},
                },
            },
        },
    },
}


def test_findings_as_sarif() -> None:
    """The log has the shape that SARIF 2.1.0 asks for, with a rule per code and a region per place."""
    log = as_sarif(REPORT, "1.2.3")
    jsonschema.validate(log, SARIF)
    assert json.loads(json.dumps(log)) == log
    run = log["runs"][0]  # type: ignore[index]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted(set(rules)) == ["SOP019", "SOP021", "SOP030", "SOP061"]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    results = {result["ruleId"]: result for result in run["results"]}
    where = results["SOP021"]["locations"][0]
    assert where["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/x.sop.yaml"},
        "region": {"startLine": 12, "startColumn": 5, "endLine": 12, "endColumn": 9},
    }
    assert where["logicalLocations"] == [{"fullyQualifiedName": "steps.first"}]
    assert (results["SOP021"]["level"], results["SOP019"]["level"]) == ("error", "warning")
    assert results["SOP030"]["level"] == "note"
    assert results["SOP030"]["suppressions"] == [{"kind": "inSource", "justification": "copied from paper"}]
    assert "suppressions" not in results["SOP021"]
    assert "locations" not in results["SOP061"]


def test_a_fingerprint_survives_moved_lines() -> None:
    """The same fault on another line has the same fingerprint, another fault has another."""

    def mark(finding: Finding) -> str:
        log = as_sarif(Report((finding,)), "1")
        return str(log["runs"][0]["results"][0]["partialFingerprints"])  # type: ignore[index]

    moved = Finding("SOP021", Place("f", 9, 1, 9, 2), "a", {"key": "k"}, "k: 1")
    assert mark(moved) == mark(Finding("SOP021", Place("f", 5, 1, 5, 2), "a", {"key": "k"}, "k: 1"))
    assert mark(moved) != mark(Finding("SOP021", Place("f", 9, 1, 9, 2), "b", {"key": "k"}, "k: 1"))
