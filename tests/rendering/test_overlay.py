"""A run, and findings, drawn on their definition: statuses, ways taken, progress, and words for each of them."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import product
from pathlib import Path

import laws
import pytest
import random_runs
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from strange_sops import definition

import sopflow
from sopflow.cli import main
from sopflow.errors import Finding, UsageError
from sopflow.program import Op
from sopflow.rendering import THEMES, Record, Scene, View, draw, read_record, record_of, render
from sopflow.rendering._drawing import Over
from sopflow.rendering.overlay import Brush
from sopflow.rendering.overlay._palette import HUES, skin

GOLDENS = Path(__file__).parent / "goldens"
SVG = "{http://www.w3.org/2000/svg}"
STEPS = {"task", "approval", "decision", "call", "sheet", "wait", "emit"}

PUBLISH = """\
sopflow: 1
id: publish
version: 1.0.0
title: {en: Publish a text, zh: 发布文章}
languages: [en, zh]
roles: {author: {en: Author, zh: 作者}, editor: {en: Editor, zh: 编辑}}
phases: {writing: {en: Writing, zh: 撰写}, release: {en: Release, zh: 发布}}
data:
  urgent: bool
  price: int
  partners: {is: list of string}
messages: {stop: {is: {}}}
steps:
  write: {task: {en: Write, zh: 撰写}, by: author, phase: writing, due: 2 days after opened}
  review: {approval: {en: Review, zh: 审核}, by: editor, phase: writing, approved: is-urgent, refused: write}
  is-urgent: {decision: {en: 'Urgent?', zh: 是否紧急}, about: urgent, by: editor, yes: publish, no: embargo}
  embargo: {wait: 3 days after opened}
  translate: {task: {en: Translate, zh: 翻译}, by: author, if: price > 3}
  tell-partners:
    for-each: partners
    as: partner
    steps:
      call-them: {task: {en: Call them, zh: 致电}, by: author}
      note-it: {task: {en: Note it, zh: 记录}, by: author}
  publish: {task: {en: Publish, zh: 发布}, by: editor, phase: release}
  measure:
    repeat: {en: Measure, zh: 评估}
    until: urgent
    steps:
      count: {task: {en: Count, zh: 统计}, by: author}
      learn: {task: {en: Learn, zh: 总结}, by: author}
