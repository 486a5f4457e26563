"""Reading a definition: every fault of its shape is found, all at once, each at its place, none as a traceback."""

from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.dsl import read
from sopflow.dsl._read import read_data
from sopflow.dsl._yaml import read_yaml
from sopflow.errors.catalogue.shape import ENTRIES
from sopflow.model import Sop, installed_kinds

EVERY_KEY = (Path(__file__).parent / "every-key.sop.yaml").read_text(encoding="utf-8")
TOP = "sopflow: 1\nid: x\nversion: 1.0.0\ntitle: X\n"
STEPS = "steps: {a: {task: A}}\n"


def with_top(written):
    """A definition with this at its top."""
    return f"{TOP}{written}\n{STEPS}"


def with_step(written, rest=""):
    """A definition with this step `a`."""
    return f"{TOP}steps:\n  a: {written}\n{rest}"


def with_data(written):
    """A definition with this field `f`."""
    return with_top(f"data: {{f: {written}}}")


# Each code of the family with definitions that have this finding and no other, at the place marked by ▶.
FAULTS = {
    "SOP101": [
        with_step("{task: A, ▶chekclist: [B]}"),
        with_top("▶rolse: {a: A}"),
        with_top("roles: {a: {title: A, ▶peolpe: [li]}}"),
        with_top("messages: {paid: {is: {n: int}, ▶kep: 3 days}}"),
        with_step("{task: A, escalate: [{at: due, to: boss, ▶d: tell}]}").replace("▶d:", "▶doo:"),
        with_data("{is: bool, ▶aks: boss}"),
    ],
    "SOP102": [
        with_step("{task: A, ▶qqq: B}"),
        with_top("calendars: {office: {▶qqq: CN}}"),
        with_step("{task: A, set: {f: [{when: x, then: 1, ▶qqq: 2}, {else: 3}]}}"),
    ],
    "SOP103": [
        "▶sopflow: 1\nid: x\nversion: 1.0.0\ntitle: X\n",
        with_step("{task: A, escalate: [▶{at: due}]}"),
        with_step("{decision: A, table: T, yes: end, no: end}").replace(
            "table: T, yes: end, no: end", "▶table: {rows: [[1, 2]], gives: [f]}"
        ),
        with_step("", "    ▶x").replace("a: \n    ▶x", "▶a: {approval: A}"),
        with_step("{task: A}").replace("a: {task: A}", "▶a: {repeat: A, steps: {b: {task: B}}}"),
        with_step("{task: A, due: [▶{when: x}, {else: due}]}"),
    ],
    "SOP104": [with_step("{▶id: b, task: A}")],
    "SOP105": [with_step("{▶taks: A, by: boss}")],
    "SOP106": [with_step("").replace("a: ", "▶a: {by: boss}")],
    "SOP107": [with_step("{task: A, ▶emit: b}")],
    "SOP108": [with_step("{▶acme.scan: A}")],
    "SOP110": [with_step("{task: A, ▶by: }"), with_step("{task: A, set: {▶f: }}"), with_top("▶roles:")],
    "SOP111": [with_step("{task: A, checklist: ▶B}"), with_step("{task: A, cites: ▶b}"), with_top("cites: ▶b")],
    "SOP112": [with_step("▶A"), with_top("roles: ▶[a]"), with_step("{task: A, retry: ▶3, run: b}")],
    "SOP113": [with_step("{task: A, phase: ▶[b]}"), with_step("{task: A, duration: ▶{b: c}}")],
    "SOP114": [with_step("{task: A, if: ▶[b]}")],
    "SOP115": [
        with_step("{call: b, at-most: ▶x, too-deep: end}"),
        "sopflow: ▶one\nid: x\ntitle: X\nversion: 1.0.0\n" + STEPS,
    ],
    "SOP116": [
        with_step("{group: A, steps: ▶{}}"),
        with_step("{parallel: A, branches: ▶[]}"),
        with_step("{task: A, checklist: ▶[]}"),
        f"{TOP}steps: ▶{{}}\n",
        with_step("{wait: {first: ▶{}}}"),
    ],
    "SOP117": [with_step("{task: A, due: ▶{before: b}}"), with_step("{task: A, opens: ▶1.5}")],
    "SOP118": [with_step("{parallel: A, at-once: ▶0, branches: {b: {task: B}}}")],
    "SOP119": [with_step("{task: ▶[A]}")],
    "SOP120": [
        *(with_step(f"{{task: ▶{word}}}") for word in ("1.10", "5", "true")),
        with_step("{task: {en: A, zh: ▶5}}"),
        with_step("{task: A, checklist: [B, ▶5]}"),
        TOP.replace("1.0.0", "▶1.10") + STEPS,
    ],
    "SOP121": [with_step('{task: ▶""}'), with_step('{task: {en: ▶" "}}'), with_step("{task: ▶{}}")],
    "SOP122": [with_step("{task: {en: A, ▶xyzz: B}}"), with_top("languages: [en, ▶qq]")],
    "SOP123": [with_step("{task: {▶cn: A, en: B}}"), with_top("languages: [▶jp]")],
    "SOP125": [with_step("{decision: A, ask: ▶always, yes: end, no: end}"), with_top("start: {overlap: ▶never}")],
    "SOP126": [with_step("{call: b, detached: ▶maybe}")],
    "SOP127": [
        with_step("{parallel: A, join: ▶some, branches: {b: {task: B}}}"),
        with_step("{approval: A, need: ▶3 of 2, refused: end}"),
        with_step("{approval: A, need: ▶0, refused: end}"),
    ],
    "SOP130": [
        f"{TOP}steps: {{▶isFree: {{task: A}}}}\n",
        with_step("{task: A, by: ▶Big Boss}"),
        with_top("roles: {▶big_boss: A}"),
        with_step("{end: ▶Not OK}"),
    ],
    "SOP131": [with_top("data: {▶my-event: {start: date}}"), with_top("data: {event: {▶start-day: date}}")],
    "SOP132": [
        f"{TOP}steps: {{▶done: {{task: A}}}}\n",
        f"{TOP}steps: [{{id: ▶end, task: A}}]\n",
        with_top("messages: {▶overdue: {}}"),
        with_data("[▶any, some]"),
    ],
    "SOP133": [
        with_top("data: {▶now: date}"),
        with_top("parameters: {▶steps: int = 1}"),
        with_top("data: {▶is: bool}"),
    ],
    "SOP134": [with_step("{decision: A, about: ▶my event, yes: end, no: end}"), with_step("{task: A, set: {▶a-b: 1}}")],
    "SOP135": [with_step("{task: A, not-by: ▶Some Step}")],
    "SOP136": [with_step("{call: ▶Some SOP}")],
    "SOP137": [with_step("{task: A, next: ▶go there}"), with_step("{decision: A, yes: ▶end Of All, no: end}")],
    "SOP138": [with_step("{decision: A, yes: ▶[b], no: end}")],
    "SOP139": [with_step("{task: A, accept: {▶XY1: why not}}")],
    "SOP140": [with_data("▶boool"), with_data("▶list of words"), with_top("parameters: {f: ▶itn = 2}")],
    "SOP141": [with_data("▶[bool]")],
    "SOP142": [with_data("[a, ▶1]")],
    "SOP143": [
        with_data("{is: int, default: ▶many}"),
        with_top("parameters: {f: ▶int = many}"),
        with_data("{is: [{n: int}], default: [{n: ▶x}]}"),
        with_data("{is: date, default: ▶2026-02-30}"),
        with_data("{is: bool, default: ▶1}"),
    ],
    "SOP144": [with_data("{is: int, merge: ▶append}")],
    "SOP145": [with_data("{is: [a, b], labels: {▶c: C}}")],
    "SOP146": [with_data("{is: [a, b], default: ▶c}")],
    "SOP147": [with_data("{is: int, min: ▶3, max: 2}")],
    "SOP148": [with_data("{is: int, max: 3, default: ▶4}")],
    "SOP149": [with_step("{decision: A, table: {columns: [f], gives: [g], rows: [▶[1, 2, 3]]}}")],
    "SOP150": [
        with_data("[a, b, ▶a]"),
        with_step("{task: A, outcomes: [b, c, ▶b], next: {b: end, c: end}}"),
        with_step("{decision: A, table: {columns: [f, ▶f], gives: [g], rows: [[1, 2, 3]]}}"),
    ],
    "SOP151": [f"{TOP}steps: [{{id: a, task: A}}, {{id: ▶a, task: A}}]\n"],
    "SOP152": [
        with_step("{decision: A, about: f, ▶when: g, yes: end, no: end}"),
        with_step("{decision: A, yes: end, no: end, ▶next: a}"),
        with_step("{task: A, due: {earliest: [due], ▶latest: [due]}}"),
        with_step("{wait: {message: b, ▶when: c}}"),
        with_step("{task: A, on: {b: {at: due, ▶every: day, next: a}}}"),
        with_top("messages: {paid: {is: {}, kept: false, ▶keep: 3 days}}"),
        with_step("{call: b, detached: true, ▶next: {c: end}}"),
        with_step("{task: A, set: {f: [{else: 1, ▶then: 2}]}}"),
        with_step("{decision: A, ▶yes: end, no: end, table: {columns: [f], gives: [g], rows: [[1, 2]]}}"),
    ],
    "SOP153": [with_step("{wait: {first: {▶b: {next: a}}}}")],
    "SOP154": [
        with_step("{task: A, ▶retry: {times: 2}}"),
        with_step("{task: A, ▶missed: a}"),
        with_step("{call: b, ▶too-deep: end}"),
        with_step("{repeat: A, until: f, ▶exhausted: end, steps: {b: {task: B}}}"),
        with_step("{wait: {when: b, ▶match: {f: 1}}}"),
    ],
    "SOP155": [
        with_step("{decision: A, ▶if: f, yes: end, no: end}"),
        with_step("{end: b, ▶if: f}"),
        with_step("{end: b, ▶next: a}"),
    ],
    "SOP156": [with_step("{task: A, next: ▶{b: a}}")],
    "SOP157": [with_step("{group: A, next: ▶{b: a}, steps: {b: {task: B}}}"), with_step("{emit: b, next: ▶{c: a}}")],
    "SOP158": [with_step("{call: b, next: ▶[{when: f, then: a}, {else: end}]}")],
    "SOP159": [with_step("{approval: A, refused: end, ▶next: a}")],
    "SOP160": [
        with_step("{call: b, ▶at-most: 3}"),
        with_step("{repeat: A, until: f, ▶at-most: 3, steps: {b: {task: B}}}"),
    ],
    "SOP161": [with_step("{task: A, set: {f: [{▶else: 1}, {when: g, then: 2}]}}")],
    "SOP162": [with_step("{decision: A, ▶yes: end}"), with_step("{decision: A, ▶no: end}")],
    "SOP163": [with_step("").replace("a: ", "▶a: {decision: A, about: f}")],
    "SOP164": [with_step("{decision: A, ▶need: all, yes: end, no: end}")],
    "SOP165": [
        with_step("{decision: A, ▶while: f, yes: end, no: end}"),
        with_step("{task: A, ▶if: f, outcomes: [b, c], next: {b: end, c: end}}"),
    ],
    "SOP166": [with_step("{task: A, on: {overdue: {▶at: due, next: a}}}")],
    "SOP167": [with_step("{task: A, on: {▶b: {at: due}}}")],
    "SOP168": [with_step("{parallel: A, join: all, branches: {b: {task: B, ▶if: f}}}")],
    "SOP169": [with_step("{parallel: A, join: ▶1 of 3, branches: {b: {task: B}, c: {task: C}}}")],
    "SOP170": [with_step("{task: A, ▶outcomes: [b, c]}")],
    "SOP171": [with_step("{task: A, outcomes: [b], next: {b: end, ▶c: end}}")],
    "SOP172": [with_step("{task: A, outcomes: [b, c], ▶next: {b: end}}")],
    "SOP173": [
        with_step("{parallel: A, branches: {b: {end: ▶bad}}}"),
        with_step("{parallel: A, branches: {b: {task: B, next: ▶end}}}"),
        with_step("{for-each: f, steps: {b: {group: B, steps: {c: {decision: C, yes: ▶end bad, no: done}}}}}"),
        with_step("{parallel: A, branches: {b: {task: B, on: {overdue: {instead: true, next: ▶end late}}}}}"),
        with_step("{parallel: A, branches: [{id: b, wait: {first: {c: {at: due, next: ▶end late}}}}]}"),
        with_step("{for-each: f, steps: {b: {parallel: B, branches: {c: {task: C, next: ▶end}}}}}"),
        with_step(
            "{for-each: f, steps: {b: {decision: B, table: {columns: [g], gives: [next], rows: [[1, ▶end bad]]}}}}"
        ),
        with_step("{for-each: f, steps: {b: {decision: B, next: [{when: g, then: done}, {else: ▶end}]}}}"),
    ],
    "SOP174": [with_step("{task: A, ▶title: B}")],
    "SOP175": [with_step("{task: A, ▶refused: end}")],
    "SOP176": [with_step("{task: A, next: ▶[a, a]}"), with_step("{group: A, next: ▶[a], steps: {b: {task: B}}}")],
    "SOP181": [TOP.replace("sopflow: 1", "sopflow: ▶2") + STEPS],
    "SOP182": [TOP.replace("1.0.0", "▶first") + STEPS],
    "SOP183": ["▶sopflow: 1\nid: x\ntitle: X\n" + STEPS],
    "SOP184": ["▶sopflow: 1\nid: x\nversion: 1.0.0\n" + STEPS],
    "SOP185": [TOP.replace("id: x", "id: ▶y") + STEPS],
    "SOP186": [with_top("include: [▶comon]")],
}
# Codes whose example is no single text; each has a test of its own.
ELSEWHERE = {"SOP109", "SOP180", "SOP187", "SOP188", "SOP189", "SOP190", "SOP191", "SOP192", "SOP199"}
EXAMPLES = [(code, text) for code, texts in FAULTS.items() for text in texts]


