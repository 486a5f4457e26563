"""What no machine can show, by name: what depends on sizes, a clock or a past that only a run has.

Each is said in English and Chinese, at its step. It reads tables only.
"""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.errors import Problem
from sopflow.expr import Expression
from sopflow.machines._history import countless
from sopflow.machines._parts import explored, expressions, leaves
from sopflow.machines._skeleton import finite
from sopflow.program import Handler, Program, Step

ITEMS = 5  # of a for-each over a literal list

#: What is in the way, in English and Chinese.
What = tuple[str, str]


def uncovered(program: Program) -> Iterator[tuple[Step | None, Problem]]:
    """What a machine cannot show: the step (None: the SOP itself) and a problem that says it."""
    for handler in program.handlers:
        for what in _beyond_handler(program, None, handler):
            yield None, not_covered(program.name, what)
    lasting = _with_a_message(program)
    for step in program.steps:
        for what in _beyond(program, step):
            yield step, not_covered(step.path, what)
        if step.region in lasting:
            for name in _read_of_message(program, step):
                what = (f"it reads ‘{name}’ after that message has come", f"它在消息到达之后仍读取“{name}”")
                yield step, not_covered(step.path, what)


def not_covered(step: str, what: What) -> Problem:
    """The problem that says what is in the way at a step."""
    english, chinese = what
    return Problem("SOP422", fields={"step": step, "what": english, "what_zh": chinese})


def _beyond(program: Program, step: Step) -> Iterator[What]:
    for handler in step.handlers:
        yield from _beyond_handler(program, step, handler)
    if step.holds:
        yield "what it holds (‘holds’) is given by other runs", "它占用的资源（holds）取决于其他运行"
    yield from _beyond_list(step)
    for option in step.wait:
        message = program.messages.get(option.message)
        if message is not None and message.kept:
            yield _kept(option.message)
    yield from _beyond_question(program, step)
    yield from _unreadable(program, explored(step))
    written = [path for path, _ in (*step.set_, *(step.call.set_ if step.call is not None else ()))]
    for path in written:
        if path not in program.fields:
            yield f"it sets ‘{path}’, which is no field of the SOP", f"它设置的“{path}”不是本 SOP 的字段"


def _beyond_handler(program: Program, scope: Step | None, handler: Handler) -> Iterator[What]:
    """Handlers are covered but where a run may have any number of something, or stands at an incident."""
    if handler.on == "error" and not handler.instead:
        yield (
            "beside its handler ‘error’ it stands at an incident (say ‘instead: true’)",
            "处理项“error”执行时它处于异常状态（可写 instead: true）",
        )
    message = program.messages.get(handler.message)
    always_there = scope is None and not handler.match and handler.if_ is None
    if message is not None and message.kept and not always_there:
        yield _kept(handler.message)
    if scope is None:
        yield from _unreadable(program, (handler,))


def _kept(message: str) -> What:
    return f"the message ‘{message}’ is kept (say ‘kept: false’)", f"消息“{message}”会被保留（可写 kept: false）"


def _beyond_list(step: Step) -> Iterator[What]:
    if step.each is None:
        return
    if step.each.until is not None:
        yield "items may be added to it (‘adds-until’)", "它可以增加项（adds-until）"
    if step.each.field:
        yield "it goes through a list that only a run knows", "它遍历的列表在运行时才知道"
    elif len(step.each.items) > ITEMS:
        yield f"it goes through more than {ITEMS} items", f"它遍历的列表超过 {ITEMS} 项"


def _beyond_question(program: Program, step: Step) -> Iterator[What]:
    question = step.question
    if question is None:
        return
    if step.people.seats > 1 and not (question.open or question.about):
        yield "it asks several people for data", "它向多人询问数据"
    if question.table is not None and question.table.hit == "collect":
        yield "a table that collects", "收集多行结果的决策表（collect）"
    if question.about and not _few(program, question.about):
        yield f"it is about ‘{question.about}’, which has too many values", f"“{question.about}”的取值过多"


def _few(program: Program, about: str) -> bool:
    field = program.fields.get(about)
    if field is not None:
        return bool(finite(field))
    return all(path in program.fields and finite(program.fields[path]) for path in program.depends.get(about, (about,)))


def _unreadable(program: Program, parts: tuple[object, ...]) -> Iterator[What]:
    """Expressions that read what a machine on somebody's own object has not: a clock, who did what, when."""
    for name in countless(program, expressions(*parts)):
        english = "the machine has no clock, and remembers no more than outcomes and how often compared with a number"
        chinese = "状态机没有时钟，只记住各步骤的结果及（与数字比较的）次数"
        yield f"it reads ‘{name}’: {english}", f"它读取“{name}”：{chinese}"


def _with_a_message(program: Program) -> frozenset[int]:
    """The regions of handlers that a message begins, and all inside them."""
    handlers = (*program.handlers, *(handler for step in program.steps for handler in step.handlers))
    found = {handler.region for handler in handlers if handler.on == "message"}
    for step in program.steps:  # blocks come before what is inside them
        if step.region in found:
            found.update(region.index for region in program.regions if region.block == step.index)
    return frozenset(found)


def _read_of_message(program: Program, step: Step) -> list[str]:
    read: list[Expression] = list(expressions(*explored(step)))
    names = dict.fromkeys(name for expression in read for name in leaves(program, expression))
    return [name for name in names if name.partition(".")[0] == "message" and name not in program.fields]