"""


@pytest.fixture(scope="module")
def publish():
    """A definition with one of each: an approval, a question, a wait, a condition, items, rounds, phases."""
    return sopflow.loads(PUBLISH)


def _run(sop, **data):
    return sopflow.Run(sopflow.compile(sop, allow_unsound=True), data, at="2026-03-02T09:00")


def _overlay(sop, **over):
    return draw(sop, View(calls=over.pop("calls", None)), over=Over(**over)).overlay


def _statuses(overlay):
    """The statuses of nodes, but for those that are not reached."""
    return {id: one.status for id, one in overlay.nodes.items() if one.status != "ahead"}


def _ways(overlay):
    return {id for id, one in overlay.edges.items() if one.status == "taken"}


# -- statuses ----------------------------------------------------------------------------------------------------------


def test_a_run_that_has_begun(publish):
    """Its first step is in progress, nothing else is reached, and only the way to it has been taken."""
    overlay = _overlay(publish, run=_run(publish))
    assert _statuses(overlay) == {"--start": "done", "write": "active"}
    assert _ways(overlay) == {"--start>start"}
    assert overlay.nodes["write"].facts == (
        "in progress", "since 2026-03-02 09:00", "with Author", "due 2026-03-04 09:00",
    )  # fmt: skip


def test_what_is_done_says_who_and_when(publish):
    """A step that is done, done again, or judged; ways are counted; the answer says which way was taken."""
    run = _run(publish)
    run.done("write", by="li", at="2026-03-03T10:00")
    run.judge("review", "refused", by="editor")
    run.done("write", by="wang", at="2026-03-04T10:00")
    run.judge("review", "approved", by="editor")
    overlay = _overlay(publish, run=run)
    assert _statuses(overlay) == {
        "--start": "done", "write": "done", "review": "done", "review--verdict": "done", "is-urgent": "asks",
    }  # fmt: skip
    assert overlay.nodes["write"].signs == (("done", "2×"),)
    assert [mark.text for mark in overlay.lines["write"]] == ["wang · 03-04 10:00"]
    assert "outcome: Approved" in overlay.nodes["review"].facts
    assert overlay.edges["review>verdict"].status == "taken"
    assert _ways(overlay) >= {"write>done", "review--verdict>approved", "review--verdict>refused"}
    assert dict(overlay.edges["write>done"].signs) == {"taken": "2×"}


def test_what_is_late_and_what_waits(publish):
    """An open step after its deadline is overdue; a wait says until when; a step that was late and is done says so."""
    run = _run(publish)
    run.advance("2026-03-06T09:00")
    late = _overlay(publish, run=run)
    assert late.nodes["write"].status == "late"
    assert [mark.text for mark in late.lines["write"]] == ["03-04 09:00 · overdue"]
    run.done("write", by="li")
    run.judge("review", "approved")
    run.answer("is-urgent", False)
    held = _overlay(publish, run=run)
    assert held.nodes["write"].signs == (("done", ""), ("late", ""))
    assert (held.nodes["embargo"].status, held.nodes["embargo"].signs) == ("held", (("held", ""),))
    assert [mark.text for mark in held.lines["embargo"]] == ["opens 03-09 09:00"]


def test_what_was_skipped_and_what_is_asked(publish):
    """A step whose condition does not hold is skipped; one whose condition is unknown asks for what it lacks."""
    run = _after_embargo(publish)
    asked = _overlay(publish, run=run)
    assert asked.nodes["translate"].status == "asks"
    assert "asks for price" in asked.nodes["translate"].facts
    run.set({"price": 1})
    assert _overlay(publish, run=run).nodes["translate"].status == "skipped"


def _after_embargo(publish, **data):
    run = _run(publish, partners=["a", "b", "c"], **data)
    run.done("write", by="li")
    run.judge("review", "approved")
    run.answer("is-urgent", False)
    run.advance("2026-03-06T09:00")
    return run


def test_items_and_rounds_are_counted(publish):
    """Each step of a for-each says for how many items it is done; a repeat says which round it is in."""
    run = _after_embargo(publish, price=1)
    run.done("tell-partners[1].call-them", by="li")
    run.done("tell-partners[1].note-it", by="li")
    run.done("tell-partners[2].call-them", by="li")
    overlay = _overlay(publish, run=run)
    assert overlay.nodes["tell-partners.call-them"].signs == (("active", "2/3"),)
    assert overlay.nodes["tell-partners.note-it"].signs == (("active", "1/2"),)
    assert overlay.rounds["tell-partners"] == "1 of 3 done"
    for step in ("tell-partners[2].note-it", "tell-partners[3].call-them", "tell-partners[3].note-it", "publish"):
        run.done(step, by="li")
    run.done("count")
    run.done("learn")
    overlay = _overlay(publish, run=run)
    assert overlay.rounds["measure"] == "round 2"
    assert overlay.edges["measure--until>again"].status == "taken"
    assert (overlay.nodes["measure.count"].status, overlay.nodes["measure.learn"].status) == ("active", "done")


def test_an_incident_and_what_is_called_off(publish):
    """A step at an incident is told with its reason; a run that was cancelled leaves nothing open."""
    run = _run(publish)
    run.done("write", by="li")
    run.cancel(why="no more")
    statuses = _statuses(_overlay(publish, run=run))
    assert statuses["review"] == "withdrawn"
    assert not set(statuses.values()) & {"active", "asks", "late", "held"}
    standing = {"step": "write", "phase": "incident", "error": "division by zero"}
    text = json.dumps({"run": record_of(run).program, "status": "running", "open": [standing], "waiting": []})
    overlay = _overlay(publish, run=read_record(text.encode(), "run.jsonl"))
    assert overlay.nodes["write"].status == "incident"
    assert [mark.text for mark in overlay.lines["write"]] == ["division by zero"]


def test_runs_that_are_called_stand_on_their_sheets():
    """What a called SOP does is drawn on its own sheet; its call is in progress as long as it is."""
    sop = sopflow.load("marketing")
    run = _family(sop)
    overlay = _overlay(sop, run=run)
    open_steps = {item.step for item in run.open}
    assert open_steps
    called = {id for id, one in overlay.nodes.items() if "/" in id and one.status in ("active", "late", "asks")}
    assert len(called) == len({re.sub(r"\[[^\]]*\]", "", step) for step in open_steps})
    calls = {item.step for item in run.waiting if item.kind == "call"}
    assert {overlay.nodes[step].status for step in calls if step in overlay.nodes} <= {"active", "late"}


def _family(sop):
    run = sopflow.Run(sopflow.compile(sop), at="2026-01-05T09:00")
    for _ in range(12):
        item = next((item for item in run.open if item.kind == "task" and not item.asks), None)
        if item is None:
            break
        try:
            run.done(item.step)
        except sopflow.Refused:
            break
    return run


@given(st.integers(0, 10**6), st.integers(1, 25), st.integers(0, 30))
def test_a_picture_never_contradicts_the_run(seed, size, moves):
    """What is open is drawn open, what waits is drawn waiting, and what is drawn done or skipped is not open."""
    made = random_runs.run(seed, size, moves)
    if made is None:
        return
    sop, run = made
    drawing = draw(sop, View(), over=Over(run=run))
    program = run.program
    open_now = {re.sub(r"\[[^\]]*\]", "", item.step): item for item in run.waiting}
    open_now |= {re.sub(r"\[[^\]]*\]", "", item.step): item for item in run.open}
    for node in [node for sheet in drawing.scene.sheets for node in sheet.nodes if node.shape in STEPS]:
        if node.id != node.step:
            continue
        status = drawing.overlay.nodes[node.id].status
        inside = [item for path, item in open_now.items() if path == node.step or path.startswith(f"{node.step}.")]
        if inside:
            assert status in ("active", "asks", "late", "held", "incident")
        else:
            assert status not in ("active", "asks", "late", "held", "incident")
        if status == "done" and program.steps[program.by_path[node.step]].op in (Op.WORK, Op.VOTE):
            assert program.by_path[node.step] in run.state.done


@given(st.integers(0, 10**6), st.integers(1, 25), st.integers(0, 30))
def test_pictures_of_runs_keep_the_laws(seed, size, moves):
    """The lines that a run adds lie in their nodes; signs are inside the page, and on no other node."""
    made = random_runs.run(seed, size, moves)
    if made is None:
        return
    drawing = draw(made[0], View(), over=Over(run=made[1]))
    assert _broken(drawing.geometry, drawing.scene) == []


def _broken(geometry, scene: Scene):
    """Which laws of pictures, and of signs, are broken."""
    found = [text for law in (laws.overlaps, laws.through, laws.spilling) for text in law(geometry)]
    found += laws.missing(geometry, scene)
    brush = Brush(geometry, THEMES["light"])
    page = (0.0, 0.0, geometry.width, geometry.height)
    for sheet in geometry.sheets:
        signs = [(node.id, badge.box) for node in sheet.nodes for badge in brush.badges(node)]
        found += [f"the sign of {id} leaves the page" for id, box in signs if not laws._inside(box, page)]
        found += [
            f"the sign of {id} on {node.id}"
            for id, box in signs
            for node in sheet.nodes
            if node.id != id and laws._meet(box, node.box)
        ]
        bars = [*brush.sheet_bar(sheet), *(bar for strip in sheet.strips for bar in brush.strip_bar(sheet, strip))]
        found += [f"bar {bar.gauge.id}" for bar in bars if not 0 <= bar.full <= bar.box[2]]
    if geometry.overlay is not None:
        lines = [line for note in geometry.overlay.notes for line in note.lines]
        lines += [line for _, line in geometry.overlay.legend]
        boxes = [(line.text, (line.x, line.y - line.size, line.width, line.size)) for line in lines]
        found += [f"{text!r} leaves the page" for text, box in boxes if not laws._inside(box, page)]
    return found


# -- progress ----------------------------------------------------------------------------------------------------------


def test_progress_is_told_of_sheets_and_strips(publish):
    """A sheet and each of its strips say how many of their steps are done; a run that is over is whole."""
    run = _after_embargo(publish, price=1)
    geometry = draw(publish, View(), over=Over(run=run)).geometry
    told = {gauge.id: (gauge.done, gauge.of, gauge.text) for gauge in geometry.overlay.gauges}
    assert told[""] == (5, 10, "5/10 · 50%")
    assert told["writing"] == (2, 2, "2/2 · 100%")
    assert told["release"] == (0, 1, "0/1 · 0%")
    run.cancel()
    whole = draw(publish, View(), over=Over(run=run)).geometry.overlay.gauges[0]
    assert (whole.share, whole.text) == (1.0, "5/10 · ended")


def test_the_heading_says_how_it_stands(publish):
    """How the run stands, since when, where its clock is, and how much is overdue, in the picture's language."""
    run = _run(publish)
    run.advance("2026-03-06T09:00")
    assert _overlay(publish, run=run).heading == (
        "Run: running · from 2026-03-02 09:00 · now 2026-03-06 09:00 · 0 of 10 steps · 1 overdue"
    )
    drawn = draw(publish, View(lang="zh"), over=Over(run=run)).overlay
    assert drawn.heading == "运行：进行中 · 自 2026-03-02 09:00 · 现为 2026-03-06 09:00 · 0/10 个步骤 · 1 项逾期"