def findings_of(text):
    """The report on a definition in YAML."""
    return read(read_yaml(text, "x.sop.yaml"))[1]


@pytest.mark.parametrize(("code", "marked"), EXAMPLES)
def test_each_fault_is_found_at_its_place(code, marked):
    """A definition with one fault has one finding, whose place is that of the fault."""
    before, found, after = marked.partition("▶")
    assert found
    report = findings_of(before + after)
    told = [(finding.code, finding.place.line, finding.place.column) for finding in report]
    assert told == [(code, before.count("\n") + 1, len(before) - before.rfind("\n"))]


def test_every_code_of_the_family_has_an_example():
    """No code is said of a shape without a definition that has it."""
    assert set(FAULTS) | ELSEWHERE == set(ENTRIES)


@pytest.mark.parametrize(("code", "marked"), EXAMPLES)
def test_each_finding_has_words_in_both_languages(code, marked):
    """Whatever the texts and mends of a code speak of, the finding has: no blank is left, in either language."""
    for finding in findings_of(marked.replace("▶", "")):
        entry = ENTRIES[finding.code]
        for template in (*entry.text.values(), *entry.mend.values()):
            fields = {name for _, name, _, _ in Formatter().parse(template) if name}
            assert fields <= finding.fields.keys()
        for lang in ("en", "zh"):
            assert "‘’" not in finding.text(lang) + finding.mend(lang)
            assert "“”" not in finding.text(lang) + finding.mend(lang)


