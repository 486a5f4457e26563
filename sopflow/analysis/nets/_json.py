"""Models in JSON: ``{"tasks": [{id, label}], "gateways": [{id, type}], "flows": [{src, tgt}]}``, as jBPT writes them.

A type is XOR or AND. ``events`` are tasks too, labels may be left out, and other keys are passed over. Instead of lists
by kind there may be one of ``nodes``, each with a type (TASK, XOR, AND); flows may also have ``source`` and ``target``,
or ``from`` and ``to``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from sopflow.analysis.nets._net import Kind, Net, Node, net_of
from sopflow.dsl import Document, formats
from sopflow.errors import DefinitionError, Finding, Report, nearest

#: The reader of definitions, which knows where everything stands, reads no more than this many bytes ...
_MOST_WITH_PLACES = 2 * 1024**2
#: ... and nobody reads more than this many.
MOST_BYTES = 32 * 1024**2
_MOST_LISTED = 50
_LISTS = {"tasks": Kind.TASK, "events": Kind.TASK, "gateways": None, "nodes": None}
_SHAPE = '{"tasks": [{"id": "a"}], "gateways": [{"id": "g", "type": "XOR"}], "flows": [{"src": "a", "tgt": "g"}]}'
_GATEWAYS = {"XOR": Kind.XOR, "AND": Kind.AND}
_TYPES = {"TASK": Kind.TASK, "EVENT": Kind.TASK, "START": Kind.TASK, "END": Kind.TASK, **_GATEWAYS}
_ENDS = (("src", "tgt"), ("source", "target"), ("from", "to"))


def is_model(data: object) -> bool:
    """Whether data from a file have the shape of a model, and not that of a definition."""
    return isinstance(data, dict) and "sopflow" not in data and "flows" in data and not _LISTS.keys().isdisjoint(data)


def read_json(text: str | bytes, file: str) -> Document:
    """The document of a file in JSON; its faults are findings of the document."""
    if len(text) <= _MOST_WITH_PLACES:
        return next(known for known in formats() if known.name == "json").read(text, file)
    shown = Document(file, "", {})
    if len(text) > MOST_BYTES:
        most = f"{MOST_BYTES // 1024**2} MiB"
        return Document(file, "", {}, (Finding("SOP035", place=shown.place(), fields={"most": most}),), whole=False)
    try:
        source = text.decode("utf-8") if isinstance(text, bytes) else text
        return Document(file, source, json.loads(source, object_pairs_hook=_with_single_keys))
    except (ValueError, RecursionError) as error:
        fields = {"what": f"its JSON is broken ({error})", "what_zh": f"JSON 有误({error})", "how": "", "how_zh": ""}
        return Document(file, "", {}, (Finding("SOP450", place=shown.place(), fields=fields),), whole=False)


def _with_single_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    data = dict(pairs)
    if len(data) < len(pairs):
        twice = next(key for key, number in Counter(key for key, _ in pairs).items() if number > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return data


def net_of_json(document: Document) -> Net:
    """The net of a model; raises DefinitionError with all that is wrong with its shape."""
    if document.findings or not isinstance(document.data, dict):
        raise DefinitionError(Report.of(document.findings))
    reader = _Reader(document, document.data)
    nodes, flows = reader.nodes(), reader.flows()
    if reader.findings:
        raise DefinitionError(Report.of(document.with_sources(reader.findings[:_MOST_LISTED])))
    return net_of(document, nodes, flows)


class _Reader:
    """Takes the nodes and flows out of one document; ``findings`` are what is wrong with them."""

    def __init__(self, document: Document, data: dict[str, object]) -> None:
        self.findings: list[Finding] = []
        self._document, self._data = document, data
        self._numbers: dict[str, int] = {}

    def nodes(self) -> list[Node]:
        """Every task, event and gateway."""
        found: list[tuple[str, str, Kind, tuple[str | int, ...]]] = []
        for key, kind in _LISTS.items():
            for number, item in self._items(key):
                path = (key, number)
                id_, label = self._text(item, "id", path), self._label(item, path)
                known = kind or self._kind(item, id_, path, _TYPES if key == "nodes" else _GATEWAYS)
                if id_ is None:
                    continue
                if id_ in self._numbers:
                    first = self._document.place(found[self._numbers[id_]][3]).line
                    self._find("SOP452", (*path, "id"), id=id_, line=first)
                self._numbers.setdefault(id_, len(found))
                found.append((id_, label, known, path))
        names = [_name(id_, label, kind) for id_, label, kind, _ in found]
        times = Counter(names)
        return [
            Node(id_, name if times[name] == 1 else f"{name} ({id_})", kind, (*path, "id"))
            for name, (id_, _, kind, path) in zip(names, found, strict=True)
        ]

    def flows(self) -> list[tuple[int, int]]:
        """The flows, as the numbers of their nodes."""
        found = []
        for number, item in self._items("flows"):
            keys = next((keys for keys in _ENDS if not item.keys().isdisjoint(keys)), _ENDS[0])
            ends = [self._end(item, key, ("flows", number)) for key in keys]
            found.append((ends[0], ends[1]))
        return found

    def _end(self, item: dict[str, object], key: str, path: tuple[str | int, ...]) -> int:
        name = self._text(item, key, path)
        if name is None:
            return 0
        if name not in self._numbers:
            close = nearest(name, self._numbers) if len(self.findings) < _MOST_LISTED else []
            self._find("SOP453", (*path, key), name=name, nearest=close[0] if close else "")
        return self._numbers.get(name, 0)

    def _items(self, key: str) -> Iterator[tuple[int, dict[str, object]]]:
        items = self._data.get(key, [])
        if not isinstance(items, list):
            self._malformed((key,), f"‘{key}’ must be a list", f"“{key}” 应为列表")
            return
        for number, item in enumerate(items):
            if isinstance(item, dict):
                yield number, item
            else:
                self._malformed((key, number), f"‘{key}’ holds something without keys", f"“{key}” 中有一项不是键值对")

    def _text(self, item: dict[str, object], key: str, path: tuple[str | int, ...]) -> str | None:
        text = item.get(key)
        if isinstance(text, str) and text:
            return text
        self._malformed((*path, key), f"‘{key}’ must be a text", f"“{key}” 应为文字")
        return None

    def _label(self, item: dict[str, object], path: tuple[str | int, ...]) -> str:
        label = item.get("label")
        if label is not None and not isinstance(label, str):
            self._malformed((*path, "label"), "‘label’ must be a text", "“label” 应为文字")
        return label if isinstance(label, str) else ""

    def _kind(
        self, item: dict[str, object], id_: str | None, path: tuple[str | int, ...], kinds: Mapping[str, Kind]
    ) -> Kind:
        kind = self._text(item, "type", path)
        if kind is not None and kind.upper() not in kinds:
            self._find("SOP451", (*path, "type"), name=id_ or "", kind=kind, known=", ".join(kinds))
        return kinds.get((kind or "").upper(), Kind.XOR)

    def _malformed(self, path: tuple[str | int, ...], what: str, what_zh: str) -> None:
        how, how_zh = f"Write {_SHAPE}.", f"请写成 {_SHAPE}。"
        self._find("SOP450", path, what=what, what_zh=what_zh, how=how, how_zh=how_zh)

    def _find(self, code: str, path: tuple[str | int, ...], **fields: object) -> None:
        if len(self.findings) < _MOST_LISTED:  # to find a place takes time
            where = ".".join(map(str, path))
            self.findings.append(Finding(code, place=self._document.place(path), path=where, fields=fields))


def _name(id_: str, label: str, kind: Kind) -> str:
    return label or id_ if kind is Kind.TASK else f"{kind.value} {label or id_}"
