"""Checking as a whole: places, acceptance, rules from outside."""

from importlib.metadata import EntryPoint

import pytest

from sopflow.analysis import GROUP, Flow, Rule, Rules, check, collect, rules
from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.errors import Severity

GAP = """\
sopflow: 1
id: gap
steps:
  one: {task: One, next: three}
  two: {task: Two}
  three: {task: Three}
"""

GAP_ACCEPTED = GAP.replace("two: {task: Two}", "two: {task: Two, accept: {SOP411: Kept for next year}}")


def codes(report):
    """The codes of a report, in its order."""
    return [finding.code for finding in report]


def test_a_finding_has_its_place_and_its_line():
    """A finding of a rule stands at the key of its step, with the line of text."""
    (finding,) = check(loads(GAP))
    assert (finding.place.line, finding.place.column, finding.path) == (5, 3, "steps.two")
    assert finding.source == "  two: {task: Two}"


def test_the_trace_is_the_shortest_run():
    """A step that cannot finish comes with the way to it, through blocks too."""
    sop = loads(
        """\
sopflow: 1
id: trace
steps:
  begin: {task: Begin}
  check: {approval: Good?, approved: work, refused: end bad}
  work:
    group: Work
    steps:
      dig: {task: Dig}
      fill: {task: Fill, next: dig}
"""
    )
    (finding,) = check(sop)
    assert finding.trace == ("begin → check", "check → work", "work.dig")
    assert finding.fields["loop"] == "work.dig → work.fill → work.dig"


def test_a_compiled_definition_is_judged_as_it_is():
    """What has been compiled is not compiled again, and its findings are part of the report."""
    sop = loads(GAP)
    assert codes(check(lower(sop))) == codes(check(sop)) == ["SOP411"]


def test_without_a_program_only_the_compiler_speaks():
    """Where a name leads nowhere the rules have nothing to judge; an error of the compiler cannot be accepted."""
    sop = loads(GAP.replace("next: three", "next: tree, accept: {SOP201: Never mind}"))
    report = check(sop)
    assert codes(report) == ["SOP201"]
    assert not report.ok


def test_an_accepted_finding_is_listed_and_no_longer_counts():
    """`accept` on the step turns its finding into information, with the reason."""
    (finding,) = report = check(loads(GAP_ACCEPTED))
    assert finding.code == "SOP411"
    assert finding.accepted == "Kept for next year"
    assert finding.severity is Severity.INFO
    assert report.ok


def test_an_sop_may_accept_for_all_its_steps():
    """`accept` at the top counts for every step."""
    report = check(loads(GAP.replace("steps:", "accept: {SOP411: Unfinished}\nsteps:")))
    assert [finding.accepted for finding in report] == ["Unfinished"]


def test_what_one_step_accepts_another_does_not():
    """A reason on one step accepts nothing on another, and is found to be in vain."""
    report = check(loads(GAP.replace("three: {task: Three}", "three: {task: Three, accept: {SOP411: Why}}")))
    assert codes(report) == ["SOP411", "SOP506"]
    assert [finding.accepted for finding in report] == ["", ""]


def test_a_called_definition_is_judged_for_its_way_out():
    """A call of an SOP that may get stuck is found, however deep it is called."""
    texts = {
        "top": "sopflow: 1\nid: top\nsteps: {go: {call: middle}}",
        "middle": "sopflow: 1\nid: middle\nsteps: {go: {call: bottom}}",
        "bottom": "sopflow: 1\nid: bottom\nsteps: {one: {task: One}, two: {task: Two, next: two}}",
    }
    sops = {name: loads(text) for name, text in texts.items()}
    report = check(sops["top"], find=lambda name, caller: sops.get(name))
    assert [(finding.code, finding.fields["called"], finding.fields["inner"]) for finding in report] == [
        ("SOP426", "bottom", "two")
    ]


