"""What a project says, read from its file, and what findings are worth by it; knows codes, no definition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from os.path import relpath
from pathlib import Path

from sopflow.analysis._door import rules
from sopflow.analysis.project._toml import Path as PathInToml
from sopflow.analysis.project._toml import Toml
from sopflow.errors import Finding, Report, Severity, nearest
from sopflow.errors.catalogue import ENTRIES

OFF = "off"
_RANK = {OFF: 0, "info": 1, "warning": 2, "error": 3}
#: Codes that a check gives lie below it; those between the other two are of `sopflow trace`.
_OF_USE, _OF_TRACES, _AFTER_TRACES = "SOP600", "SOP511", "SOP516"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a finding is worth in a project (``severity`` None: it is not shown), and why."""

    severity: Severity | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """What the file of a project says.

    ``rules`` are its settings by code; ``paths`` those for some definitions only, by patterns, of which the last that
    fits counts. ``search`` are folders in which definitions are looked up, ``strict`` whether warnings stop a check.
    ``findings`` tell what is wrong in the file.
    """

    file: str
    rules: Mapping[str, Setting] = field(default_factory=dict)
    paths: tuple[tuple[tuple[str, ...], Mapping[str, Setting]], ...] = ()
    search: tuple[str, ...] = ()
    strict: bool = False
    findings: tuple[Finding, ...] = ()

    def applied(self, report: Report) -> Report:
        """``report`` with the severities of this project, less what it turned off."""
        if not self.rules and not self.paths:
            return report
        return Report(tuple(one for finding in report for one in self._worth(finding)))

    def setting(self, code: str, file: str = "") -> Setting | None:
        """What the project says of ``code`` in the definition ``file``; None where it says nothing."""
        shown = relpath(file, Path(self.file).absolute().parent).replace("\\", "/") if file and self.paths else ""
        for patterns, settings in reversed(self.paths):
            if shown and code in settings and any(_fits(shown, pattern) for pattern in patterns):
                return settings[code]
        return self.rules.get(code)

    def _worth(self, finding: Finding) -> Iterator[Finding]:
        setting = self.setting(finding.code, finding.place.file if finding.place is not None else "")
        if setting is None:
            yield finding
        elif setting.severity is not None:
            yield replace(finding, configured=setting.severity)


def project_of(toml: Toml, section: PathInToml) -> Project:
    """The project that ``toml`` describes, in its table ``section``."""
    return _Reader(toml, section).project()


def _fits(path: str, pattern: str) -> bool:
    return _pattern(pattern).fullmatch(path) is not None


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """``*`` is any part of a name, ``**`` any folders; a folder means all that is in it."""
    whole = pattern.removeprefix("./")
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    signs = re.split(r"(\*\*/|\*\*|\*|\?)", whole.rstrip("/"))
    inside = "/.*" if whole.endswith("/") else "(?:/.*)?"
    return re.compile("".join(parts.get(sign) or re.escape(sign) for sign in signs) + inside, re.DOTALL)


def _may_be_found(code: str) -> bool:
    """Whether a check of definitions may give ``code``."""
    return code < _OF_USE and not _OF_TRACES <= code < _AFTER_TRACES


def _is_needed(code: str) -> bool:
    """Whether the finding leaves nothing to run: an error that no rule gives."""
    return ENTRIES[code].severity == "error" and not any(code in rule.codes for rule in rules().known.values())