def test_all_faults_are_found_at_once():
    """One reading tells everything that is wrong, also in the same step and around what cannot be read."""
    report = findings_of(
        "sopflow: 1\nid: x\nversion: 1.0.0\ntitle: {cn: X}\nroles: {Boss: B}\n"
        "steps:\n"
        "  a: {taks: A, chekclist: [B]}\n"
        "  b: {decision: B, yes: end, by: [], qqq: 1}\n"
        "  c: {group: C, steps: {d: {approval: D}, e: {by: Boss, due: 1.5}}}\n"
        "  f: {task: F, emit: g, if: [x]}\n"
    )
    assert [(finding.code, finding.path) for finding in report] == [
        ("SOP123", "title.cn"),
        ("SOP130", "roles.Boss"),
        ("SOP105", "steps.a.taks"),
        ("SOP101", "steps.a.chekclist"),
        ("SOP162", "steps.b.yes"),
        ("SOP116", "steps.b.by"),
        ("SOP102", "steps.b.qqq"),
        ("SOP103", "steps.c.steps.d"),
        ("SOP106", "steps.c.steps.e"),
        ("SOP130", "steps.c.steps.e.by"),
        ("SOP117", "steps.c.steps.e.due"),
        ("SOP107", "steps.f.emit"),
        ("SOP114", "steps.f.if"),
    ]