# -- formats -----------------------------------------------------------------------------------------------------------


def test_a_printed_run_is_drawn_as_the_run_itself(publish):
    """What `sopflow run --json` prints gives the same bytes as the run in memory."""
    run = _after_embargo(publish, price=1)
    last = {
        "run": run.program.name, "version": run.program.version, "status": run.state.status, "outcome": run.outcome,
        "at": run.at.astimezone(run.program.zone).isoformat(),
        "open": [item.as_data() for item in run.open], "waiting": [item.as_data() for item in run.waiting],
    }  # fmt: skip
    printed = "\n".join(json.dumps(line) for line in (*run.history, last))
    record = read_record(printed.encode(), "run.jsonl")
    assert render(publish, run=record) == render(publish, run=run)


@pytest.mark.parametrize(("name", "lang"), [("run", "en"), ("run", "zh"), ("findings", "en")])
def test_the_outline_is_the_golden_one(publish, name, lang):
    """What is drawn over an outline is as in the golden file: signs, who, when, and the list."""
    sop = publish if name == "run" else sopflow.loads(FAULTY)
    over = {"run": _after_embargo(publish)} if name == "run" else {"findings": sopflow.check(sop)}
    drawn = render(sop, format="txt", lang=lang, **over)
    golden = GOLDENS / f"overlay-{name}-{lang}.txt"
    if os.environ.get("SOPFLOW_NEW_GOLDENS"):
        golden.write_text(drawn, encoding="utf-8")
    assert drawn == golden.read_text(encoding="utf-8")


