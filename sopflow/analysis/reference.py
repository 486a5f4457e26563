"""What the rules say, as Markdown: the page of all of them, and the help of one code for those who show findings.

Knows Markdown, while the words are the rules'. To write the page anew:
``python -m sopflow.analysis.reference > docs/reference/rules.md``
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

from sopflow.analysis._door import rules
from sopflow.analysis._rule import Rule
from sopflow.analysis.rulebook import RULES
from sopflow.errors.catalogue import ENTRIES
from sopflow.errors.show import Help, without_fields

_WHAT = (
    "What `sopflow check` and `sopflow.check` hold a definition to, beyond its being readable. An error stops it from "
    "being used, a warning does not. To add a rule of your own: [how](../how-to/add-a-rule.md)."
)
_MEANT = (
    "A finding that is meant is accepted where it stands, with the reason: `accept: {CODE: REASON}` on the step, or at "
    "the top for the whole SOP. It is then listed as accepted and no longer counts. What a whole project sees "
    'otherwise, it says [in its settings](configuration.md): `SOP502 = {severity = "off", reason = "…"}`. '
    "`sopflow check --explain CODE` shows on the terminal what stands here."
)


def reference(shown: Iterable[Rule] = RULES) -> str:
    """All rules with their codes, reasons and examples, as a Markdown page."""
    return "\n".join(_lines(tuple(shown))) + "\n"


def title_of(rule: Rule) -> str:
    """What a rule is called: its name in words."""
    return rule.name.replace("_", " ")


def page_of(code: str) -> str:
    """Where the docs speak of a code: ``docs/reference/rules.md#every-role-is-used``."""
    rule = _rule_of(code)
    return f"docs/reference/rules.md#{_anchor(rule)}" if rule is not None else "docs/reference/diagnostics.md"


def help_of(code: str) -> Help:
    """What is shown beside findings of a code: the name of its rule, the reason, examples, and a link."""
    rule, entry, uri = _rule_of(code), ENTRIES[code], _docs()
    lines = [without_fields(entry.text["en"]), "", without_fields(entry.mend["en"])]
    if rule is not None:
        lines = [*_section(rule, codes=(code,))][3:]
    return Help(
        name=rule.name if rule is not None else "",
        reason=rule.reason if rule is not None else "",
        markdown="\n".join(lines).strip(),
        uri=f"{uri}/{page_of(code).removeprefix('docs/')}" if uri else "",
    )


def _rule_of(code: str) -> Rule | None:
    return next((rule for rule in rules().known.values() if code in rule.codes), None)


@cache
def _docs() -> str:
    """Where the docs are on the web, as the package says of itself; empty if it does not."""
    try:
        urls: list[str] = metadata("sopflow").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    label = "Documentation, "
    return next((url.removeprefix(label).rstrip("/") for url in urls if url.startswith(label)), "")


def _lines(shown: tuple[Rule, ...]) -> Iterator[str]:
    yield from ("# Rules", "", _WHAT, "", _MEANT, "")
    yield "| rule | code | |"
    yield "| --- | --- | --- |"
    for rule in shown:
        for code in rule.codes:
            yield f"| [{title_of(rule)}](#{_anchor(rule)}) | {code} | {ENTRIES[code].severity} |"
    for rule in shown:
        yield from _section(rule, codes=rule.codes)


def _section(rule: Rule, *, codes: tuple[str, ...]) -> Iterator[str]:
    yield ""
    yield f"## {title_of(rule)}"
    yield ""
    yield rule.reason
    for code in codes:
        yield ""
        entry = ENTRIES[code]
        yield f"**{code}**, {entry.severity}: {_said(entry.text['en'])} {_said(entry.mend['en'])}"
    for lead, text in (("No finding:", rule.valid), (f"{', '.join(rule.codes)}:", rule.invalid)):
        yield ""
        yield lead
        yield ""
        yield "```yaml"
        yield text.rstrip("\n")
        yield "```"


def _said(template: str) -> str:
    """A text of the catalogue as Markdown."""
    return "".join(f"\\{sign}" if sign in "\\|*_`<>[]" else sign for sign in without_fields(template))


def _anchor(rule: Rule) -> str:
    return rule.name.replace("_", "-")


if __name__ == "__main__":
    sys.stdout.write(reference())