class _Reader:
    """One file being read; what is wrong gathers, so that all is told at once."""

    def __init__(self, toml: Toml, section: PathInToml) -> None:
        self.toml = toml
        self.section = section
        self.findings = list(toml.findings)

    def project(self) -> Project:
        data: object = self.toml.data
        for part in self.section:
            data = data.get(part, {}) if isinstance(data, dict) else {}
        top = self.table(data, self.section, ("check",))
        path = (*self.section, "check")
        check = self.table(top.get("check", {}), path, ("paths", "rules", "search", "strict"))
        strict = check.get("strict", False)
        if not isinstance(strict, bool):
            self.wrong((*path, "strict"), "true or false", "true 或 false")
        folder = Path(self.toml.file).parent
        return Project(
            file=self.toml.file,
            rules=self.rules(check.get("rules", {}), (*path, "rules")),
            paths=tuple(self.overrides(check.get("paths", []), (*path, "paths"))),
            search=tuple(str(folder / name) for name in self.texts(check.get("search", []), (*path, "search"))),
            strict=strict is True,
            findings=tuple(self.findings),
        )

    def overrides(self, written: object, path: PathInToml) -> Iterator[tuple[tuple[str, ...], Mapping[str, Setting]]]:
        """``[[check.paths]]``: settings for the definitions that fit patterns."""
        if not isinstance(written, list):
            self.wrong(path, "a list of tables, each begun with [[check.paths]]", "以 [[check.paths]] 开头的表格列表")
            return
        for number, entry in enumerate(written):
            here = (*path, number)
            table = self.table(entry, here, ("files", "rules"))
            if "files" not in table:
                self.tell("SOP654", here, name="files", wanted="a list of patterns", wanted_zh="模式列表", key=True)
            patterns = self.texts(table.get("files", []), (*here, "files"))
            yield patterns, self.rules(table.get("rules", {}), (*here, "rules"))

    def rules(self, written: object, path: PathInToml) -> dict[str, Setting]:
        """Settings by code."""
        found = {}
        for code, value in self.table(written, path, None).items():
            here = (*path, code)
            if code not in ENTRIES or not _may_be_found(code):
                near = nearest(code, (known for known in ENTRIES if _may_be_found(known)))
                self.tell("SOP655", here, key=True, name=code, nearest=near[0] if near else "")
                continue
            setting = self.setting(code, value, here)
            if setting is not None:
                found[code] = setting
        return found

    def setting(self, code: str, value: object, path: PathInToml) -> Setting | None:
        """``"warning"``, or ``{severity = "off", reason = "…"}``; None after a finding."""
        reason: object = ""
        word, at = value, path
        if isinstance(value, dict):
            table = self.table(value, path, ("reason", "severity"))
            word, reason, at = table.get("severity", ""), table.get("reason", ""), (*path, "severity")
        if not isinstance(word, str) or word not in _RANK:
            self.tell("SOP656", at, value=word if isinstance(word, str) else "", known=", ".join(_RANK))
            return None
        if not isinstance(reason, str):
            self.wrong((*path, "reason"), "a text", "文字")
            return None
        usual = ENTRIES[code].severity
        if _RANK[word] < _RANK[usual]:
            if _is_needed(code):
                self.tell("SOP658", at, name=code)
                return None
            if not any(sign.isalpha() for sign in reason):
                self.tell("SOP657", at, name=code, usual=usual, severity=word)
                return None
        return Setting(None if word == OFF else Severity(word), reason)

    def table(self, written: object, path: PathInToml, known: tuple[str, ...] | None) -> dict[str, object]:
        """A table, whose keys are among ``known`` (None: any)."""
        if not isinstance(written, dict):
            self.wrong(path, "a table", "表格")
            return {}
        for name in written if known is not None else ():
            if name not in known:  # type: ignore[operator]  # it is not None here
                near = nearest(name, known or ())
                names = {"nearest": near[0] if near else "", "known": ", ".join(known or ())}
                self.tell("SOP653", (*path, name), key=True, name=name, **names)
        return written

    def texts(self, written: object, path: PathInToml) -> tuple[str, ...]:
        if not isinstance(written, list) or not all(isinstance(one, str) and one for one in written):
            self.wrong(path, "a list of texts", "文字列表")
            return ()
        return tuple(written)

    def wrong(self, path: PathInToml, wanted: str, wanted_zh: str) -> None:
        name = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
        self.tell("SOP654", path, name=name, wanted=wanted, wanted_zh=wanted_zh)

    def tell(self, code: str, path: PathInToml, *, key: bool = False, **fields: object) -> None:
        place = self.toml.place(path, key=key)
        source = self.toml.text.split("\n")[place.line - 1]
        self.findings.append(Finding(code, place=place, path=".".join(map(str, path)), fields=fields, source=source))
