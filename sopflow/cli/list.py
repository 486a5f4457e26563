"""``sopflow list``: which definitions there are."""

from __future__ import annotations

import click

from sopflow.cli._out import FINE, Out, face


@click.command("list", short_help="Show which definitions there are.")
@click.argument("folder", required=False)
@face
def command(out: Out, folder: str | None) -> int:
    """Show the definitions that come with sopflow, or those in FOLDER and below it; not what these only include."""
    from sopflow import bundled, dsl
    from sopflow.cli._files import definitions_in, is_library
    from sopflow.errors import DefinitionError, UsageError

    found: list[dict[str, object]] = []
    names = bundled.names() if folder is None else definitions_in(folder)
    for name in names:
        entry: dict[str, object] = {"name": name, "title": None, "version": None}
        try:
            sop = bundled.load(name) if folder is None else dsl.load(name)
            entry |= {"name": sop.name, "title": sop.title.get(out.lang, sop.languages), "version": sop.version}
        except DefinitionError:
            file = bundled.find(name)
            if file is not None and is_library(file):
                continue
            entry["faulty"] = True
        except UsageError:
            entry["faulty"] = True
        if folder is not None:
            entry["file"] = str(name)
        found.append(entry)
    if out.as_json:
        out.json(found)
        return FINE
    faulty = out.say("(has errors: see `sopflow check`)", "（有错误：请用 `sopflow check` 查看）")
    head = [out.say("NAME", "名称"), out.say("VERSION", "版本"), out.say("TITLE", "标题")]
    rows = [[str(entry["name"]), str(entry["version"] or "–"), str(entry["title"] or faulty)] for entry in found]
    if folder is not None:
        head.append(out.say("FILE", "文件"))
        rows = [[*row, str(entry["file"])] for row, entry in zip(rows, found, strict=True)]
    out.table(head, rows)
    return FINE
