"""Each rule is held to its own examples, and the page of the rules to the rules."""

import re

import pytest

from sopflow.analysis import faults_of, rules
from sopflow.analysis.reference import reference
from sopflow.analysis.rulebook import RULES
from sopflow.errors.catalogue import ENTRIES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_keeps_to_its_examples(rule):
    """The valid example gives no finding, the invalid one gives each of the rule's codes, with its place."""
    assert faults_of(rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_complete(rule):
    """A rule is named as an assertion, has a reason in whole sentences, and codes with a mend in both languages."""
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", rule.name)
    assert rule.reason.endswith(".")
    assert rule.codes
    for code in rule.codes:
        assert ENTRIES[code].mend["en"]
        assert ENTRIES[code].mend["zh"]


def test_one_rule_one_file(repository):
    """Every file of the rulebook holds the rule of its name, and every rule is listed."""
    files = {path.stem for path in (repository / "sopflow/analysis/rulebook").glob("*.py")} - {"__init__"}
    assert files == {rule.name for rule in RULES}


def test_no_two_rules_share_a_code():
    """A code belongs to one rule."""
    codes = [code for rule in RULES for code in rule.codes]
    assert len(codes) == len(set(codes))


def test_the_rules_of_the_house_are_installed():
    """The rules that checks use begin with those of the house, in their order."""
    assert tuple(rules().known.values())[: len(RULES)] == RULES


def test_the_page_of_rules_is_up_to_date(repository):
    """`docs/reference/rules.md` is what the rules say; write it anew with `python -m sopflow.analysis.reference`."""
    page = (repository / "docs/reference/rules.md").read_text(encoding="utf-8")
    assert page == reference()
    assert all(rule.name.replace("_", " ") in page and all(code in page for code in rule.codes) for rule in RULES)


def test_the_guide_to_rules_works(repository):
    """The Python of `docs/how-to/add-a-rule.md` runs, and its test passes."""
    page = (repository / "docs/how-to/add-a-rule.md").read_text(encoding="utf-8")
    names = {}
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(code, names)
    names["test_the_rule_keeps_to_its_examples"]()


def test_a_rule_that_lies_is_told():
    """A rule whose examples do not show what it says is at fault."""
    rule = RULES[0]
    swapped = type(rule)(rule.name, rule.codes, rule.reason, rule.invalid, rule.valid, rule.check)
    assert len(faults_of(swapped)) == 2
    broken = type(rule)(rule.name, rule.codes, rule.reason, "steps: 1", rule.invalid, rule.check)
    assert "cannot be used" in faults_of(broken)[0]