def test_the_geometry_has_what_is_drawn_over_it(publish):
    """The geometry as JSON says the status of each node and way; without a run it has no such key."""
    plain = json.loads(render(publish, format="json"))
    drawn = json.loads(render(publish, format="json", run=_run(publish)))
    assert "overlay" not in plain
    assert drawn["format"] == plain["format"]
    overlay = drawn["overlay"]
    assert overlay["kind"] == "run"
    nodes = {one["id"]: one for one in overlay["nodes"]}
    assert set(nodes) == {node["id"] for sheet in drawn["sheets"] for node in sheet["nodes"]}
    assert nodes["write"]["status"] == "active"
    assert {edge["id"] for edge in overlay["edges"]} == {edge["id"] for s in drawn["sheets"] for edge in s["edges"]}
    assert {kind for kind, _ in overlay["legend"]} == {"done", "active", "ahead", "taken"}


def test_each_status_has_a_sign_and_words(publish):
    """Colour never says anything alone: a status is a sign on the step, words in its title, and an entry below."""
    run = _after_embargo(publish)
    root = ET.fromstring(render(publish, run=run))
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {"done", "asks for data", "not reached", "way taken"} <= set(texts)
    write = next(element for element in root.iter(f"{SVG}g") if element.get("id") == "n-write")
    assert "done by li" in write.find(f"{SVG}title").text


@pytest.mark.parametrize("format", ["svg", "json", "txt", "mmd", "dot"])
def test_text_formats_show_statuses(publish, format):
    """Each format tells what is done from what is not."""
    run = _run(publish)
    run.done("write", by="li")
    assert render(publish, format=format, run=run) != render(publish, format=format)
    assert ("✓" in render(publish, format=format, run=run)) == (format in ("txt", "mmd", "dot"))


