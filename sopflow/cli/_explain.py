"""``sopflow check --explain CODE``: what a code means, from the catalogue and the rules; checks nothing."""

from __future__ import annotations

from sopflow.analysis import Rule, rules
from sopflow.analysis.reference import page_of, title_of
from sopflow.cli._out import FINE, Out
from sopflow.errors import Finding, UsageError, nearest
from sopflow.errors.catalogue import ENTRIES
from sopflow.errors.show import without_fields


def explained(out: Out, code: str) -> int:
    """Print what ``code`` means, and give the exit code. Raises UsageError where there is no such code."""
    code = code.upper()
    if code not in ENTRIES:
        near = nearest(code, ENTRIES)
        raise UsageError(Finding("SOP659", fields={"name": code, "nearest": near[0] if near else ""}))
    rule = next((rule for rule in rules().known.values() if code in rule.codes), None)
    entry, lang = ENTRIES[code], out.lang
    text, mend = without_fields(entry.text[lang]), without_fields(entry.mend[lang])
    if out.as_json:
        out.json(_as_json(code, rule, text, mend))
        return FINE
    out.line(f"{code} {entry.severity}: {text}", style="bold")
    if mend:
        out.line(f"{out.say('mend: ', '改法：')}{mend}")
    if rule is not None:
        out.line()
        out.line(f"{out.say('Rule: ', '规则：')}{title_of(rule)}")
        out.line(rule.reason)
        for lead, example in (
            (out.say("No finding:", "没有诊断的写法："), rule.valid),
            (f"{code}:", rule.invalid),
        ):
            out.line()
            out.line(lead, style="bold")
            for line in example.rstrip("\n").split("\n"):
                out.line(f"  {line}")
    out.line()
    out.line(page_of(code))
    return FINE


def _as_json(code: str, rule: Rule | None, text: str, mend: str) -> dict[str, object]:
    return {
        "code": code,
        "severity": ENTRIES[code].severity,
        "text": text,
        "mend": mend,
        "rule": rule.name if rule is not None else None,
        "reason": rule.reason if rule is not None else None,
        "valid": rule.valid if rule is not None else None,
        "invalid": rule.invalid if rule is not None else None,
        "page": page_of(code),
    }
