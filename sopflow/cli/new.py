"""``sopflow new``: a definition to begin with: a copy of one that exists, or a small one."""

from __future__ import annotations

import re
from pathlib import Path

import click

from sopflow.cli._out import FINE, Out, face

_RESERVED = "SOP132"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_START = """\
sopflow: 1
id: {id}
version: 0.1.0
title: {{en: {title}, zh: {title}}}
languages: [en, zh]
roles:
  writer: {{en: Writer, zh: 撰写人}}
  reviewer: {{en: Reviewer, zh: 审核人}}
data:
  sensitive: {{is: bool, title: {{en: Sensitive, zh: 敏感内容}}}}
steps:
  write:
    task: {{en: Write, zh: 撰写}}
    by: writer
    due: within 3 working days
  is-sensitive:
    decision: {{en: 'Is it sensitive?', zh: 是否敏感}}
    about: sensitive
    by: writer
    yes: review
    no: publish
  review:
    approval: {{en: Review, zh: 审核}}
    by: reviewer
    refused: write
  publish:
    task: {{en: Publish, zh: 发布}}
    by: writer
"""


@click.command("new", short_help="Begin a definition, from another one or from scratch.")
@click.argument("name")
@click.option("--from", "origin", metavar="NAME", help="Copy this definition.  [default: a small example]")
@face
def command(out: Out, name: str, origin: str | None) -> int:
    """Write a new definition to NAME.sop.yaml, to be adapted. NAME may have a folder in front: hr/hire.

    A copy keeps comments and order, and takes along what it needs beside it: sources' facts, included files, texts.
    Nothing that exists is written over.
    """
    from sopflow.errors import Finding, UsageError

    target = Path(name)
    ident = re.sub(r"\.sop(\.ya?ml|\.json)$", "", target.name)
    if not _NAME.fullmatch(ident):
        example = re.sub(r"[^a-z0-9]+", "-", ident.lower()).strip("-0123456789") or "my-procedure"
        raise UsageError(Finding("SOP607", fields={"name": ident, "example": example}))
    _refuse_reserved(ident)
    if origin is None:
        files = {f"{ident}.sop.yaml": _START.format(id=ident, title=ident.replace("-", " ").capitalize())}
    else:
        files = _copies(origin, ident)
    written = _write(target.parent, files)
    if out.as_json:
        out.json({"name": ident, "files": [str(file) for file in written]})
    else:
        for file in written:
            out.line(out.say(f"Written: {file}", f"已写入：{file}"))
        first = written[0]
        out.line(out.say("Next:", "接下来：") + f" sopflow check {first}; sopflow run {first}")
    return FINE


def _refuse_reserved(ident: str) -> None:
    """Raise UsageError for a word of the language: no step may have it as its name, so nothing should."""
    from sopflow import dsl
    from sopflow.errors import DefinitionError, Finding, UsageError

    try:
        dsl.loads(f"sopflow: 1\nid: x\nversion: 1.0.0\ntitle: X\nsteps: {{{ident}: {{task: X}}}}")
    except DefinitionError as error:
        for finding in error.report:
            if finding.code == _RESERVED:
                raise UsageError(Finding(_RESERVED, fields=finding.fields)) from None


def _copies(origin: str, ident: str) -> dict[str, str]:
    """The files of a copy by their names: the definition with its new id, then what stands beside it."""
    from sopflow import bundled
    from sopflow.cli._files import load

    sop = load(origin)
    file = bundled.find(origin)
    assert file is not None  # it was loaded from there
    ending = next((end for end in bundled.ENDINGS if file.name.endswith(end)), ".sop.yaml")
    place = sop.place(("id",))
    assert place is not None  # it came from a file
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    line = lines[place.line - 1]
    quoted = f'"{ident}"' if line[place.column - 1] == '"' else ident
    lines[place.line - 1] = line[: place.column - 1] + quoted + line[place.end_column - 1 :]
    files = {f"{ident}{ending}": "".join(lines)}
    if sop.origin is not None:
        beside = [source.facts for source in sop.sources.values() if source.facts]
        beside += [f"{name}{end}" for name in sop.include for end in bundled.ENDINGS]
        for needed in beside:
            if (sop.origin / needed).is_file():
                files[needed] = (sop.origin / needed).read_text(encoding="utf-8")
        for text in sorted((sop.origin / "texts").glob(f"{sop.id}.*.yaml")):
            files[f"texts/{ident}{text.name.removeprefix(sop.id)}"] = text.read_text(encoding="utf-8")
    return files


def _write(folder: Path, files: dict[str, str]) -> list[Path]:
    """Write files that do not exist. One that does must be the same already, if it is not the definition itself.

    Raises UsageError before anything is written if one is in the way.
    """
    from sopflow.errors import Finding, UsageError

    first = next(iter(files))
    todo: list[Path] = []
    for name, text in files.items():
        file = folder / name
        if not file.exists():
            todo.append(file)
        elif name == first or file.read_text(encoding="utf-8", errors="replace") != text:
            raise UsageError(Finding("SOP608", fields={"file": str(file)}))
    for file in todo:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8", newline="") as stream:
                stream.write(files[file.relative_to(folder).as_posix()])
        except OSError as error:
            fields = {"file": str(file), "reason": error.strerror or type(error).__name__}
            raise UsageError(Finding("SOP609", fields=fields)) from None
    return todo
