"""The catalogue: every code says what it means, twice, and the page of codes says the same."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from sopflow.errors import Finding, Severity
from sopflow.errors.catalogue import ENTRIES, FAMILIES
from sopflow.errors.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "diagnostics.md"


def said_by(template: str) -> set[str]:
    """What a template speaks of: a field that is a phrase has a name per language (``what``, ``what_zh``)."""
    return {re.sub("_(zh|en|text)$", "", name) for name in fields_of(template)}


def is_chinese(template: str) -> bool:
    """Whether the words of a template are Chinese; one of fields alone has no words."""
    words = "".join(text for text, _, _, _ in Formatter().parse(template))
    return bool(re.search("[\u4e00-\u9fff]", words)) or not re.search("[A-Za-z]", words)


def fields_of(template: str) -> set[str]:
    """The names in braces of a template; only plain names are allowed."""
    names = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    assert all(name.isidentifier() for name in names), template
    return names


@pytest.mark.parametrize("code", ENTRIES)
def test_every_code_speaks_both_languages(code: str) -> None:
    """Text in English and Chinese; a mend in both or in neither; the same fields in both languages."""
    entry = ENTRIES[code]
    assert set(entry.text) == set(entry.mend) == {"en", "zh"}
    assert said_by(entry.text["en"]) == said_by(entry.text["zh"])
    assert said_by(entry.mend["en"]) == said_by(entry.mend["zh"])
    assert entry.text["en"].strip()
    assert bool(entry.mend["en"]) == bool(entry.mend["zh"])
    assert is_chinese(entry.text["zh"])
    assert is_chinese(entry.mend["zh"])


@pytest.mark.parametrize("code", ENTRIES)
def test_every_code_can_be_shown(code: str) -> None:
    """A finding with or without its fields has a severity and one line of text in each language."""
    entry = ENTRIES[code]
    named = set().union(*map(fields_of, (*entry.text.values(), *entry.mend.values())))
    for finding in (Finding(code), Finding(code, fields=dict.fromkeys(named, "x"))):
        assert finding.severity in Severity
        for lang in ("en", "zh", "zh-CN"):
            assert "\n" not in finding.text(lang) + finding.mend(lang)


@pytest.mark.parametrize("code", ENTRIES)
def test_quotes_suit_the_language(code: str) -> None:
    """Names stand in ‘…’ in English and in “…” in Chinese."""
    entry = ENTRIES[code]
    assert "‘" not in entry.text["zh"] + entry.mend["zh"]
    assert "“{" not in entry.text["en"] + entry.mend["en"]


def test_codes_are_codes() -> None:
    """A code is ``SOP`` and three digits."""
    assert all(re.fullmatch(r"SOP\d{3}", code) for code in ENTRIES)


def test_an_accepted_finding_is_information() -> None:
    """What its definition accepts stops nothing."""
    assert Finding("SOP021").severity is Severity.ERROR
    assert Finding("SOP021", accepted="as the law demands").severity is Severity.INFO


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_holds_every_code(lang: str) -> None:
    """Each code is one row of a table, each family a heading."""
    page = reference(lang)
    rows = [row for row in page.split("\n") if row.startswith("| SOP")]
    assert [row[2:8] for row in rows] == [code for code in ENTRIES if code in {row[2:8] for row in rows}]
    assert len(rows) == len(ENTRIES)
    assert page.count("\n## ") <= len(FAMILIES)


def test_the_page_in_the_docs_is_the_catalogue() -> None:
    """``docs/reference/diagnostics.md`` says what the catalogue says."""
    mend = "write it anew: python -m sopflow.errors.reference > docs/reference/diagnostics.md"
    assert PAGE.exists(), mend
    assert PAGE.read_text("utf-8") == reference(), mend
