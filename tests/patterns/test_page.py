"""The patterns, their definitions, their tests and their page belong together."""

import pytest
from patterns import FOLDER, NUMBERS, REFUSED, SHOULD, WITHOUT_OBJECT, patterns, written_tests
from reference import reference

import sopflow

PATTERNS = list(patterns())


def test_every_pattern_is_spoken_of():
    """Each of the 43 is there with a definition, or it is said why there can be none."""
    assert sorted([pattern.number for pattern in PATTERNS] + list(WITHOUT_OBJECT)) == list(NUMBERS)
    assert {pattern.number for pattern in PATTERNS} >= SHOULD | REFUSED


def test_every_pattern_has_one_definition_and_one_test():
    """No definition and no test of a pattern is without the other, and there is no second one."""
    definitions = [int(file.name[4:6]) for file in FOLDER.glob("wcp-*.sop.yaml")]
    tests = [int(number) for _, _, number in written_tests()]
    assert sorted(definitions) == sorted(tests) == [pattern.number for pattern in PATTERNS]


@pytest.mark.parametrize(
    "pattern",
    [pytest.param(pattern, id=str(pattern.number)) for pattern in PATTERNS if pattern.rank != "refused"],
)
def test_a_definition_has_no_findings(pattern):
    """What shows how a pattern is written is written well."""
    assert [finding.text() for finding in sopflow.check(pattern.file)] == []


def test_the_page_is_what_the_definitions_say(repository):
    """The page is made from the heads of the definitions."""
    assert (repository / "docs" / "reference" / "patterns.md").read_text(encoding="utf-8") == reference()


def test_the_links_of_the_page_lead_somewhere(repository):
    """Each definition and each test that the page names is a file."""
    folder = repository / "docs" / "reference"
    for pattern in PATTERNS:
        for path in (pattern.file, pattern.module):
            assert (folder / "../../tests/patterns" / path.name).resolve() == path.resolve()
