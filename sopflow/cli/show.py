"""``sopflow show``: a definition as an outline for people."""

from __future__ import annotations

import click

from sopflow.cli._out import FINE, Out, face, search_option


@click.command("show", short_help="Show a definition as an outline.")
@click.argument("name")
@search_option
@face
def command(out: Out, name: str, search: tuple[str, ...]) -> int:
    """Show what a definition says: roles, parameters, data, and its steps in order.

    With --json: the definition itself, in its JSON notation.
    """
    import json

    from sopflow import dsl
    from sopflow.cli._files import load
    from sopflow.cli._outline import outline

    sop = load(name, search)
    if out.as_json:
        out.json(json.loads(dsl.dump(sop, "json")))
        return FINE
    for text, style in outline(sop, out.lang):
        out.line(text, style=style)
    return FINE
