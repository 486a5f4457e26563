"""Questions to a person at a terminal, each with what may be answered; a wrong answer is told why and asked again.

Knows terminals and fields, no runs. ``?`` at any question shows help, ``q`` leaves it (:class:`Left`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

import click

from sopflow.cli._out import Out, clean
from sopflow.cli._typed import NO, YES, the_one, typed
from sopflow.errors import Problem
from sopflow.values import Field, write


class Left(Exception):
    """The person left the question; nothing has been done."""


def prompt(out: Out, text: str, default: str = "") -> str:
    """One line of input; Enter gives ``default``. Raises EOFError at the end of input, KeyboardInterrupt on Ctrl-C."""
    shown = f" [{default}]" if default else ""
    try:
        answer = click.prompt(
            clean(f"{text}{shown}"), default="", show_default=False, prompt_suffix=": " if text != ">" else " "
        )
    except click.Abort as abort:  # click makes one of both
        raise abort.__cause__ or abort.__context__ or EOFError from None
    return str(answer).strip() or default


def ask(out: Out, text: str, default: str = "", *, help: str = "") -> str:
    """One line; ``?`` shows ``help``, ``q`` leaves."""
    while True:
        answer = prompt(out, text, default)
        if answer == "q":
            raise Left
        if answer != "?":
            return answer
        plain = out.say("Enter takes what stands in brackets; q goes back.", "回车采用方括号中的内容；q 返回。")
        out.line(help or plain, style="dim")


def choose(out: Out, text: str, options: Sequence[str], *, titles: Sequence[str] = (), default: str = "") -> str:
    """One of ``options``, by its number, its name or a unique beginning of that."""
    for number, option in enumerate(options, 1):
        title = titles[number - 1] if titles else ""
        out.line(f"  {number}  {option}" + (f"  {title}" if title and title != option else ""))
    while True:
        answer = ask(out, text, default)
        if answer.isdigit() and 1 <= int(answer) <= len(options):
            return options[int(answer) - 1]
        if (found := the_one(answer, options) or the_one_titled(answer, options, titles)) is not None:
            return found
        wanted = ", ".join(options)
        out.line(out.say(f"Not one of these: {wanted}", f"不在可选范围内：{wanted}"), style="red")


def the_one_titled(answer: str, options: Sequence[str], titles: Sequence[str]) -> str | None:
    """The option whose title ``answer`` is, or begins."""
    found = the_one(answer, titles)
    return options[list(titles).index(found)] if found is not None else None


def yes_or_no(out: Out, text: str, default: str = "") -> bool:
    """A question with two answers."""
    while True:
        answer = ask(out, f"{text} ({out.say('yes/no', '是/否')})", default).lower()
        if answer in YES | NO:
            return answer in YES
        out.line(out.say("Please say yes or no.", "请回答“是”或“否”。"), style="red")


def ask_value(  # the parts of one question
    out: Out, field: Field, zone: tzinfo, *, text: str = "", known: object = None, may_stay_empty: bool = False
) -> object:
    """A value of the field; None where it may stay empty and does."""
    default = "" if known is None else _written(known)
    if field.is_ == "bool" and not may_stay_empty:
        words = {"true": out.say("yes", "是"), "false": out.say("no", "否")}
        return yes_or_no(out, text or field.path, words.get(default, ""))
    if field.is_ == "enum" and not may_stay_empty:
        return choose(out, text or field.path, field.values, default=default)
    kind = field.type_name + (f" {field.unit}" if field.unit else "")
    empty = out.say(", may stay empty", ",可留空") if may_stay_empty else ""
    while True:
        answer = ask(out, f"{text or field.path} ({kind}{empty})", default)
        if not answer:
            if may_stay_empty:
                return None
            out.line(out.say("This is needed.", "此项必填。"), style="red")
            continue
        value = known if answer == default and known is not None else typed(field, answer, zone)
        if not isinstance(value, Problem):
            return value
        finding = value.at(None)
        out.line(f"{finding.text(out.lang)} {finding.mend(out.lang)}".rstrip(), style="red")


def _written(value: object) -> str:
    plain = write(value)
    match plain:
        case bool():
            return "true" if plain else "false"
        case list():
            return ", ".join(str(one) for one in plain)
        case _:
            return str(plain)


def tick(out: Out, items: Sequence[str]) -> list[int]:
    """Which lines of a checklist are done: numbers, or Enter for all of them."""
    for number, item in enumerate(items, 1):
        out.line(f"  [ ] {number}  {item}")
    everything = out.say("all", "全部")
    while True:
        answer = ask(
            out,
            out.say("Which are done?", "哪些已完成？"),
            everything,
            help=out.say("Numbers with spaces between them, or Enter for all.", "输入编号并以空格分隔；回车表示全部。"),
        )
        if answer in (everything, "all"):
            return list(range(1, len(items) + 1))
        numbers = answer.replace(",", " ").split()
        if all(number.isdigit() and 1 <= int(number) <= len(items) for number in numbers):
            return sorted({int(number) for number in numbers})
        out.line(out.say(f"Numbers from 1 to {len(items)}, please.", f"请输入 1 到 {len(items)} 的编号。"), style="red")


def ask_fields(out: Out, fields: Mapping[str, Field], zone: tzinfo) -> dict[str, object]:
    """A value for each field; those left empty are left out."""
    answers = {name: ask_value(out, field, zone, text=name, may_stay_empty=True) for name, field in fields.items()}
    return {name: value for name, value in answers.items() if value is not None}
