"""Exports for other programs: each holds all of the picture once, and the programs themselves open them."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import peers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strange_sops import definition, definitions

import sopflow
from sopflow import bundled
from sopflow.errors import DefinitionError
from sopflow.rendering import FORMATS, THEMES, View, draw
from sopflow.rendering.formats._markdown import text as escaped

GOLDENS = Path(__file__).parent / "goldens"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
HOSTILE = """\
sopflow: 1
id: hostile
title: '<b>&" ]]> #quot; %% "; subgraph'
roles: {a: '<script>alert(1)</script> | x', b: end}
steps:
  one: {task: '1. first - item', by: a, due: 3 days after opened, checklist: ['| a | [x](javascript:alert)']}
  two: {task: '- *bold* _it_ ~~x~~ `code` "q" \\\\', by: b}
  three: {task: '# head [x](y) |b| <br> \\ \\n', by: a}
  four: {task: 'مرحبا بالعالم 👩‍💻 click', by: b, materials: [{text: 'a](b', link: 'https://x.example/a b>c'}]}
  five: {task: 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihung;', by: a}
  six: {task: '</script><!-- --> %% c', by: b}
  end: {decision: 'end?', yes: end, no: one}
""".replace("  end:", "  graph:")
CONTROL = sopflow.dsl.loads(
    r"""{"sopflow": 1, "id": "control", "steps": {
      "a": {"task": "a\u0001b\u000bc\ud83d\ude00d\u2028e"}, "b": {"task": "x\ny"}}}""",
    format="json",
)
without_hurry = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
views = st.builds(
    View, lang=st.sampled_from(["en", "zh", "both"]), layout=st.sampled_from(["lanes", "flow", "left-to-right"])
)


def _drawing(sop, **view):
    return draw(sop, View(**view))


def _written(drawing, format):
    return FORMATS[format].writer()(drawing)


def _id(kind, id):
    return f"{kind}-{re.sub(r'[^A-Za-z0-9_.-]', '_', id)}"


def _all():
    """What is opened by other programs: every bundled definition, strange ones, and one with hostile words."""
    for name in bundled.names():
        yield name, _drawing(name, lang="both")
    yield "hostile", _drawing(sopflow.loads(HOSTILE))
    yield "hostile, across", _drawing(sopflow.loads(HOSTILE), layout="left-to-right")
    for seed in range(16):
        try:
            yield f"seed {seed}", _drawing(definition(seed, 30), lang="en")
        except DefinitionError:
            continue


# -- BPMN --------------------------------------------------------------------------------------------------------------


def _twice(root):
    """Ids that are given twice, and references to ids that are not."""
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    named = ("sourceRef", "targetRef", "processRef", "attachedToRef", "default", "messageRef", "bpmnElement",
             "categoryValueRef")  # fmt: skip
    used = {element.get(name) for element in root.iter() for name in named if element.get(name)}
    used |= {element.text for element in root.iter() if element.tag.removeprefix(BPMN) in (
        "incoming", "outgoing", "flowNodeRef")}  # fmt: skip
    return [id for id, count in ids.items() if count > 1] + sorted(used - ids.keys())


def _held(root, drawing):
    """What of a drawing a BPMN document does not hold once, or does not draw."""
    ids = Counter(element.get("id") for element in root.iter())
    drawn = {element.get("bpmnElement") for element in root.iter() if element.tag.startswith(DI)}
    attached = {element.get("id") for element in root.iter(f"{BPMN}boundaryEvent")}
    wanted = []
    for sheet in drawing.geometry.sheets:
        wanted += [_id("n", node.id) for node in sheet.nodes]
        wanted += [_id("e", edge.id) for edge in sheet.edges if _id("n", edge.target) not in attached]
    return [id for id in wanted if ids[id] != 1 or id not in drawn]


@settings(without_hurry, max_examples=30)
@given(definitions(40), views)
def test_bpmn_holds_all_once(sop, view):
    """Each node and each way is there once and drawn; no id is given twice, and what is referred to is there."""
    try:
        drawing = draw(sop, view)
    except DefinitionError:
        return
    root = ET.fromstring(_written(drawing, "bpmn"))
    assert _twice(root) == []
    assert _held(root, drawing) == []


@pytest.mark.slow
@pytest.mark.peer
def test_bpmn_opens_in_bpmn_js(tmp_path):
    """bpmn-js opens every bundled definition, strange ones and hostile words without a warning, and shows all steps."""
    with peers.page(tmp_path, "bpmn-js/dist/bpmn-viewer.production.min.js") as page:
        for name, drawing in _all():
            opened = peers.opened_by_bpmn_js(page, _written(drawing, "bpmn"))
            assert opened["faults"] == [], name
            nodes = {_id("n", node.id) for sheet in drawing.geometry.sheets for node in sheet.nodes}
            assert nodes - {*opened["shown"]} == set(), name


@pytest.mark.slow
@pytest.mark.peer
def test_bpmn_is_valid(tmp_path):
    """Every export keeps the schema of BPMN 2.0, as the OMG publishes it."""
    schema = peers.packages() / "bpmn-moddle/resources/bpmn/xsd/BPMN20.xsd"
    files = []
    for number, (_, drawing) in enumerate(_all()):
        files.append(tmp_path / f"{number}.bpmn")
        files[-1].write_text(_written(drawing, "bpmn"), encoding="utf-8")
    command = [peers.program("xmllint"), "--nonet", "--noout", "--schema", schema, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def _elements(sop, **view):
    root = ET.fromstring(_written(_drawing(sopflow.loads(sop), **view), "bpmn"))
    return {element.get("id"): element for element in root.iter() if element.get("id")}


def test_bpmn_says_what_a_step_is():
    """People's work is a user task, a program's a service task; a wait, a message sent and a call have theirs."""
    found = _elements("""\
sopflow: 1
id: kinds
roles: {boss: Boss}
messages: {news: {is: {}}, bad: {is: {}}}
data: {list: list of string, n: {is: int, default: 1}}
steps:
  by-hand: {task: By hand, by: boss, due: 3 days after opened}
  by-program: {task: By program, run: mail}
  waits: {wait: {message: news}}
  sends: {emit: news}
  one-by-one: {for-each: list, steps: {inner: {task: Inner, by: boss}}}
  again: {repeat: Again, until: n > 3, steps: {more: {task: More, by: boss}}}
  first: {wait: {first: {late: {at: 2 days after opened, next: by-hand}, told: {message: bad}}}}
""")
    assert {id: found[f"n-{id}"].tag.removeprefix(BPMN) for id in (
        "by-hand", "by-program", "waits", "sends", "one-by-one", "again", "first",
    )} == {
        "by-hand": "userTask", "by-program": "serviceTask", "waits": "intermediateCatchEvent",
        "sends": "intermediateThrowEvent", "one-by-one": "userTask", "again": "userTask", "first": "eventBasedGateway",
    }  # fmt: skip
    assert found["n-one-by-one"].find(f"{BPMN}multiInstanceLoopCharacteristics").get("isSequential") == "false"
    assert found["n-again"].find(f"{BPMN}standardLoopCharacteristics/{BPMN}loopCondition").text == "!(n > 3)"
    assert found["due-by-hand"].get("cancelActivity") == "false"
    assert found["due-by-hand"].find(f"{BPMN}timerEventDefinition/{BPMN}timeDate").text == "3 days after opening"
    assert found["n-waits"].find(f"{BPMN}messageEventDefinition").get("messageRef") == "message-news"


def test_bpmn_says_when_a_way_is_taken():
    """Answers are conditions; what is taken otherwise is the default flow."""
    found = _elements("""\
sopflow: 1
id: ways
data: {a: bool, n: int}
steps:
  about: {decision: About, about: a, yes: cases, no: end}
  cases:
    decision: Cases
    next:
      - {when: n > 3, then: about}
      - {else: last}
  last: {approval: Last, refused: about}
""")
    conditions = {id: element.findtext(f"{BPMN}conditionExpression") for id, element in found.items() if ">" not in id}
    assert conditions["e-about_yes"] == "a"
    assert conditions["e-about_no"] == "!a"
    default = found[found["n-cases"].get("default")]
    assert default.get("targetRef") == "n-last"
    assert default.find(f"{BPMN}conditionExpression") is None
    assert "steps.last.verdict == 'refused'" in conditions.values()


def test_handlers_stand_on_the_border_of_their_step():
    """What happens beside a step does not interrupt it; what happens in its place does."""
    found = _elements("""\
sopflow: 1
id: handlers
messages: {news: {is: {}}, bad: {is: {}}}
steps:
  work:
    task: Work
    due: 3 days after opened
    on:
      news: {task: Read it}
      bad: {instead: true, next: end}
      overdue: {task: Hurry}
""")
    events = {id: found[f"n-work--on-{id}"] for id in ("news", "bad", "overdue")}
    assert {event.get("attachedToRef") for event in events.values()} == {"n-work"}
    assert {id: event.get("cancelActivity") for id, event in events.items()} == {
        "news": "false", "bad": "true", "overdue": "false",
    }  # fmt: skip
    assert "due-work" not in found  # its clock is that of the handler


def test_roles_are_lanes():
    """Lanes stand where the picture's stand, and lie where those lie; without lanes there are none."""
    for layout, lying in (("lanes", "false"), ("left-to-right", "true")):
        root = ET.fromstring(_written(_drawing("event-attending", layout=layout, lang="en"), "bpmn"))
        lanes = [lane.get("name") for lane in root.iter(f"{BPMN}lane")]
        assert lanes == ["Event planner", "Marketing director"]
        pools = [shape for shape in root.iter(f"{DI}BPMNShape") if shape.get("isHorizontal")]
        assert {shape.get("isHorizontal") for shape in pools} == {lying}
    assert "<bpmn:lane " not in _written(_drawing("event-attending", layout="flow"), "bpmn")


# -- draw.io -----------------------------------------------------------------------------------------------------------


@settings(without_hurry, max_examples=30)
@given(definitions(40), views)
def test_drawio_holds_all_once(sop, view):
    """Each node and each way is one cell; ways begin and end at cells that are there."""
    try:
        drawing = draw(sop, view)
    except DefinitionError:
        return
    for sheet, page in zip(drawing.geometry.sheets, ET.fromstring(_written(drawing, "drawio")), strict=True):
        ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
        wanted = [_id("n", node.id) for node in sheet.nodes] + [_id("e", edge.id) for edge in sheet.edges]
        assert [id for id in wanted if ids[id] != 1] == []
        ends = {cell.get(end) for cell in page.iter("mxCell") for end in ("source", "target", "parent")} - {None}
        assert ends <= ids.keys()


@pytest.mark.slow
@pytest.mark.peer
def test_drawio_is_decoded_by_mxgraph(tmp_path):
    """mxGraph, which draw.io is made of, reads each shape, and each line with both its ends."""
    before = "<script>mxLoadResources = false; mxLoadStylesheets = false</script>"
    with peers.page(tmp_path, "mxgraph/javascript/mxClient.min.js", before=before) as page:
        for name, drawing in _all():
            decoded = peers.decoded_by_mxgraph(page, _written(drawing, "drawio"))
            for sheet, found in zip(drawing.geometry.sheets, decoded, strict=True):
                assert {_id("n", node.id) for node in sheet.nodes} <= {*found["vertices"]}, name
                assert {_id("e", edge.id) for edge in sheet.edges} == {*found["edges"]}, name


def test_sheets_are_pages_that_lead_to_each_other():
    """Each sheet is a page; a shape that stands for a sheet links to its page."""
    root = ET.fromstring(_written(_drawing("service-launch", lang="en"), "drawio"))
    pages = [page.get("id") for page in root]
    links = {element.get("link").removeprefix("data:page/id,") for element in root.iter("UserObject")}
    assert len(pages) > 5
    assert links == {*pages}  # the first leads to the others, and they back to it


# -- Mermaid, Graphviz, PlantUML ---------------------------------------------------------------------------------------


@settings(without_hurry, max_examples=30)
@given(definitions(40), views)
def test_texts_hold_all_once(sop, view):
    """In Mermaid and DOT each node is defined once, and there are as many lines as ways."""
    try:
        drawing = draw(sop, view)
    except DefinitionError:
        return
    nodes = [node for sheet in drawing.scene.sheets for node in sheet.nodes]
    edges = [edge for sheet in drawing.scene.sheets for edge in sheet.edges]
    mermaid, dot = _written(drawing, "mmd"), _written(drawing, "dot")
    assert len(re.findall(r"^    n\d+[^ ]*[\[({>]", mermaid, re.MULTILINE)) == len(nodes)
    assert len(re.findall(r"^    n\d+ -", mermaid, re.MULTILINE)) == len(edges)
    assert len(re.findall(r"^    n\d+ \[", dot, re.MULTILINE)) == len(nodes)
    assert len(re.findall(r"^  n\d+ ->", dot, re.MULTILINE)) == len(edges)


@pytest.mark.slow
@pytest.mark.peer
def test_mermaid_draws_every_word(tmp_path):
    """Mermaid draws all of them, and hostile words exactly as they are written."""
    with peers.page(tmp_path, "mermaid/dist/mermaid.min.js") as page:
        for name, drawing in _all():
            assert peers.drawn_by_mermaid(page, _written(drawing, "mmd"))["faults"] == [], name
        drawing = _drawing(sopflow.loads(HOSTILE))
        shown = peers.drawn_by_mermaid(page, _written(drawing, "mmd"))["shown"]
        told = "".join(shown)
        titles = [" ".join(node.texts) for node in drawing.scene.sheets[0].nodes]
        assert [title for title in titles if title not in told] == []


@pytest.mark.slow
@pytest.mark.peer
def test_graphviz_reads_every_digraph():
    """Graphviz lays all of them out without a word."""
    program = peers.program("dot")
    for name, drawing in _all():
        text = _written(drawing, "dot").encode()
        done = subprocess.run([program, "-Tplain"], input=text, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b""), name


@pytest.mark.slow
@pytest.mark.peer
def test_plantuml_reads_every_diagram(tmp_path):
    """PlantUML finds no fault in any of them."""
    for number, (_, drawing) in enumerate(_all()):
        (tmp_path / f"{number}.puml").write_text(_written(drawing, "puml"), encoding="utf-8")
    command = [peers.program("plantuml"), "-charset", "UTF-8", "-checkonly", *sorted(tmp_path.glob("*.puml"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_plantuml_nests_what_is_nested():
    """Branches come together again; a way back is a connector with a letter at both its ends."""
    lines = _written(_drawing("event-attending", lang="en"), "puml").splitlines()
    assert lines.count("endif") == sum(line.startswith("if ") for line in lines)
    assert lines.count("(A)") == 2
    assert lines[lines.index("(A)") + 1].startswith("if (Heavyweight")


@settings(without_hurry, max_examples=30)
@given(definitions(60))
def test_plantuml_tells_each_step_once(sop):
    """However ways go, each step is told once."""
    try:
        drawing = draw(sop, View(lang="en"))
    except DefinitionError:
        return
    for sheet, text in zip(drawing.scene.sheets, _written(drawing, "puml").split("@enduml\n")[:-1], strict=True):
        told = sum(line.startswith((":", "#F1F5F9:")) for line in text.splitlines())
        asked = len(re.findall(r"^if \((?! \))", text, re.MULTILINE))
        steps = [
            node for node in sheet.nodes if node.shape not in ("start", "end") and (node.texts or node.shape != "join")
        ]
        assert told + asked == len(steps)


# -- the hand-book -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", bundled.names())
@pytest.mark.parametrize("lang", ["en", "both"])
def test_each_step_has_a_heading_and_links_lead_somewhere(name, lang):
    """Every step is told once, and every link leads to a place in the document."""
    drawing = _drawing(name, lang=lang)
    text = _written(drawing, "md")
    places = re.findall(r'<a id="([^"]*)"></a>', text)
    assert len(places) == len(set(places)) == sum(1 + len(program.steps) for _, program in drawing.parts)
    assert {*re.findall(r"\]\(#([^)]*)\)", text)} <= {*places}
    assert re.search(r"\{\w+\}", text.replace("{event.", "")) is None  # no phrase was left unfilled


def test_a_handbook_reads_like_one():
    """The hand-book of a small procedure, word for word."""
    sop = sopflow.loads("""\
sopflow: 1
id: lend-out
version: 1.2.0
title: Lend out a book
roles: {librarian: Librarian}
parameters: {loan_weeks: {is: int, default: 4, title: Weeks of a loan}}
data: {book: {member: {is: bool, title: Is a member}}}
steps:
  member: {decision: Are they a member?, about: book.member, by: librarian, yes: lend, no: end turned-away}
  lend:
    task: Lend it
    by: librarian
    due: loan_weeks weeks after opened
    checklist: [Card seen, '*Date* stamped']
    on: {overdue: {task: Write to them, by: librarian}}
""")
    assert _written(_drawing(sop, lang="en"), "md") == (GOLDENS / "lend-out.md").read_text(encoding="utf-8")


def test_markdown_in_words_stays_text():
    """Nothing of a title is markup, wherever it stands; a link that a browser should not follow is none."""
    text = _written(_drawing(sopflow.loads(HOSTILE)), "md")
    assert "<script" not in text.replace("\\<script", "")
    assert "\\- \\*bold\\* \\_it\\_ \\~\\~x\\~\\~ \\`code\\`" in text
    assert "](javascript" not in text.replace("\\]", "")
    assert "[a\\](b](<https://x.example/a%20b%3Ec>)" in text


@given(st.text(max_size=20))
def test_escaped_words_have_no_sign_left(words):
    """Each ASCII sign that may begin markup has a backslash before it; the words stay on one line."""
    made = escaped(words)
    assert re.sub(r"\\[\\`*_\[\]<>#|~&$!]", "", made).translate(str.maketrans("", "", "\\")).isprintable() or made
    assert re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>#|~&$!]", made) is None
    assert "\n" not in made


# -- all of them -------------------------------------------------------------------------------------------------------

TEXTS = ("bpmn", "drawio", "puml", "mmd", "dot", "md")


@pytest.mark.parametrize("format", TEXTS)
@pytest.mark.parametrize("theme", THEMES)
def test_control_characters_do_no_harm(format, theme):
    """What no file may hold is replaced: control characters, line breaks in a title."""
    text = _written(draw(CONTROL, View(), theme=THEMES[theme]), format)
    assert re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", text) is None
    text.encode()


def test_exports_are_the_same_on_any_hash_seed():
    """Whatever order sets have, the bytes are the same."""
    script = (
        "import hashlib; from sopflow.rendering import render\n"
        f"for name in {TEXTS!r}:\n"
        "    text = render('incident-response', format=name, lang='both')\n"
        "    print(name, hashlib.sha256(text.encode()).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert len(printed) == 1
