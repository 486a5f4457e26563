"""Models are read from three notations; what is none is told with its place, and never raises anything else."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sopflow.analysis import nets
from sopflow.cli import main
from sopflow.errors import DefinitionError, NotFound, SopflowError, UsageError

ROW = {"tasks": [{"id": "a", "label": "A"}, {"id": "b"}], "gateways": [], "flows": [{"src": "a", "tgt": "b"}]}
TEXT = json.dumps(ROW, indent=1)


def _bpmn(inside: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">\n'
        f'<process id="p">\n{inside}\n</process>\n</definitions>\n'
    )


def _flows(*ways: str) -> str:
    pairs = [way.split(">") for way in ways]
    return "\n".join(f'<sequenceFlow id="{a}{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)


def _pnml(arcs: str, *, places: str = "i p o", transitions: str = "t u", more: str = "") -> str:
    inside = "".join(f'<place id="{place}"/>\n' for place in places.split())
    inside += "".join(
        f'<transition id="{t}"><name><text>do {t}</text></name></transition>\n' for t in transitions.split()
    )
    pairs = [arc.split(">") for arc in arcs.split()]
    inside += "".join(f'<arc id="{a}-{b}" source="{a}" target="{b}"/>\n' for a, b in pairs)
    return f'<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml"><net>\n{inside}{more}</net></pnml>'


def _found(source: str | bytes) -> list[tuple[str, int]]:
    """The codes that reading gives, with their lines."""
    with pytest.raises(DefinitionError) as caught:
        nets.read(source, file="model")
    assert all(found.place.file == "model" for found in caught.value.report)
    assert all(found.text(lang) for found in caught.value.report for lang in ("en", "zh"))
    return [(found.code, found.place.line) for found in caught.value.report]


# -- JSON ------------------------------------------------------------------------------------------------------------

BROKEN = {
    "bad JSON": (TEXT[:-5], [("SOP049", 12)]),
    "a kind that nobody knows": (
        TEXT.replace('"gateways": []', '"gateways": [{"id": "g", "type": "OR"}]'),
        [("SOP451", 11)],
    ),
    "a gateway without a kind": (TEXT.replace('"gateways": []', '"gateways": [{"id": "g"}]'), [("SOP450", 11)]),
    "a flow to nowhere": (TEXT.replace('"tgt": "b"', '"tgt": "c"'), [("SOP453", 15)]),
    "an id twice": (TEXT.replace('"id": "b"', '"id": "a"'), [("SOP452", 8), ("SOP453", 15)]),
    "a key twice": (TEXT.replace('"id": "b"', '"id": "b", "id": "c"'), [("SOP021", 8)]),
    "an id that is a number": (TEXT.replace('"id": "a"', '"id": 7'), [("SOP450", 4), ("SOP453", 14)]),
    "a label that is a list": (TEXT.replace('"label": "A"', '"label": []'), [("SOP450", 5)]),
    "tasks that are no list": ('{"tasks": null, "flows": []}', [("SOP450", 1)]),
    "tasks that have no keys": ('{"tasks": ["a"], "flows": []}', [("SOP450", 1)]),
    "something else": ('{"name": "x"}', [("SOP450", 1)]),
    "nested too deeply": ('{"tasks": ' + "[" * 100_000 + "]" * 100_000 + ', "flows": []}', [("SOP034", 1)]),
    "too large": (b'{"tasks": [' + b" " * 33 * 1024**2 + b'], "flows": []}', [("SOP035", 1)]),
    "large and broken": (b'{"tasks": [' + b" " * 3 * 1024**2, [("SOP450", 1)]),
    "not UTF-8": (TEXT.replace("A", "Ä").encode("latin-1"), [("SOP032", 5)]),
}


@pytest.mark.parametrize(("text", "codes"), BROKEN.values(), ids=BROKEN)
def test_broken_json_is_told_with_its_place(text, codes):
    """Each fault of the file is a finding in the line where it stands."""
    assert _found(text) == codes


def test_a_model_in_json_is_read():
    """Tasks are called by their labels, or else by their ids; gateways by their kind and id."""
    net = nets.read(TEXT)
    assert [node.name for node in net.nodes] == ["A", "b"]
    assert nets.check(net).sound is True
    twins = TEXT.replace('"id": "b"', '"id": "b", "label": "A"')
    assert [node.name for node in nets.read(twins).nodes] == ["A (a)", "A (b)"]


@pytest.mark.parametrize(("one", "other"), [("src", "tgt"), ("source", "target"), ("from", "to")])
def test_nodes_may_stand_in_one_list(one, other):
    """Nodes that say their type themselves, and flows by other names of their ends, make the same net."""
    nodes = [
        {"id": "g", "type": "XOR"},
        {"id": "a", "type": "task"},
        {"id": "b", "type": "TASK"},
        {"id": "j", "type": "AND"},
    ]
    flows = [{one: first, other: then} for first, then in ("ga", "gb", "aj", "bj")]
    net = nets.read(json.dumps({"nodes": nodes, "flows": flows}))
    assert nets.counterexample(net).fault is nets.Fault.STUCK
    nodes[-1]["type"] = "XOR"
    assert nets.check(nets.read(json.dumps({"nodes": nodes, "flows": flows})))
    nodes[-1]["type"] = "OR"
    assert _found(json.dumps({"nodes": nodes, "flows": flows})) == [("SOP451", 1)]


def test_a_large_model_is_read():
    """Beyond two megabytes places are not known any more, but the verdict is."""
    tasks = [{"id": f"{number:0100}"} for number in range(10_000)]
    flows = [{"src": one["id"], "tgt": other["id"]} for one, other in pairwise(tasks)]
    assert nets.check(nets.read(json.dumps({"tasks": tasks, "flows": flows}))).sound is True


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_any_json_gives_a_net_or_findings(part):
    """Whatever stands where a list, a node or a text should, nothing is raised but what is documented."""
    for key in ("tasks", "gateways", "flows"):
        for value in (part, [part], [{"id": part, "type": part, "src": part, "tgt": part, "label": part}]):
            try:
                nets.check(nets.read(json.dumps(ROW | {key: value})))
            except DefinitionError as error:
                assert error.report.errors  # noqa: PT017


@given(st.binary(max_size=40), st.sampled_from([b"", b"{", b"<", b"<pnml", b"<a>", b'{"flows":']))
def test_any_bytes_give_a_net_or_findings(noise, lead):
    """So does whatever stands in a file."""
    with pytest.raises(SopflowError):
        nets.read(lead + noise)


# -- XML -------------------------------------------------------------------------------------------------------------

DOOR = '<startEvent id="s"/>\n<endEvent id="e"/>\n'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)

BROKEN_XML = {
    "not well-formed": ("<definitions><a></definitions>", [("SOP450", 1)]),
    "an entity bomb": (BOMB + "]><definitions>&j;</definitions>", [("SOP450", 1)]),
    "an entity from a file": ('<!DOCTYPE x [<!ENTITY a SYSTEM "/etc/passwd">]><pnml>&a;</pnml>', [("SOP450", 1)]),
    "nested too deeply": ("<a>" * 100_000, [("SOP450", 1)]),
    "another vocabulary": ("<html/>", [("SOP450", 1)]),
    "an unknown encoding": (b'<?xml version="1.0" encoding="none"?><pnml/>', [("SOP450", 1)]),
    "no process": ("<definitions/>", [("SOP450", 1)]),
    "two nets": ("<pnml><net/><net/></pnml>", [("SOP450", 1)]),
    "an element that nobody knows": (_bpmn(DOOR + '<subProcess id="x"/>'), [("SOP451", 6)]),
    "an inclusive gateway": (_bpmn(DOOR + '<inclusiveGateway id="x"/>'), [("SOP451", 6)]),
    "a terminating end": (_bpmn('<endEvent id="e"><terminateEventDefinition/></endEvent>'), [("SOP451", 4)]),
    "a condition at a task": (
        _bpmn('<task id="t"/><task id="u"/><sequenceFlow sourceRef="t" targetRef="u"><conditionExpression/>'
            "</sequenceFlow>"),
        [("SOP451", 4)],
    ),
    "an id twice in BPMN": (_bpmn(DOOR + '<task id="s"/>'), [("SOP452", 6)]),
    "a flow to nowhere in BPMN": (_bpmn(DOOR + _flows("s>x")), [("SOP453", 6)]),
    "an arc to nowhere": (_pnml("i>t t>q"), [("SOP453", 8)]),
    "an arc between places": (_pnml("i>p"), [("SOP451", 7)]),
    "an arc twice": (_pnml("i>t i>t"), [("SOP451", 8)]),
    "a marking elsewhere": (
        _pnml("i>t t>q q>u", more='<place id="q"><initialMarking><text>1</text></initialMarking></place>'),
        [("SOP450", 10)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "codes"), BROKEN_XML.values(), ids=BROKEN_XML)
def test_broken_xml_is_told_with_its_place(text, codes):
    """What cannot be read or judged is a finding in its line; no entity is ever expanded."""
    assert _found(text) == codes


def test_a_process_in_bpmn_is_judged():
    """Gateways, tasks and events of a process; what is drawn elsewhere does not matter."""
    nodes = DOOR + '<exclusiveGateway id="x"/><parallelGateway id="y"/><userTask id="t" name="Write"/><task id="u"/>\n'
    text = _bpmn(nodes + "<laneSet/>" + _flows("s>x", "x>t", "x>u", "t>y", "u>y", "y>e"))
    (found,) = nets.check(nets.read(text)).faults
    assert (found.code, found.path, found.place.line) == ("SOP457", "y", 6)
    assert found.trace == ("s", "XOR x → Write")
    assert nets.check(nets.read(text.replace("parallelGateway", "exclusiveGateway"))).sound is True


def test_bpmn_has_gateways_that_are_not_drawn():
    """A task begins for each token that comes, and begins all that follows it; of several starts one begins."""
    both = _bpmn(DOOR + '<task id="t"/><task id="u"/><task id="v"/>' + _flows("s>t", "t>u", "t>v", "u>e", "v>e"))
    assert nets.check(nets.read(both)).sound is False
    either = _bpmn(
        DOOR + '<exclusiveGateway id="t"/><task id="u"/><task id="v"/>' + _flows("s>t", "t>u", "t>v", "u>e", "v>e")
    )
    assert nets.check(nets.read(either)).sound is True
    starts = _bpmn(
        DOOR
        + '<startEvent id="s2"/><endEvent id="e2"/><exclusiveGateway id="x"/>'
        + _flows("s>x", "s2>x", "x>e", "x>e2")
    )
    assert nets.check(nets.read(starts)).sound is True


def test_a_petri_net_is_judged():
    """Free-choice or not: the theorem decides one, looking at its markings the other."""
    assert nets.check(nets.read(_pnml("i>t t>p p>u u>o"))).sound is True
    chooses = _pnml("i>a a>p a>q p>b p>c q>c q>d b>r d>o r>e e>o c>o", places="i p q r o", transitions="a b c d e")
    net = nets.read(chooses)
    assert not nets.is_free_choice(net)
    assert nets.check(net).sound is False
    assert nets.check(net, limit=1).sound is None
    assert [found.code for found in nets.check(net, limit=1).faults] == ["SOP459"]


def test_a_net_that_is_not_free_choice_may_be_sound():
    """A choice that is made by what happened before: all its markings are looked at."""
    text = _pnml(
        "i>a i>b a>p a>x b>p b>y p>t t>q q>c x>c q>d y>d c>o d>o", places="i p x y q o", transitions="a b t c d"
    )
    verdict = nets.check(nets.read(text))
    assert verdict.sound is True
    assert "markings" in verdict.why
    dead = _pnml(
        "i>a a>p a>x p>t t>q q>c x>c q>d y>d c>o d>o i>b b>p b>y b>x", places="i p x y q o", transitions="a b t c d"
    )
    assert nets.check(nets.read(dead)).sound is False


# -- files and the command ---------------------------------------------------------------------------------------------


def test_a_file_that_is_missing_is_not_found(tmp_path):
    """As for definitions; a folder cannot be read."""
    with pytest.raises(NotFound):
        nets.read(tmp_path / "none.json")
    with pytest.raises(UsageError):
        nets.read(tmp_path)


def test_other_files_are_left_to_others(tmp_path):
    """JSON and XML that is no model has no report."""
    for name, text in {
        "a.json": '{"a": 1}',
        "b.xml": "<html/>",
        "c.yaml": "flows: []",
        "d.json": "{",
        "e.sop.json": TEXT,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert nets.report(tmp_path / name) is None


def test_the_command_checks_models(tmp_path):
    """``sopflow check`` tells a model by what is in it: one file, or all in a folder."""
    (tmp_path / "good.json").write_text(TEXT, encoding="utf-8")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    assert CliRunner().invoke(main, ["check", str(tmp_path / "good.json")]).exit_code == 0
    nodes = DOOR + '<parallelGateway id="x"/><exclusiveGateway id="y"/>\n'
    (tmp_path / "bad.bpmn").write_text(_bpmn(nodes + _flows("s>x", "x>y", "x>y", "y>e")), encoding="utf-8")
    told = CliRunner().invoke(main, ["check", str(tmp_path), "--json"])
    assert told.exit_code == 1
    assert [(row["code"], row["line"]) for row in json.loads(told.stdout)] == [("SOP458", 6)]
    told = CliRunner().invoke(main, ["check", str(tmp_path), "--lang", "zh"])
    assert "汇合" in told.stdout
