"""The page of all rules, made from the rules themselves; knows Markdown, while the words are the rules'.

To write it anew: ``python -m sopflow.analysis.reference > docs/reference/rules.md``
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from sopflow.analysis._rule import Rule
from sopflow.analysis.rulebook import RULES
from sopflow.errors.catalogue import ENTRIES


def reference(rules: Iterable[Rule] = RULES) -> str:
    """All ``rules`` with their codes, reasons and examples, as a Markdown page."""
    return "\n".join(_lines(tuple(rules))) + "\n"


def _lines(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield (
        "What `sopflow.check` holds a definition to, beyond its being readable. An error stops it from being used, a "
        "warning does not. A finding that is meant is accepted where it stands: `accept: {CODE: REASON}` on the step, "
        "or at the top for the whole SOP. To add a rule of your own: [how](../how-to/add-a-rule.md)."
    )
    yield ""
    yield "| rule | code | |"
    yield "| --- | --- | --- |"
    for rule in rules:
        for code in rule.codes:
            yield f"| [{_title(rule)}](#{rule.name.replace('_', '-')}) | {code} | {ENTRIES[code].severity} |"
    for rule in rules:
        yield from _section(rule)


def _section(rule: Rule) -> Iterator[str]:
    yield ""
    yield f"## {_title(rule)}"
    yield ""
    yield rule.reason
    for lead, text in (("No finding:", rule.valid), (f"{', '.join(rule.codes)}:", rule.invalid)):
        yield ""
        yield lead
        yield ""
        yield "```yaml"
        yield text.rstrip("\n")
        yield "```"


def _title(rule: Rule) -> str:
    return rule.name.replace("_", " ")


if __name__ == "__main__":
    sys.stdout.write(reference())
