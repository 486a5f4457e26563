"""Small definitions that must pass without a finding, and small definitions of the classic faults."""

import re
from pathlib import Path

import pytest

from sopflow import bundled, definitions, dsl
from sopflow.analysis import check

CORPUS = Path(__file__).parent.parent / "corpus"


def _files(folder):
    return sorted((CORPUS / folder).glob("*.sop.yaml"))


def _name(file):
    return file.name.removesuffix(".sop.yaml")


def _first_line(file):
    return file.read_text(encoding="utf-8").split("\n", 1)[0]


def _told(sop):
    """The codes of all findings but the accepted ones, each with its text."""
    return {finding.code: finding.text() for finding in check(sop) if not finding.accepted}


@pytest.mark.parametrize("file", _files("sound"), ids=_name)
def test_a_sound_definition_has_no_finding(file):
    """What its first line describes is ordinary, and passes every rule."""
    assert _first_line(file).startswith("# ")
    assert _told(dsl.load(file)) == {}


@pytest.mark.parametrize("file", _files("unsound"), ids=_name)
def test_a_fault_is_found(file):
    """The first line of a broken definition names what is found, and nothing else is."""
    wanted = re.match(r"# ((?:SOP\d{3} ?)+): \S", _first_line(file))
    assert wanted
    assert set(_told(dsl.load(file))) == set(wanted[1].split())


def test_the_corpus_is_there():
    """Both folders are full."""
    assert len(_files("sound")) >= 15
    assert len(_files("unsound")) >= 15


@pytest.mark.parametrize("name", bundled.names())
def test_the_bundled_definitions_have_no_finding(name):
    """What we deliver passes our own rules."""
    assert [finding.text() for finding in definitions.check(name) if not finding.accepted] == []