def test_what_ends_a_scope_from_outside_is_a_way_out():
    """Work that goes round until a day comes is sound: the handler ends it; what follows is reached."""
    report = check(
        loads(
            """\
sopflow: 1
id: until
data: {event: {start: date}}
steps:
  plan: {task: Plan, form: [event.start]}
  warm-up:
    group: Warm up
    on: {event-day: {at: event.start, instead: true, next: execute}}
    steps: {post: {task: Post}, look: {task: Look, next: post}}
  execute: {task: Execute}
"""
        )
    )
    assert codes(report) == []


def test_an_interruption_takes_the_ordinary_way_of_its_scope():
    """`instead` without `next` goes on where the scope would."""
    report = check(
        loads(
            """\
sopflow: 1
id: until
messages: {stop: {}}
steps:
  dig:
    group: Dig
    next: close
    on: {stop: {instead: true, task: Put the tools away}}
    steps: {one: {task: One}, two: {task: Two, next: one}}
  rest: {task: Rest}
  close: {task: Close}
"""
        )
    )
    assert [(finding.code, finding.fields["step"]) for finding in report] == [("SOP411", "rest")]


# -- rules from outside ----------------------------------------------------------------------------------------------


def _rule(check, name="every_step_is_short", codes=("SOP591",)):
    return Rule(name, codes, "Because.", GAP, GAP, check)


def _only(rule):
    return Rules({rule.name: rule}, {})


def point(name, value):
    """An entry point as a package would declare it."""
    return EntryPoint(name, value, GROUP)


def test_a_rule_from_outside_speaks_in_its_own_words():
    """SOP591 says what the rule says, in both languages."""
    rule = _rule(lambda subject: [subject.at_step("SOP591", 0, rule="acme", text="Too long.", text_zh="太长。")])
    (finding,) = check(loads(GAP), by=_only(rule))
    assert finding.text("en") == "acme: Too long."
    assert finding.text("zh") == "acme:太长。"


def test_a_rule_that_raises_is_a_finding():
    """Whatever a rule raises, the check goes on and says so."""

    def fail(subject):
        raise RuntimeError("no network")

    report = check(loads(GAP), by=Rules({"acme": _rule(fail, "acme"), **rules().known}, {}))
    assert codes(report) == ["SOP592", "SOP411"]
    assert "RuntimeError: no network" in report.findings[0].text()


@pytest.mark.parametrize("given", [["words"], None, 3])
def test_a_rule_that_gives_no_findings_is_a_finding(given):
    """A rule must give findings, and nothing else."""
    assert codes(check(loads(GAP), by=_only(_rule(lambda subject: given)))) == ["SOP592"]


def test_a_rule_may_give_only_its_own_codes():
    """A finding of another code is a fault of the rule."""
    rule = _rule(lambda subject: [subject.at_step("SOP411", 0)])
    assert codes(check(loads(GAP), by=_only(rule))) == ["SOP592"]


def test_a_bad_plug_in_hurts_no_other():
    """One that cannot be imported, is no rule, or takes a name, is told in each report, and the others work."""
    found = collect(
        [
            point("gone", "no_such_package:RULE"),
            point("text", "sopflow.analysis:GROUP"),
            point("taken", "sopflow.analysis.rulebook.every_role_is_used:RULE"),
        ]
    )
    assert set(found.broken) == {"gone", "text", "taken"}
    assert found.known.keys() == rules().known.keys()
    report = check(loads(GAP), by=found)
    assert codes(report) == ["SOP592", "SOP592", "SOP592", "SOP411"]
    assert report.ok is False
    assert "no_such_package" in " ".join(finding.text() for finding in report)


# -- size ------------------------------------------------------------------------------------------------------------


def test_deep_nesting_and_long_lists_need_no_recursion():
    """Twenty blocks inside each other, and a list of two thousand steps that all jump, are judged as one circle."""
    inside = "{task: Work}"
    for depth in range(20):
        inside = f"{{group: G, steps: {{s{depth}: {inside}}}}}"
    jumps = "\n".join(f"  t{n}: {{approval: T, refused: t{max(0, n - 7)}}}" for n in range(2000))
    sop = loads(f"sopflow: 1\nid: large\nsteps:\n  deep: {inside}\n{jumps}\n")
    compiled = lower(sop)
    assert codes(check(compiled)) == ["SOP522"]
    assert len(Flow(compiled.program).live) == 21
