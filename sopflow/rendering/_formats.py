"""The formats that there are, each with its writer: loaded when it is asked for, so that none pays for another."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

from sopflow.rendering._drawing import Drawing

Writer = Callable[[Drawing], str | bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: where its writer is (``module:function`` in ``formats``), and whether it gives bytes, not text."""

    where: str
    binary: bool = False

    def writer(self) -> Writer:
        """The function that makes a file's content of a drawing."""
        module, _, name = self.where.partition(":")
        return cast("Writer", getattr(importlib.import_module(f"sopflow.rendering.formats.{module}"), name))


#: By the ending of a file's name.
FORMATS: Mapping[str, Format] = MappingProxyType({
    "svg": Format("_svg:svg"),
    "html": Format("_html:html"),
    "png": Format("_png:png", binary=True),
    "pdf": Format("_pdf:pdf", binary=True),
    "json": Format("_json:geometry"),
    "bpmn": Format("_bpmn:bpmn"),
    "drawio": Format("_drawio:drawio"),
    "puml": Format("_plantuml:plantuml"),
    "mmd": Format("_mermaid:mermaid"),
    "dot": Format("_dot:dot"),
    "md": Format("_handbook:handbook"),
    "txt": Format("_outline:outline"),
})  # fmt: skip
