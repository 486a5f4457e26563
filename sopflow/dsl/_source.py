"""From the bytes of a file to text that a parser may see; knows encodings and limits, no notation."""

from __future__ import annotations

import re

from sopflow.errors import Finding, Place

MOST_BYTES = 2 * 1024 * 1024
MOST_NODES = 200_000
MOST_DEPTH = 64
MOST_INTEGER = 2**63 - 1  # CEL's int (google/cel-spec, "Values"): what expressions can compute with

_MOST_LISTED = 20
# All but YAML 1.2.2, production [1] c-printable; also the line ends that YAML 1.1 knew and YAML 1.2 does not
# (U+0085, U+2028, U+2029): parsers disagree about them. The other way round it takes `re` ten times as long to compile.
_UNREADABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?")


def decoded(source: str | bytes, file: str) -> tuple[str, tuple[Finding, ...]]:
    r"""``source`` as text with ``\n`` line ends and no byte order mark.

    With a finding, the file is too large or is not UTF-8; the text is then as much of it as is readable.
    """
    if len(source) > MOST_BYTES or (isinstance(source, str) and _size(source) > MOST_BYTES):
        limit = {"most": f"{MOST_BYTES // 1024**2} MiB"}
        return "", (Finding("SOP035", place=Place(file, 1, 1, 1, 1), fields=limit),)
    findings: tuple[Finding, ...] = ()
    if isinstance(source, bytes):
        try:
            text = source.decode("utf-8")
        except UnicodeDecodeError as error:
            text = _LINE_END.sub("\n", source[: error.start].decode("utf-8"))
            line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
            place = Place(file, line, column, line, column + 1)
            findings = (Finding("SOP032", place=place, fields={"byte": f"0x{source[error.start]:02X}"}),)
    else:
        text = source
    return _LINE_END.sub("\n", text.removeprefix("\ufeff")), findings


def printable(text: str, file: str) -> tuple[str, tuple[Finding, ...]]:
    """``text`` with every control character replaced by U+FFFD, and a finding for each (for the first twenty)."""
    if not _UNREADABLE.search(text):
        return text, ()
    findings = []
    for match in _UNREADABLE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        fields = {"character": f"U+{ord(match[0]):04X}"}
        findings.append(Finding("SOP031", place=Place(file, line, column, line, column + 1), fields=fields))
        if len(findings) == _MOST_LISTED:
            break
    return _UNREADABLE.sub("\ufffd", text), tuple(findings)


def _size(text: str) -> int:
    """Bytes of ``text`` in UTF-8, counted only where it could matter."""
    return len(text.encode("utf-8", "surrogatepass")) if len(text) > MOST_BYTES // 4 else len(text)


def in_order(findings: list[Finding]) -> list[Finding]:
    """``findings`` in the order of their places, each once."""

    def where(finding: Finding) -> tuple[int, int, str]:
        place = finding.place
        return (place.line, place.column, finding.code) if place else (0, 0, finding.code)

    return sorted({(finding.code, finding.place): finding for finding in findings}.values(), key=where)