def test_a_finding_carries_its_line():
    """The line of text stands with the finding, for the caret."""
    (finding,) = findings_of(with_step("{task: A, chekclist: [B]}"))
    assert finding.source == "  a: {task: A, chekclist: [B]}"
    assert finding.fields["nearest"] == "checklist"


def test_what_the_notation_has_said_is_not_said_again():
    """A key that lost its value to a comma is the notation's finding alone."""
    report = findings_of(with_step("{task: A, if: size(f, g) > 1, by: boss}"))
    assert {finding.code[:4] for finding in report} == {"SOP0"}


def test_a_file_that_could_not_be_read_in_part_lacks_nothing():
    """Where a part of the file is lost to bad syntax, nobody is told that something is missing."""
    report = findings_of("sopflow: 1\nid: x\nsteps:\n  a: {task: A\n")
    assert report.errors
    assert {finding.code[:4] for finding in report} == {"SOP0"}


def test_every_key_of_the_language_is_read():
    """The example that has every key reads without a finding, and leaves no key of any kind out."""
    sop, report = read(read_yaml(EVERY_KEY, "every-key.sop.yaml"))
    assert list(report) == []
    assert sop is not None
    written = set(EVERY_KEY.replace("{", " ").replace(":", " ").split())
    keys = {key for kind in installed_kinds().known.values() for key in kind.known_keys()} | Sop.known_keys()
    assert keys - written == {"include"}  # it needs another file


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
KNOWN_WORDS = sorted(
    {key for kind in installed_kinds().known.values() for key in kind.known_keys()}
    | Sop.known_keys()
    | {"when", "then", "else", "is", "first", "message", "at", "x-a", "row", "rows", "columns", "gives", "earliest"}
)
WORDED = st.recursive(
    JSON | st.sampled_from(["a", "end", "done", "event.start", "2 of 3", "= x", "bool", "list of date"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KNOWN_WORDS), inner, max_size=5),
    max_leaves=20,
)