def test_any_name_can_be_drawn(publish):
    """Names of people and reasons may hold anything: the file stays well formed and says them as text."""
    for name in (
        "<script>alert(1)</script>",
        "\x00\x1b[31m",
        "\ud800",
        "\u202eabc",
        "]]>",
        "x" * 5000,
        "名" * 900,
        "👩‍🚀",
    ):
        run = _run(publish)
        run.done("write", by="li")
        lines = [dict(line) | ({"by": name} if "by" in line else {}) for line in run.history]
        record = record_of(run)
        drawn = render(publish, run=Record(record.program, "1", "running", name, name, tuple(lines), record.open))
        ET.fromstring(drawn.encode())
        assert "<script" not in drawn


VALUES = st.sampled_from([
    None, True, 3, [], {}, "", "write", "review", "tell-partners[1].note-it", "measure[", "publish.write", "." * 3000,
    "2026-03-02T09:00", "99999-99-99", "x" * 100_000, "\udfff", "‘stop’ came",
])  # fmt: skip
EVENTS = st.sampled_from(
    "Started Ended Migrated Opened Held Judged Closed PassedOver Withdrawn Overdue Incident StepDone Cancelled".split()
)
KEYS = st.sampled_from("step at by due why outcome error program run steps phase late until claimed role asks".split())


@given(st.lists(st.tuples(EVENTS, st.dictionaries(KEYS, VALUES)), max_size=8), st.dictionaries(KEYS, VALUES))
def test_any_history_can_be_drawn(publish, lines, item):
    """Whatever stands in a file of lines: a picture comes of it, never a traceback."""
    said = [{"event": event, **about} for event, about in lines]
    last = {"run": "publish", "status": "running", "open": [item, 3], "waiting": "no"}
    text = "\n".join(json.dumps(line) for line in (*said, last))
    program = sopflow.compile(publish, allow_unsound=True)
    record = read_record(text.replace('"publish"', json.dumps(program.name)).encode(), "run.jsonl")
    ET.fromstring(render(publish, run=record).encode())


# -- findings ----------------------------------------------------------------------------------------------------------

FAULTY = """\
sopflow: 1
id: faulty
version: 1.0.0
title: A faulty procedure
roles: {clerk: Clerk, boss: Boss, spare: Spare}
steps:
  write: {task: Write the paper, by: clerk}
  review: {approval: Review, by: boss, approved: publish, refused: mend}
  mend: {task: Mend the paper, by: clerk, next: again}
  again: {task: Go round, by: clerk, next: mend}
  lonely: {task: Nobody comes here, by: clerk}
  publish: {task: Publish, by: clerk}
"""


def test_findings_stand_at_what_they_are_about():
    """Each finding is a number on its step and a line at the foot; one that is about no step is a line only."""
    sop = sopflow.loads(FAULTY)
    report = sopflow.check(sop)
    overlay = _overlay(sop, findings=report)
    numbers = {remark.texts[0].partition(" ")[0]: remark for remark in overlay.remarks}
    assert overlay.nodes["mend"].signs == (("error", numbers["SOP412"].number),)
    assert overlay.nodes["lonely"].signs == (("error", numbers["SOP411"].number),)
    assert (numbers["SOP502"].kind, numbers["SOP502"].nodes) == ("warning", ())
    assert len(overlay.remarks) == len(report)


def test_the_way_to_a_fault_is_drawn():
    """How one gets to a fault is a thick line from the start to it."""
    sop = sopflow.loads(FAULTY)
    overlay = _overlay(sop, findings=sopflow.check(sop))
    assert {id for id, one in overlay.edges.items() if one.status == "trace"} == {
        "write>done", "review>verdict", "review--verdict>refused",
    }  # fmt: skip
    assert overlay.nodes["write"].status == "trace"


def test_a_finding_about_a_way_stands_on_the_way():
    """A finding about where an answer leads is drawn on that way, too."""
    sop = sopflow.loads(FAULTY)
    overlay = _overlay(sop, findings=[Finding("SOP412", path="steps.review.refused", fields={"step": "review"})])
    assert overlay.edges["review--verdict>refused"].signs == (("error", "1"),)


def test_nothing_found_is_said():
    """A definition without findings is drawn as ever, and says so."""
    overlay = _overlay(sopflow.loads(PUBLISH), findings=())
    assert (overlay.nodes, overlay.edges, overlay.heading) == ({}, {}, "No findings")


