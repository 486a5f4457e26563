"""Models from files and texts, whatever their notation."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path

from sopflow.analysis.nets._bpmn import net_of_bpmn
from sopflow.analysis.nets._json import is_model, net_of_json, read_json
from sopflow.analysis.nets._net import Net
from sopflow.analysis.nets._pnml import net_of_pnml
from sopflow.analysis.nets._verdict import check
from sopflow.analysis.nets._xml import read_xml, refusal
from sopflow.dsl import collector_paused
from sopflow.errors import DefinitionError, Finding, NotFound, Report, UsageError

#: What files of models are called.
ENDINGS = (".json", ".pnml", ".bpmn", ".xml")
_XML = (".pnml", ".bpmn")
_HEAD = 4096
_BOM, _SPACE = b"\xef\xbb\xbf", b" \t\r\n"


def read(source: str | bytes | PathLike[str], *, file: str = "<text>") -> Net:
    """The model in a file, or in a text: bytes, or a string that begins with ``{`` or ``<``.

    It is JSON (tasks, gateways, flows), BPMN 2.0 XML or PNML. ``file`` is what findings call a text.

    Raises:
        NotFound, UsageError: there is no such file, or it cannot be read.
        DefinitionError: it is no model that can be judged; the report holds every finding.
    """
    if isinstance(source, bytes):
        raw = source
    elif isinstance(source, str) and source.lstrip("\ufeff \t\r\n")[:1] in ("{", "<"):
        raw = source.encode("utf-8", "surrogatepass")
    else:
        file = fspath(source)
        raw = _content(file)
    with collector_paused():
        return _net(raw, file)


def report(path: str | PathLike[str]) -> Report | None:
    """All that is wrong with the model in the file ``path``; None where it is none, so that others may look at it.

    Raises NotFound and UsageError as :func:`read` does.
    """
    file = fspath(path)
    if not file.lower().endswith(ENDINGS) or file.lower().endswith(".sop.json"):
        return None
    return report_of(_content(file), file=file)


def report_of(text: bytes, *, file: str = "<text>") -> Report | None:
    """The same for a text that findings call ``file``."""
    if not _may_be_model(text, file):
        return None
    try:
        with collector_paused():
            net = _net(text, file)
            return Report.of(net.document.with_sources(check(net).faults))
    except DefinitionError as error:
        return error.report


def _may_be_model(raw: bytes, file: str) -> bool:
    """By its name, or by what stands in it: not all JSON and XML is meant to be one."""
    if file.lower().endswith(_XML):
        return True
    if _is_xml(raw):
        return b"pnml" in raw[:_HEAD] or b"BPMN" in raw[:_HEAD]
    return is_model(read_json(raw, file).data)


def _is_xml(raw: bytes) -> bool:
    start = raw[:4]
    return raw.removeprefix(_BOM).lstrip(_SPACE)[:1] == b"<" or start in (b"\xff\xfe<\x00", b"\xfe\xff\x00<")


def _net(raw: bytes, file: str) -> Net:
    if not (_is_xml(raw) or file.lower().endswith(_XML)):
        document = read_json(raw, file)
        if not document.findings and not is_model(document.data):
            what, what_zh = (
                "it has no ‘flows’ between ‘tasks’ and ‘gateways’",
                "其中没有 “tasks” 与 “gateways” 之间的 “flows”",
            )
            raise refusal(document, 1, 0, what, what_zh)
        return net_of_json(document)
    document, root = read_xml(raw, file)
    match root.tag:
        case "definitions":
            return net_of_bpmn(document, root)
        case "pnml":
            return net_of_pnml(document, root)
        case tag:
            what, what_zh = f"it begins with ‘{tag}’", f"它以 “{tag}” 开头"
            how, how_zh = (
                "BPMN begins with ‘definitions’, PNML with ‘pnml’.",
                "BPMN 以 “definitions” 开头，PNML 以 “pnml” 开头。",
            )
            raise refusal(document, root.line, root.column, what, what_zh, how, how_zh)


def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except FileNotFoundError:
        folder = Path(file).absolute().parent
        raise NotFound(Finding("SOP603", fields={"name": file, "folder": str(folder), "names": "–"})) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(Finding("SOP190", fields={"file": file, "reason": reason})) from None
