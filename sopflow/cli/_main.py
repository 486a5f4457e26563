"""The command ``sopflow``: finds the command that is called, and sees to it that nothing ends in a traceback.

Knows the names of the commands, nothing of what they do.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import IO, NoReturn

import click

from sopflow import __version__
from sopflow.cli._help import Context, spoken_in
from sopflow.cli._out import LANGUAGES

#: Each is a module of this room that has the command as ``command``.
COMMANDS = ("list", "show", "check", "run", "trace", "plan", "forecast", "render", "new")

_FINE, _FINDINGS, _MISUSE = 0, 1, 2
#: New objects between two looks of the garbage collector; what is imported and read is hardly ever garbage.
_MANY = 50_000


class _Commands(click.Group):
    """The commands, imported when they are called."""

    context_class = Context

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """What a call stands in; it knows the language, also for help, which comes before all other options."""
        return super().make_context(info_name, args, parent, **{"obj": spoken_in(args), **extra})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"sopflow.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        command.context_class = Context
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            mend = f"Did you mean ‘{near[0]}’?" if near else f"Commands: {', '.join(COMMANDS)}."
            ctx.fail(f"There is no command ‘{args[0]}’. {mend}")
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002  # click's signature
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002  # click's signature
        **extra: object,
    ) -> NoReturn:
        """Run the command that ``args`` call, and exit: 0 fine, 1 findings or something refused, 2 misuse."""
        run: Callable[..., object] = super().main
        for name in ("stdin", "stdout", "stderr"):
            if getattr(sys, name) is None:  # closed by whoever called us
                setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        for stream in (sys.stdout, sys.stderr):
            _never_stumble(stream)
        gc.set_threshold(_MANY)

        def call() -> object:
            return run(args, prog_name or "sopflow", complete_var, False, windows_expand_args, **extra)

        sys.exit(_code_of(call))


def _never_stumble(stream: IO[str]) -> None:
    """Let a stream show ``?`` for what its encoding lacks, rather than fail."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")


def _code_of(call: Callable[[], object]) -> int:
    """What the command answers, or what its failure amounts to."""
    try:
        code = call()
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt, EOFError):
        return _FINDINGS
    except BrokenPipeError:
        _close_output()
        return _FINDINGS
    except OSError as error:
        _close_output()
        _tell("SOP609", file=str(error.filename or "stdout"), reason=error.strerror or type(error).__name__)
        return _MISUSE
    except Exception as error:
        if os.environ.get("SOPFLOW_TRACEBACK"):
            raise
        _tell("SOP649", error=f"{type(error).__name__}: {error}")
        return _FINDINGS
    return code if isinstance(code, int) else _FINE


def _close_output() -> None:
    """Nobody reads any more: Python would say so once more when it exits."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


def _tell(code: str, **fields: object) -> None:
    from sopflow.errors import Finding

    finding = Finding(code, fields=fields)
    lang = spoken_in(sys.argv[1:])
    click.echo(f"error {code}: {finding.text(lang)} {finding.mend(lang)}".rstrip(), err=True)


@click.group(
    name="sopflow",
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 findings or something refused, 2 misuse.",
)
@click.version_option(__version__, package_name="sopflow", message="sopflow %(version)s")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="The language of texts, messages and help.  [default: yours]"
)
@click.pass_context
def main(ctx: click.Context, lang: str | None) -> None:
    """Check, show and run standard operating procedures.

    NAME is a definition: a path, or a name such as event-attending, as `sopflow list` shows them.
    """
    if lang is not None:
        ctx.default_map = {name: {"lang": lang} for name in COMMANDS}