@given(data=JSON | WORDED)
def test_no_plain_data_give_a_traceback(data):
    """Whatever a file holds, reading it gives findings, or a definition, and never an exception."""
    sop, report = read_data(data)
    assert (sop is None) == bool(report.errors)


@given(data=st.dictionaries(st.sampled_from(KNOWN_WORDS), WORDED, min_size=1, max_size=6))
def test_no_step_gives_a_traceback(data):
    """Whatever stands in a step, in any key of any kind, there are findings, or a definition."""
    sop, report = read_data({"sopflow": 1, "id": "x", "version": "1.0", "title": "X", "steps": {"a": data}})
    assert (sop is None) == bool(report.errors)
    for finding in report:
        assert finding.text("en")
        assert finding.text("zh")


GOOD = read_yaml(EVERY_KEY, "every-key.sop.yaml").data


def _paths(node, path=()):
    yield path
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from _paths(inner, (*path, key))


PATHS = [path for path in _paths(GOOD) if path]


def _changed(node, path, change):
    """A copy of `node` with `change(container, key)` done at `path`."""
    copy = dict(node) if isinstance(node, dict) else list(node)
    if len(path) == 1:
        change(copy, path[0])
    else:
        copy[path[0]] = _changed(copy[path[0]], path[1:], change)
    return copy


def _rename(container, key, name):
    if isinstance(container, dict):
        container[name] = container.pop(key)
    else:
        container.append(container[key])


@given(data=st.data(), path=st.sampled_from(PATHS), how=st.sampled_from(["delete", "rename", "replace"]))
def test_no_slip_in_a_good_definition_gives_a_traceback(data, path, how):
    """Delete, rename or replace any part of a good definition: there are findings, or it is still good."""
    if how == "delete":
        broken = _changed(GOOD, path, lambda container, key: container.pop(key))
    elif how == "rename":
        name = data.draw(st.sampled_from(KNOWN_WORDS) | st.text(max_size=5))
        broken = _changed(GOOD, path, lambda container, key: _rename(container, key, name))
    else:
        value = data.draw(JSON | WORDED)
        broken = _changed(GOOD, path, lambda container, key: container.__setitem__(key, value))
    sop, report = read_data(broken)
    assert (sop is None) == bool(report.errors)


def test_data_nested_without_end_are_refused():
    """Depth is checked before anything follows it down (SOP180)."""
    data = {"task": "A"}
    for _ in range(5000):
        data = {"group": "A", "steps": {"a": data}}
    sop, report = read_data({"sopflow": 1, "id": "x", "steps": {"a": data}})
    assert sop is None
    assert [finding.code for finding in report] == ["SOP180"]


def test_unread_kinds_say_why(monkeypatch):
    """A step of a kind whose package is broken says so (SOP109), and hurts no other step."""
    from importlib.metadata import EntryPoint

    from sopflow.model import _registry

    ours = [EntryPoint(name, f"sopflow.model.kinds:{cls}", _registry.GROUP) for name, cls in _registry.OURS.items()]
    broken = EntryPoint("acme.scan", "no_such_module:Scan", _registry.GROUP)
    monkeypatch.setattr("sopflow.model._step.installed_kinds", lambda: _registry.collect([*ours, broken]))
    report = findings_of(with_step("{acme.scan: A}", "  b: {task: B}\n"))
    assert [finding.code for finding in report] == ["SOP109"]
    assert "no_such_module" in report.findings[0].text()
