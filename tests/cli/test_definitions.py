"""From a name to a program: linking by name, in order of nearness, with every finding of all that is called."""

import pytest

from sopflow import definitions
from sopflow.errors import DefinitionError, NotFound, UsageError

CHILD = "sopflow: 1\nid: child\nversion: {version}\ntitle: {title}\nlanguages: [en]\nsteps:\n  a: {{task: A}}\n"


def _parent(call, more=""):
    return (
        f"sopflow: 1\nid: parent\nversion: 1.0.0\ntitle: Parent\nlanguages: [en]\nsteps:\n  c: {{call: {call}{more}}}\n"
    )


def _called(program):
    return program.steps[0].call.program


def test_a_call_is_looked_up_near_first(write, folder):
    """The caller's own folder goes before the folders of the search, these in their order, then the bundled ones."""
    parent = write("own/parent.sop.yaml", _parent("child"))
    write("far/child.sop.yaml", CHILD.format(version="1.0.0", title="Far"))
    write("farther/child.sop.yaml", CHILD.format(version="1.0.0", title="Farther"))
    search = [folder / "far", folder / "farther"]
    sop = definitions.load(parent)
    assert "Far" in _called(definitions.compile(sop, search=search)).title.values()
    write("own/child.sop.yaml", CHILD.format(version="1.0.0", title="Own"))
    assert "Own" in _called(definitions.compile(sop, search=search)).title.values()


def test_a_bundled_definition_can_be_called(write):
    """By its full name or its id."""
    parent = write("parent.sop.yaml", _parent("event-attending-set-up", more=", roles: {}"))
    report = definitions.check(parent)
    assert "SOP209" not in {finding.code for finding in report}


@pytest.mark.parametrize(("wanted", "found"), [("child@1", "1.4.0"), ("child@1.4", "1.4.0"), ("child@2", "2.0.0")])
def test_a_version_is_looked_for_until_one_fits(write, folder, wanted, found):
    """`@1` fits 1.4.0 and not 2.0.0; where the nearest does not fit, the next folder is tried."""
    sop = definitions.load(write("own/parent.sop.yaml", _parent(wanted)))
    write("own/child.sop.yaml", CHILD.format(version="2.0.0", title="Two"))
    write("far/child.sop.yaml", CHILD.format(version="1.4.0", title="One"))
    assert _called(definitions.compile(sop, search=[folder / "far"])).version == found


def test_a_version_that_nobody_has_is_a_finding(write):
    """`@1` is not 10.0.0."""
    sop = definitions.load(write("parent.sop.yaml", _parent("child@1")))
    write("child.sop.yaml", CHILD.format(version="10.0.0", title="Ten"))
    with pytest.raises(DefinitionError, match="SOP209"):
        definitions.compile(sop)


def test_an_unknown_call_brings_the_nearest(write):
    """The names beside the caller count as known."""
    write("child.sop.yaml", CHILD.format(version="1.0.0", title="Child"))
    with pytest.raises(DefinitionError, match="‘child’"):
        definitions.compile(definitions.load(write("parent.sop.yaml", _parent("chlid"))))


def test_a_called_definition_that_is_broken_shows_its_own_findings(write):
    """Not “there is none of that name”: what is wrong, in its own file."""
    write("child.sop.yaml", "sopflow: 1\nid: child\nsteps:\n  a: {task: A, nxt: b}\n")
    report = definitions.check(write("parent.sop.yaml", _parent("child")))
    assert "SOP209" not in {finding.code for finding in report}
    assert {finding.place.file.rpartition("/")[2] for finding in report.errors} == {"child.sop.yaml"}


def test_a_circle_of_calls_is_a_finding(write):
    """It is told, not followed."""
    write("a.sop.yaml", _parent("b").replace("id: parent", "id: a"))
    write("b.sop.yaml", _parent("a").replace("id: parent", "id: b"))
    assert "SOP210" in {finding.code for finding in definitions.check("a.sop.yaml").errors}


def test_check_takes_a_definition_a_path_or_a_name(post):
    """The same report for each; a bundled name too."""
    assert definitions.check(post) == definitions.check(definitions.load(post))
    assert definitions.check("event-attending").ok


def test_check_of_what_cannot_be_read_is_the_report_of_its_findings(write):
    """No exception: every finding of the reading."""
    assert {finding.code for finding in definitions.check(write("x.sop.yaml", "a: [1,\n")).errors} == {"SOP004"}


def test_what_does_not_exist_raises(folder):
    """There is nothing to speak about."""
    for function in (definitions.check, definitions.load):
        with pytest.raises(NotFound):
            function("no-such-sop")
    with pytest.raises(UsageError):
        definitions.load(".")


def test_only_soundness_is_let_pass(write):
    """allow_unsound lets SOP41x pass, and not a name that does not exist."""
    steps = "  a: {task: A, next: b}\n  b: {task: B, next: a}\n"
    head = "sopflow: 1\nid: x\nversion: 1.0.0\ntitle: X\nlanguages: [en]\nsteps:\n"
    loop = definitions.load(write("x.sop.yaml", head + steps))
    with pytest.raises(DefinitionError):
        definitions.compile(loop)
    assert definitions.compile(loop, allow_unsound=True).name.endswith("/x")
    lost = definitions.load(write("y/x.sop.yaml", head + "  a: {task: A, next: nowhere}\n"))
    with pytest.raises(DefinitionError):
        definitions.compile(lost, allow_unsound=True)
