"""A run played with a person at a terminal: what is open, who does it, what is answered, and commands beside it.

Knows terminals and runs. The clock is the run's own: it stands still until the person lets time pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sopflow.cli._ask import Left, ask, ask_fields, ask_value, choose, prompt, tick
from sopflow.cli._out import FINE, Out
from sopflow.cli._script import advance
from sopflow.cli._story import Story
from sopflow.cli._typed import structure, the_one, typed
from sopflow.cli._when import when
from sopflow.errors import Problem, Refused
from sopflow.runtime import Run, WorkItem

_HELP = {
    "en": """\
  Enter           do the first of the open work (or, if nothing is open, let time pass until something is)
  3, sign-off     do the one with that number, or of that step
  why STEP        why a step stands as it does; why-not STEP: why it cannot be done now
  enabled WHO     what a role or a person may do now
  claim STEP      take a step for oneself; release STEP: give it back
  wait 3 days     let time pass: also 4 hours, 5 working days, 2026-09-10, 2026-09-10T09:00
  set FIELD=VALUE say or correct a value;  data: what is known
  message NAME    let a message come
  add STEP ITEM   one item more for a list;  drop STEP ITEM: one less;  close-list STEP: no more will come
  skip STEP       pass over a step;  cancel STEP: call it off;  cancel: call the run off
  retry STEP      try again;  fail STEP: say that its handler failed;  suspend, resume
  history         what has happened so far
  q               leave; nothing is kept""",
    "zh": """\
  回车            办理第一项待办（没有待办时，让时间前进到下一时刻）
  3、sign-off     办理该编号或该步骤
  why STEP        步骤为何处于当前状态；why-not STEP：为何现在不能办理
  enabled WHO     某角色或人员现在可以办理的事项
  claim STEP      认领步骤；release STEP：退回
  wait 3 days     让时间前进：也可写 4 hours、5 working days、2026-09-10、2026-09-10T09:00
  set FIELD=VALUE 填写或更正数据；data：查看已知数据
  message NAME    收到一条消息
  add STEP ITEM   给列表增加条目；drop STEP ITEM：移除条目；close-list STEP：不再增加
  skip STEP       跳过步骤；cancel STEP：取消步骤；cancel：取消整个运行
  retry STEP      重试；fail STEP：说明处理程序失败；suspend、resume：暂停、恢复
  history         到目前为止发生的事
  q               退出；不保存任何内容""",
}


class Session:
    """One sitting."""

    def __init__(self, out: Out, run: Run, story: Story, *, titles: Mapping[str, str]) -> None:
        self.out = out
        self.run = run
        self.story = story
        self.titles = titles
        self._me: dict[str, str] = {}
        self._commands: Mapping[str, Callable[[str], None]] = {
            "?": self._help, "help": self._help, "why": self._why, "why-not": self._why_not, "wait": self._wait,
            "set": self._set, "data": self._data, "message": self._message, "skip": self._skip,
            "cancel": self._cancel, "retry": self._retry, "history": self._history, "enabled": self._enabled,
            "claim": self._claim, "release": self._release, "add": self._add, "drop": self._drop,
            "close-list": self._close_list, "fail": self._fail, "suspend": self._suspend, "resume": self._resume,
        }  # fmt: skip

    def go(self) -> int:
        """Play until the run is over or the person leaves."""
        out, run = self.out, self.run
        title = run.program.text(run.program.title, out.lang)
        out.line(f"{title} · {run.program.name} {run.program.version}", style="bold")
        out.line(out.say("? shows what you can say, q leaves.", "? 显示可用的命令，q 退出。"), style="dim")
        self.story.go_on()
        try:
            self._sit()
        except (EOFError, KeyboardInterrupt):
            out.line()
        self.story.state()
        return FINE

    def _sit(self) -> None:
        shown = None
        while not self.run.finished:
            state = len(self.run.history)
            if shown != state:
                self.out.line()
                self.story.open_work(numbered=True)
                shown = state
            said = prompt(self.out, ">")
            if said == "q":
                return
            try:
                self._do(said)
            except (Left, KeyboardInterrupt):
                self.out.line(self.out.say("Nothing has been done.", "未做任何更改。"), style="dim")
            except Refused as refused:
                lang = self.out.lang
                self.out.line(f"{refused.finding.text(lang)} {refused.finding.mend(lang)}".rstrip(), style="red")
                self._me.clear()  # who was refused may be somebody else next time
            self.story.go_on()

    def _do(self, said: str) -> None:
        word, _, rest = said.partition(" ")
        command = self._commands.get(word.lower())
        if command is not None:
            command(rest.strip())
        elif not said:
            self._next()
        elif (item := self._item(said)) is not None:
            self._work(item)
        else:
            known = ", ".join(self._commands)
            self.out.line(self.out.say(f"‘{said}’ is no open step and no command ({known}).",
                                       f"“{said}”既不是待办步骤，也不是命令({known})。"), style="red")  # fmt: skip

    def _item(self, said: str) -> WorkItem | None:
        """The open work that a number, a step or the beginning of one means."""
        items = self.run.open
        if said.isdigit() and 1 <= int(said) <= len(items):
            return items[int(said) - 1]
        step = the_one(said, [item.step for item in items])
        return next((item for item in items if item.step == step), None)

    def _next(self) -> None:
        """The first of the open work; else time passes until something happens."""
        if self.run.open:
            self._work(self.run.open[0])
            return
        times = [item.until for item in self.run.waiting if item.until is not None]
        if times:
            self.run.advance(to=min(times))
        else:
            self.out.line(self.out.say("It waits for something that only a message or data can bring: see ?",
                                       "正在等待消息或数据：请看 ?"), style="yellow")  # fmt: skip

    # -- doing what is open ------------------------------------------------------------------------------------------

    def _work(self, item: WorkItem) -> None:
        out = self.out
        due = f" · {out.say('due', '期限')} {self.story.due(item.due)}" if item.due is not None else ""
        out.line(f"{item.text(out.lang)}{due}", style="bold")
        if item.phase == "incident":
            self._tell(self.run.why_not(item.step, lang=out.lang))
            out.line(
                out.say(
                    f"Mend the data with `set`, then `retry {item.step}`; or `skip {item.step}`.",
                    f"请用 `set` 更正数据后 `retry {item.step}`;或 `skip {item.step}`。",
                )
            )
            return
        who = self._who(item)
        if item.phase == "asks":
            self._answer(item, who)
        elif item.kind == "decision":
            ways = [way for way in item.outcomes if way != "differ"]  # that is what several answers come to
            way = choose(out, out.say("Your answer", "您的回答"), ways)
            self.run.answer(item.step, way, by=who)
        elif item.kind == "approval":
            verdict = choose(out, out.say("Your verdict", "审核结论"), item.outcomes)
            empty = out.say(" (may stay empty)", "（可留空）") if verdict == "approved" else ""
            why = ask(out, out.say("Reason", "理由") + empty)
            self.run.judge(item.step, verdict, by=who, why=why)
        else:
            self._complete(item, who)

    def _who(self, item: WorkItem) -> str | None:
        """Who does it: asked once for each role."""
        if not item.roles:
            return None
        role = item.roles[0]
        if len(item.roles) > 1:
            titles = [self.story.person(name, item.step) for name in item.roles]
            role = choose(self.out, self.out.say("As which role?", "以哪个角色办理？"), item.roles, titles=titles)
        if role not in self._me:
            listed = item.program.roles[role].people if role in item.program.roles else ()
            for person in listed:
                self.out.line(f"  {person}")
            title = self.story.person(role, item.step)
            text = self.out.say(f"Who are you ({title})?", f"您是谁（{title}）？")
            answer = ask(self.out, text, role)
            self._me[role] = the_one(answer, listed) or answer
        return self._me[role]

    def _answer(self, item: WorkItem, who: str | None) -> None:
        if not item.asks:
            text = self.out.say("It waits for data: say them with `set`.", "正在等待数据：请用 `set` 填写。")
            self.out.line(text, style="yellow")
        for path in item.asks:
            asked = item.field(path)
            ways = [way for way in item.outcomes if way in asked.values]
            value = (
                choose(self.out, self._title(path), ways)
                if ways and len(ways) == len(asked.values)
                else ask_value(
                    self.out, asked, item.program.zone, text=self._title(path), known=self._known(item).get(path)
                )
            )
            self.run.answer(item.step, value, field=path, by=who)
            if not any(other.opening == item.opening and other.phase == "asks" for other in self.run.open):
                break

    def _complete(self, item: WorkItem, who: str | None) -> None:
        out, program = self.out, item.program
        if item.checklist and not self._is_ticked(item, who):
            return
        known = self._known(item)
        data: dict[str, object] = {}
        for path, empty in item.form.items():
            text = self._title(path)
            value = ask_value(
                out, item.field(path), program.zone, text=text, known=known.get(path), may_stay_empty=empty
            )
            if value is not None:
                data[path] = value
        evidence = [
            ask(out, out.say("Evidence", "证明") + f": {program.text(text, out.lang)}") for text in item.evidence
        ]
        outcome = item.outcomes[0] if item.outcomes else None
        if len(item.outcomes) > 1:
            outcome = choose(out, out.say("Outcome", "结果"), item.outcomes)
        elif not (item.checklist or item.form or evidence):
            ask(out, out.say("Done? Enter, or q to go back", "完成请按回车，q 返回"))
        self.run.done(item.step, by=who, data=data, outcome=outcome, evidence=[piece for piece in evidence if piece])

    def _is_ticked(self, item: WorkItem, who: str | None) -> bool:
        """Whether the whole checklist is done; a part of it is noted, and the step stays open."""
        ticked = tick(self.out, [item.program.text(line, self.out.lang) for line in item.checklist])
        if len(ticked) == len(item.checklist):
            return True
        for number in ticked:
            self.run.tick(item.step, number, by=who)
        self.out.line(self.out.say("Noted; the step stays open.", "已记录；该步骤仍未完成。"), style="yellow")
        return False

    def _title(self, path: str) -> str:
        """A field by its title and its path."""
        title = self.titles.get(path, "")
        return f"{title} · {path}" if title else path

    def _known(self, item: WorkItem) -> Mapping[str, object]:
        """What is known already; of a called SOP the run does not say it."""
        return self.run.state.data if item.program is self.run.program else {}

    # -- commands ----------------------------------------------------------------------------------------------------

    def _help(self, _: str) -> None:
        for line in _HELP[self.out.lang].splitlines():
            self.out.line(line)

    def _why(self, step: str) -> None:
        self._tell(self.run.why(self._named(step), lang=self.out.lang))

    def _why_not(self, step: str) -> None:
        self._tell(self.run.why_not(self._named(step), lang=self.out.lang))

    def _enabled(self, who: str) -> None:
        items = self.run.enabled(who)
        for item in items:
            self.out.line(f"  {item.step}  {item.text(self.out.lang)}")
        if not items:
            self.out.line(self.out.say("Nothing.", "没有。"), style="dim")

    def _claim(self, step: str) -> None:
        item = self._item(step)
        who = self._who(item) if item is not None else None
        self.run.claim(self._named(step), by=who or ask(self.out, self.out.say("Who are you?", "您是谁？")))

    def _release(self, step: str) -> None:
        item = self._item(step)
        self.run.release(self._named(step), by=item.claimed if item is not None else None)

    def _add(self, said: str) -> None:
        step, _, text = said.partition(" ")
        self.run.add(step, structure(text), why=self._reason())

    def _drop(self, said: str) -> None:
        step, _, item = said.partition(" ")
        number = item.strip()
        self.run.drop(step, int(number) if number.isdecimal() and len(number) < 10 else number, why=self._reason())

    def _close_list(self, step: str) -> None:
        self.run.close_list(step, why=self._reason())

    def _fail(self, step: str) -> None:
        self.run.failed(self._named(step), ask(self.out, self.out.say("What went wrong", "出了什么问题")))

    def _suspend(self, _: str) -> None:
        self.run.suspend(why=self._reason())

    def _resume(self, _: str) -> None:
        self.run.resume(why=self._reason())

    def _named(self, step: str) -> str:
        item = self._item(step)
        return item.step if item is not None else step

    def _tell(self, text: str) -> None:
        for line in text.splitlines():
            self.out.line(f"  {line}")

    def _wait(self, length: str) -> None:
        advance(self.run, length or "1 day")
        assert self.run.at is not None  # the command line starts each run with a clock
        now = when(self.run.at, self.out.lang, self.run.program.zone)
        self.out.line(self.out.say(f"Now: {now}", f"现在：{now}"), style="dim")

    def _set(self, setting: str) -> None:
        name, sign, text = setting.partition("=")
        field = self.run.program.fields.get(name.strip())
        if not sign or field is None:
            self.run.set({name.strip() or "?": text})  # refused, with the nearest name
            return
        value = None if text.strip() in ("", "unknown") else typed(field, text, self.run.program.zone)
        self.run.set({name.strip(): text if isinstance(value, Problem) else value})

    def _data(self, _: str) -> None:
        from sopflow.values import write

        for path, value in self.run.state.data.items():
            self.out.line(f"  {path} = {write(value)}")

    def _message(self, name: str) -> None:
        declared = self.run.program.messages.get(name)
        data = ask_fields(self.out, declared.fields, self.run.program.zone) if declared is not None else {}
        self.run.message(name, data)

    def _skip(self, step: str) -> None:
        item = self._item(step)
        outcome = None
        if item is not None and len(item.outcomes) > 1:
            outcome = choose(self.out, self.out.say("Outcome", "结果"), item.outcomes)
        self.run.skip(self._named(step), why=self._reason(), outcome=outcome)

    def _cancel(self, step: str) -> None:
        self.run.cancel(self._named(step) if step else None, why=self._reason())

    def _retry(self, step: str) -> None:
        self.run.retry(self._named(step))

    def _reason(self) -> str:
        return ask(self.out, self.out.say("Reason", "理由"))

    def _history(self, _: str) -> None:
        Story(self.out, self.run).go_on()
