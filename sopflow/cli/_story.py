"""A run told as it goes: each new line of its history, as a sentence for people or as JSON for programs.

Knows what the lines of a history mean; decides nothing about the run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sopflow.cli._out import Out, columns
from sopflow.cli._script import Line
from sopflow.cli._steps import awaited_messages, step_at
from sopflow.cli._when import away, parsed, when
from sopflow.errors import Refused
from sopflow.program import Op
from sopflow.runtime import Run, reason
from sopflow.values import write

_BLOCKS = frozenset({Op.FORK, Op.EACH, Op.GROUP, Op.REPEAT, Op.CALL, Op.WAIT})
_WORDS = {
    "Started": ("start", "启动"), "StepDone": ("done", "完成"), "Answered": ("answer", "回答"),
    "Voted": ("verdict", "审核"),
    "Ticked": ("tick", "勾选"), "Reassigned": ("hand over", "转交"), "MessageCame": ("message", "消息"),
    "DataSet": ("set", "数据"), "Skipped": ("skip", "跳过"), "Jumped": ("jump", "跳转"), "Retried": ("retry", "重试"),
    "Suspended": ("suspend", "暂停"), "Resumed": ("resume", "恢复"), "Cancelled": ("cancel", "取消"),
    "Opened": ("open", "开启"), "Held": ("wait", "等待"), "Judged": ("decide", "判断"), "Closed": ("over", "结束"),
    "PassedOver": ("pass over", "略过"), "Withdrawn": ("withdraw", "撤回"), "Overdue": ("LATE", "逾期"),
    "Reminded": ("remind", "提醒"), "Escalated": ("escalate", "升级"),
    "Replanned": ("replan", "改期"), "Ended": ("end", "结束"),
    "Claimed": ("take", "认领"), "HandlerFailed": ("fail", "失败"), "Failed": ("fail", "失败"),
    "Granted": ("grant", "获准"), "Revoked": ("revoke", "收回"), "ItemAdded": ("add", "增加"),
    "ItemDropped": ("drop", "移除"), "ListClosed": ("list end", "列表结束"), "Migrated": ("migrate", "迁移"),
    "Moved": ("move", "移动"), "Incident": ("INCIDENT", "异常"),
    "Stopped": ("STOPPED", "停止"), "Refused": ("REFUSED", "拒绝"),
    "Assumed": ("assume", "假定"),
}  # fmt: skip
_STYLES = {"StepDone": "green", "Voted": "green", "Answered": "green", "Overdue": "bold red", "Refused": "bold red",
           "Ended": "bold", "Stopped": "bold yellow", "Opened": "cyan", "Assumed": "yellow",
           "Incident": "bold red", "Failed": "yellow"}  # fmt: skip
_WORD_COLUMNS = 10
_ITEM = re.compile(r"\[([^\]]*)\]")


class Story:
    """Tells a run. Call :meth:`go_on` after whatever may have made something happen."""

    def __init__(self, out: Out, run: Run) -> None:
        self.out = out
        self.run = run
        self._told = 0
        self._number = 0  # of the lines of JSON, which have some of our own
        self._stamp = ""
        self._before: Mapping[str, object] = {}
        self._titles: dict[str, str] = {}

    # -- telling -----------------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Tell what has happened since."""
        lines = self.run.history
        new = lines[self._told :]
        self._told = len(lines)
        if not self.out.as_json and any("{" in self.title(str(line.get("step", ""))) for line in new):
            for item in self.run.open:  # while it is open, its title knows the fields that it shows
                self._titles[item.step] = item.text(self.out.lang)
        for line in new:
            self.tell(line)

    def tell(self, line: Mapping[str, object]) -> None:
        """Tell one line: of the history, or one of our own that is like them."""
        if "at" not in line:
            line = {**line, "at": self._now()}
        if self.out.as_json:
            self._number += 1
            self.out.json({**line, "seq": self._number})
            return
        text = self._sentence(line)
        if text is not None:
            self._print(str(line["event"]), line.get("at"), text)
        self._before = line

    def refused(self, line: Line, refused: Refused) -> None:
        """Tell that the run did not take a line of the script."""
        lang = self.out.lang
        text, mend = refused.finding.text(lang), refused.finding.mend(lang)
        told: dict[str, object] = {
            "event": "Refused", "line": line.place.line, "number": line.number, "action": line.action,
            "step": line.operand if isinstance(line.operand, str) else None, **({"by": line.by} if line.by else {}),
            "code": refused.code, "finding": refused.finding.code, "text": text, "mend": mend,
            "at": self._now() or self._now(line.at),
        }  # fmt: skip
        if self.out.as_json:
            self.tell(told)
        else:
            code = f"{refused.finding.code} ({refused.code})"
            self._print("Refused", told["at"], f"{line.place}: {code}: {text} {mend}".rstrip())

    def _now(self, said: str | None = None) -> str | None:
        """The time that a line said, else where the run's clock stands."""
        zone = self.run.program.zone
        at = datetime.fromisoformat(said.strip()) if said is not None else self.run.at
        return None if at is None else (at.astimezone(zone) if at.tzinfo else at.replace(tzinfo=zone)).isoformat()

    def _print(self, event: str, at: object, text: str) -> None:
        stamp = self._when(str(at)) if at else self._stamp
        shown = stamp if stamp != self._stamp else ""
        self._stamp = stamp
        english, chinese = _WORDS[event]
        word = chinese if self.out.lang == "zh" else english
        stamped = shown or " " * columns(stamp)
        self.out.line(f"{stamped}  {word}{' ' * (_WORD_COLUMNS - columns(word))} {text}", style=_STYLES.get(event, ""))

    # -- sentences ---------------------------------------------------------------------------------------------------

    def _sentence(self, line: Mapping[str, object]) -> str | None:
        """The line in words; None where another line says it already."""
        path = str(line.get("step", ""))
        step = self.title(path)
        who = f" · {self.person(str(line['by']), path)}" if line.get("by") else ""
        why = f" ({line['why']})" if line.get("why") else ""
        match line["event"]:
            case "Started":
                data = line.get("data")
                return f"{line['program']} {line['version']}" + (f": {_said(data)}" if data else "")
            case "Opened":
                return f"{step}{self._for(line)}{self._due(line)}"
            case "StepDone":
                outcome = f": {line['outcome']}" if line.get("outcome") not in (None, "done") else ""
                data = f" [{_said(line['data'])}]" if line.get("data") else ""
                return f"{step}{outcome}{data}{who}"
            case "Answered":
                assumed = self.out.say(" (assumed)", "（假定）") if line.get("assumed") else ""
                return f"{step} {self._answer(line)}{assumed}{who}"
            case "Voted":
                return f"{step}: {line['verdict']}{why}{who}"
            case "Judged":
                before = self._before
                if before.get("step") == line.get("step") and before.get("event") in ("Answered", "Voted"):
                    return None
                return f"{step} → {line['result']} [{line['rule']}]"
            case "Closed":
                found = step_at(self.run.program, str(line["step"]))
                if found is None or found[1].op not in _BLOCKS:
                    return None
                return f"{step}" + (f": {line['outcome']}" if line["outcome"] != "done" else "")
            case "Held":
                until = parsed(str(line["until"]))
                return self.out.say(f"{step} until {self._at(until)}", f"{step},至 {self._at(until)}")
            case "Overdue":
                return self.out.say(f"{step}: it was due {self._at(parsed(str(line['due'])))}",
                                    f"{step}:期限为 {self._at(parsed(str(line['due'])))}")  # fmt: skip
            case "Reminded" | "Escalated":
                to = ", ".join(self.person(name, str(line["step"])) for name in str(line["to"]).split(", "))
                got = self.out.say(" (handed over)", "（移交）") if line.get("handed_over") else ""
                return f"{step} → {to}{got}"
            case "Replanned":
                return f"{step}{self._due(line) or self.out.say(': no deadline', ':无期限')}"
            case "MessageCame":
                return f"{line['message']}" + (f" [{_said(line['data'])}]" if line.get("data") else "") + who
            case "DataSet":
                return f"{_said(line['data'])}{why}{who}"
            case "Reassigned" | "Jumped":
                to = str(line["to"])
                return (
                    f"{step} → {self.person(to, path) if line['event'] == 'Reassigned' else self.title(to)}{why}{who}"
                )
            case "Ticked":
                return f"{step}: {line['item']}{who}"
            case "Stopped":
                return f"{line['finding']}: {line['text']} {line['mend']}".rstrip()
            case "Assumed":
                return f"{step} [{_said(line['data'])}]"
            case "Ended":
                return f"{line['run']}: {line['outcome']}" if line.get("run") else f"{line['outcome']}"
            case "Claimed":
                returned = self.out.say(" (given back)", "（退回）")
                return f"{step}{who}" if line.get("to") else f"{step}{returned}{who}"
            case "Failed":
                error = self._reason(line["error"])
                again = self._when(str(line["again"])) if line.get("again") else ""
                retried = self.out.say(f"; again at {again}", f";将于 {again} 重试") if again else ""
                return f"{step} ({line['attempt']}): {error}{retried}"
            case "Incident":
                return f"{step}: {self._reason(line['error'])}"
            case "Granted":
                return f"{step} {_said(line['resources'])}"
            case "ItemAdded" | "ItemDropped":
                return f"{step}: {_said(line['item'])}{why}{who}"
            case "Moved":
                return f"{line['was']} → {line['step']}"
            case "ChildEnded" | "Skipped" | "HandlerFailed":
                return None  # the call's `Closed`, `PassedOver` and `Failed` say the same
            case "Withdrawn":
                return f"{step} ({self._reason(line['why'])})"
            case (
                "Suspended" | "Resumed" | "Cancelled" | "Retried" | "PassedOver" | "Revoked" | "ListClosed" | "Migrated"
            ):
                return f"{step or self.run.program.name}{why}{who}"
            case other:
                return f"{other} {step}"

    def _reason(self, text: object) -> str:
        """A reason of the engine's, in words for people."""
        return reason(self.out.lang, str(text))

    def _answer(self, line: Mapping[str, object]) -> str:
        """What was answered, and about which field where the question does not say it."""
        found = step_at(self.run.program, str(line["step"]))
        question = found[1].question if found is not None else None
        about = question is not None and line.get("field") in ("", None, question.about)
        value = line["value"]
        if about and isinstance(value, bool):
            return self.out.say("yes" if value else "no", "是" if value else "否")
        return _said(value) if about else f"[{line['field']} = {_said(value)}]"

    def title(self, path: str) -> str:
        """The title of the step at ``path``, with the items on the way to it."""
        items = "".join(f" [{item}]" for item in _ITEM.findall(path))
        if path in self._titles:
            return self._titles[path] + items
        found = step_at(self.run.program, path)
        title = found[0].text(found[1].title, self.out.lang) if found is not None else ""
        return title + items if title else path

    def person(self, name: str, path: str) -> str:
        """A role, of the step's own SOP, by its title; anybody else as named."""
        found = step_at(self.run.program, path)
        program = found[0] if found is not None else self.run.program
        role = program.roles.get(name)
        return program.text(role.title, self.out.lang) if role is not None else name

    def people(self, names: Sequence[str], path: str) -> str:
        """Several of them."""
        return ", ".join(self.person(name, path) for name in names)

    def _for(self, line: Mapping[str, object]) -> str:
        role = str(line.get("role") or "")
        return f" · {self.people(role.split(', '), str(line['step']))}" if role else ""

    def _due(self, line: Mapping[str, object]) -> str:
        if not line.get("due"):
            return ""
        due = self.due(parsed(str(line["due"])))
        return self.out.say(f" · due {due}", f" · 期限 {due}")

    def due(self, value: object) -> str:
        """A deadline, and how far away it is."""
        if value is None:
            return "–"
        far = away(value, self.run.at, self.out.lang, self.run.program.zone)  # type: ignore[arg-type]  # a date or an instant
        return f"{self._at(value)} ({far})" if far else self._at(value)

    def _at(self, value: object) -> str:
        return when(value, self.out.lang, self.run.program.zone)  # type: ignore[arg-type]  # a date or an instant

    def _when(self, stamp: str) -> str:
        return self._at(parsed(stamp))

    # -- how it stands -----------------------------------------------------------------------------------------------

    def state(self, assumed: Sequence[str] = (), refused: int = 0) -> None:
        """Tell how the run stands: the last line of JSON, or the outcome or the open work in words."""
        run, out = self.run, self.out
        if out.as_json:
            out.json(
                {
                    "run": run.program.name,
                    "version": run.program.version,
                    "status": run.state.status,
                    "outcome": run.outcome,
                    "finished": run.finished,
                    "at": run.at.astimezone(run.program.zone).isoformat() if run.at else None,
                    "data": write(run.data),
                    "assumed": list(dict.fromkeys(assumed)),
                    "refused": refused,
                    "open": [item.as_data(out.lang) for item in run.open],
                    "waiting": [item.as_data(out.lang) for item in run.waiting],
                }
            )
            return
        out.line()
        if assumed:
            names = ", ".join(dict.fromkeys(assumed))
            out.line(out.say(f"Assumed: {names}", f"假定：{names}"), style="yellow")
        if refused:
            out.line(out.say(f"Refused lines: {refused}", f"被拒绝的行数：{refused}"), style="red")
        if run.finished:
            out.line(out.say(f"Finished: {run.outcome}", f"已结束：{run.outcome}"), style="bold")
        else:
            self.open_work()

    def open_work(self, *, numbered: bool = False) -> None:
        """The open work, and what the run waits for."""
        run, out = self.run, self.out
        if run.open:
            head = [out.say("OPEN", "待办"), out.say("STEP", "步骤"), out.say("WHO", "办理人"), out.say("DUE", "期限")]
            rows = [
                [item.text(out.lang), item.step, self.people(item.roles, item.step) or "–",
                 self.due(item.due) + (out.say(" LATE", " 已逾期") if item.late else "")]
                for item in run.open
            ]  # fmt: skip
            if numbered:
                head, rows = ["#", *head], [[str(number), *row] for number, row in enumerate(rows, 1)]
            out.table(head, rows)
        elif not run.finished:
            out.line(out.say("Nothing is open.", "当前没有待办。"))
        waiting = [item for item in run.waiting if item.kind != "call"]
        if waiting:
            head = [out.say("WAITING", "等待中"), out.say("STEP", "步骤"), out.say("FOR", "等待")]
            rows = [
                [item.text(out.lang) or "–", item.step,
                 self.due(item.until) if item.until else ", ".join(item.resources or awaited_messages(item))
                 or out.say("data", "数据")]
                for item in waiting
            ]  # fmt: skip
            out.table(head, rows)


def _said(value: object) -> str:
    """Data in words: ``event.free = true, event.price = 3``."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "–"
        case dict():
            return ", ".join(f"{name} = {_said(inner)}" for name, inner in value.items())
        case list():
            return "[" + ", ".join(_said(inner) for inner in value) + "]"
        case _:
            return str(value)