@pytest.mark.slow
def test_overlays_are_the_same_under_every_hash_seed():
    """Sets have another order in another process; what is drawn over a picture has not."""
    code = (
        "import hashlib, sopflow\n"
        "sop, other = sopflow.load('event-attending'), sopflow.load('event-hosting')\n"
        "run = sopflow.Run(sopflow.compile(sop), at='2026-07-01')\n"
        "for over in ({'run': run}, {'findings': sopflow.check(other)}, {'against': other}):\n"
        "    print(hashlib.sha256(sopflow.render(sop, **over).encode()).hexdigest())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(sopflow.__file__).parent.parent,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1


# -- misuse and colours ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"run": Record("another/one", "1", "running", "", "", ())}, "SOP820"),
        ({"run": Record("publish", "1", "running", "", "", ()), "findings": ()}, "SOP821"),
    ],
)
def test_what_cannot_be_drawn_over_says_why(publish, over, code):
    """A run of another definition, and two things at once, are findings."""
    with pytest.raises(UsageError) as told:
        render(publish, **over)
    assert told.value.finding.code == code


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"\xff\xfe", b'{"event": 3}', b'{"event": "Opened"}', b"[" * 100_000, b"null\n"]
)
def test_a_file_that_is_no_run_is_refused(text):
    """What `sopflow run --json` did not print is a finding with the line, never a traceback."""
    with pytest.raises(UsageError) as told:
        read_record(text, "run.jsonl")
    assert told.value.finding.code == "SOP822"


def _luminance(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, two):
    high, low = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("name", "status"), list(product(THEMES, HUES["light"])))
def test_colours_of_statuses_can_be_told_apart(name, status):
    """Words on a status have a contrast of 4.5 or more to it, its rims, lines and signs of 3 or more to the page."""
    theme, hue = THEMES[name], HUES[name][status]
    worn = skin(theme, status)
    grounds = (theme.page, theme.panel, theme.stripe)
    texts = [*product((worn.ink, worn.soft, worn.due), (worn.task, worn.decision)), (worn.on_end, worn.end)]
    if status not in ("skipped", "withdrawn", "ahead"):  # they are no words on a sign
        texts.append((hue.on, hue.rim))
    assert [pair for pair in texts if _contrast(*pair) < 4.5] == []
    assert [pair for pair in product((hue.rim,), (*grounds, hue.ground, hue.on)) if _contrast(*pair) < 3] == []


def test_definitions_of_any_shape_take_findings():
    """Findings at every step of strange definitions break no law of pictures."""
    for seed in range(8):
        sop = definition(seed, 25)
        report = sopflow.check(sop)
        drawing = draw(sop, View(), over=Over(findings=report))
        assert _broken(drawing.geometry, drawing.scene) == []


# -- the command -----------------------------------------------------------------------------------------------------


def _call(*arguments):
    done = CliRunner().invoke(main, ["render", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_draws_a_printed_run(tmp_path):
    """`--run` draws what `sopflow run --json` printed; `--check` and `--against` need nothing but definitions."""
    script, sop = tmp_path / "script.yaml", tmp_path / "publish.sop.yaml"
    sop.write_text(PUBLISH, encoding="utf-8")
    script.write_text("[{at: '2026-03-02T09:00', done: write, as: li}]", encoding="utf-8")
    played = CliRunner().invoke(main, ["run", str(sop), "--script", str(script), "--json", "--unsound"])
    (tmp_path / "run.jsonl").write_text(played.stdout, encoding="utf-8")
    code, printed, _ = _call(sop, "--run", tmp_path / "run.jsonl", "--format", "txt", "--lang", "en")
    assert (code, "✓ Write" in printed, "▶ Review" in printed) == (0, True, True)
    code, printed, _ = _call(sop, "--check", "--lang", "zh")
    assert (code, printed[:4]) == (0, "<svg")
    code, printed, _ = _call(sop, "--against", sop, "--format", "txt", "--lang", "en")
    assert (code, "No difference" in printed) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--run", "no-such-file"), "SOP603"),
        (("--run", __file__), "SOP822"),
        (("--against", "event-attendin"), "SOP601"),
        (("--check", "--against", "event-hosting"), "SOP821"),
    ],
)
def test_the_command_says_what_it_cannot_draw(arguments, told):
    """Files that are none, names that are none, two at once: a finding and the exit code 2."""
    code, printed, error = _call("event-attending", *arguments)
    assert (code, printed) == (2, "")
    assert told in error
    assert "Traceback" not in error
