"""The help of commands in Chinese: what their docstrings and options say in English stands here once more.

Knows click's help pages, nothing of what commands do. A text that is missing here is shown in English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from sopflow.cli._out import LANGUAGES, columns, language

_GAP = 2
_FIRST = 30  # columns, at most, of the names of options and commands

CHINESE: Mapping[str, str] = {
    "Usage: ": "用法：", "default: ": "默认：", "Options": "选项", "Commands": "命令",
    "Show this message and exit.": "显示此说明并退出。",
    "Show the version and exit.": "显示版本并退出。",
    "Exit codes: 0 fine, 1 findings or something refused, 2 misuse.": "退出码：0 正常，1 有诊断或被拒绝，2 用法错误。",
    "Check, show and run standard operating procedures. NAME is a definition: a path, or a name such as "
    "event-attending, as `sopflow list` shows them.":
        "检查、查看并运行标准作业程序（SOP）。NAME 是一个定义：路径，或 event-attending 这样的名称，"
        "用 `sopflow list` 查看。",
    "Print JSON, in the shapes of the reference.": "输出 JSON，格式见参考文档。",
    "The language of texts and messages. [default: yours]": "文字与消息的语言。[默认：您的语言]",
    "The language of texts, messages and help. [default: yours]": "文字、消息与帮助的语言。[默认：您的语言]",
    "Look for names here first. May be given several times.": "先在此处查找名称。可多次给出。",
    # list, show, check, new
    "Show which definitions there are.": "查看有哪些定义。",
    "Show the definitions that come with sopflow, or those in FOLDER and below it; not what these only include.":
        "查看 sopflow 自带的定义，或 FOLDER 及其下级文件夹中的定义；仅供引用的文件不列出。",
    "Show a definition as an outline.": "以大纲形式查看定义。",
    "Show what a definition says: roles, parameters, data, and its steps in order. "
    "With --json: the definition itself, in its JSON notation.":
        "查看定义的内容：角色、参数、数据，以及按顺序排列的步骤。用 --json 时输出定义本身的 JSON 写法。",
    "Find what is wrong with definitions.": "检查定义中的问题。",
    "Check definitions: names, files, or folders with all the definitions in and below them. "
    "Models of other tools are checked alike: BPMN, PNML, and JSON of tasks and gateways. "
    "Every finding has a place, a code, what is wrong and how to mend it. Exits with 1 where there are errors.":
        "检查定义：名称、文件，或文件夹及其下级中的全部定义。"
        "也检查其他工具的模型：BPMN、PNML，以及由任务和网关组成的 JSON。"
        "每条诊断都有位置、代码、问题与改法。有错误时退出码为 1。",
    "Exit with 1 for warnings too.": "有警告时退出码也为 1。",
    "Mend what has one mend only, and write the files.": "修正只有一种改法的问题，并写回文件。",
    "Show what --fix would change, and write nothing.": "显示 --fix 将作的修改，不写入文件。",
    "Say what a code means: the rule, why it is one, examples.": "说明代码的含义：规则、理由与示例。",
    "Take settings from this file. [default: the nearest, upward]": "从该文件读取设置。[默认：向上最近的设置文件]",
    "Take no settings from any file.": "不读取任何设置文件。",
    "Begin a definition, from another one or from scratch.": "新建定义：复制已有的，或从头开始。",
    "Write a new definition to NAME.sop.yaml, to be adapted. NAME may have a folder in front: hr/hire. "
    "A copy keeps comments and order, and takes along what it needs beside it: sources' facts, included files, texts. "
    "Nothing that exists is written over.":
        "把新定义写入 NAME.sop.yaml，供您修改。NAME 前可带文件夹：hr/hire。复制时保留注释与顺序，并带上所需的文件："
        "来源的事实、被引用的文件、译文。不会覆盖已有文件。",
    "Copy this definition. [default: a small example]": "复制该定义。[默认：一个小示例]",
    # run
    "Play a run in memory.": "在内存中试运行。",
    "Play a run of a definition in memory, on a clock of its own. On a terminal it shows the open work and asks. With "
    "--script and --auto it plays by itself. A line that the run refuses is reported, and the run goes on; the exit "
    "code is then 1. FILE may be - for standard input.":
        "按自己的时钟在内存中运行一个定义。在终端上会显示待办并提问；用 --script 和 --auto 则自动进行。"
        "被拒绝的行会报告，运行继续；此时退出码为 1。FILE 可写 - 表示标准输入。",
    "What is known at the start, parameters included: YAML or JSON.": "启动时已知的数据，包括参数：YAML 或 JSON。",
    "One more value; may be repeated.": "再给一个值；可重复。",
    "Play the lines of this file.": "执行该文件中的各行。",
    "When the run starts. [default: the script's first time, else now]":
        "运行的开始时间。[默认：脚本的第一个时间，否则为现在]",
    "Complete whatever opens, approving; after the script, if there is one.":
        "自动完成所有待办，一律批准；有脚本时在其之后。",
    "What --auto does at most. [default: 1000 actions]": "--auto 最多执行的操作数。[默认：1000]",
    "Play it even if it is not sound.": "即使流程不健全也运行。",
    # forecast
    "Say when a run will probably be over.": "预测运行大概何时结束。",
    "Play many runs by chance, and say when they end. Durations are drawn from their ranges, ways out by their odds; "
    "what is known of the data decides. An approval passes with 0.8, all other ways out of a step are equally likely, "
    "unless --odds says otherwise. FILE may be - for standard input.":
        "随机模拟多次运行，给出结束时间。工期在其范围内抽取，出口按概率抽取；已知的数据直接决定走向。"
        "除非用 --odds 另行指定，审批以 0.8 的概率通过，步骤的其他出口概率相等。FILE 可写 - 表示标准输入。",
    "When the run starts. [default: now]": "运行的开始时间。[默认：现在]",
    "How many runs.": "运行次数。",
    "Where chance begins: equal seeds give equal results.": "随机数种子：种子相同则结果相同。",
    "How likely a way out is; may be repeated.": "某一出口的概率；可重复。",
    "How many people a role has; may be repeated.": "某一角色的人数；可重复。",
    "uniform, triangular or pert.": "uniform（均匀）、triangular（三角）或 pert。",
    "How often a loop goes round at most.": "循环最多重复的次数。",
    "Write a Gantt chart with the forecast (svg, png, html), or json.":
        "写出带预测的甘特图（svg、png、html），或 json。",
    # trace
    "Hold definitions against the facts of their sources.": "把定义与其来源的事实逐条对照。",
    "Show which facts of its sources a definition carries, and where; which it lacks; and what is our reading. "
    "NAME is a definition or a folder. Its facts stand in the files that `sources: {…: {facts: FILE}}` names. "
    "Exits with 1 where a fact is cited nowhere, unless it is furniture, and where something is cited that is no fact.":
        "查看定义体现了来源中的哪些事实、在何处体现；缺少哪些；哪些是我们的理解。NAME 是定义或文件夹。事实写在 "
        "`sources: {…: {facts: FILE}}` 所指的文件中。有事实未被引用（装饰性内容除外）或引用了不存在的事实时，"
        "退出码为 1。",
    "All definitions that come with sopflow.": "sopflow 自带的全部定义。",
    "Only this fact: its words, and where it stands.": "只看这一条事实：原文及其所在位置。",
    "Step by step: its facts, and what in it is our reading.": "逐步骤查看：其事实，以及哪些是我们的理解。",
    "For several definitions too, show where each fact is cited.": "多个定义时也显示每条事实的引用位置。",
    # render
    "Draw a definition as a picture.": "把定义画成图。",
    "Draw a definition: lanes for roles, strips for phases and groups, signs for decisions, waits and handlers. "
    "Without -o the picture goes to standard output. The format is that of --format, else by the ending of FILE. "
    "One of --run, --check and --against draws more over it: how a run stands, what is wrong, what has changed. "
    "With --json: the geometry, in the shape of the reference.":
        "把定义画成图：角色为泳道，阶段与分组为区段，判断、等待与处理程序各有图形。不写 -o 时输出到标准输出。"
        "格式由 --format 指定，否则由文件扩展名决定。"
        "--run、--check、--against 可选其一，在图上叠加运行情况、检查结果或版本变化。"
        "--json：输出几何数据，格式见参考文档。",
    "Where to write; its ending says the format. - is standard output.": "输出位置；扩展名决定格式。- 表示标准输出。",
    "svg, html, png, pdf, json, bpmn, drawio, puml, mmd, dot, md or txt. [default: svg]":
        "svg、html、png、pdf、json、bpmn、drawio、puml、mmd、dot、md 或 txt。[默认：svg]",
    "The colours.": "配色。",
    "lanes, flow, left-to-right or graphviz.": "lanes（泳道）、flow（流程）、left-to-right（从左到右）或 graphviz。",
    "Whether each role has a lane.": "每个角色是否占一条泳道。",
    "Only this phase.": "只画这个阶段。",
    "Only what is near this step.": "只画这个步骤附近的内容。",
    "How many ways are near.": "附近的范围（连线数）。",
    "Whether what it calls is drawn on sheets of its own.": "所调用的流程是否另画成页。",
    "Draw the run that `sopflow run --json` printed.": "叠加 `sopflow run --json` 所输出的运行情况。",
    "Draw what `sopflow check` finds.": "叠加 `sopflow check` 发现的问题。",
    "Draw what has changed since this version of it.": "叠加自该版本以来的变化。",
    "Size of a PNG.": "PNG 的放大倍数。",
    "The paper it is for: A4, A3-landscape, letter.": "所用纸张：A4、A3-landscape（横向）、letter。",
    "Print the geometry as JSON; findings too.": "以 JSON 输出几何数据，包括发现的问题。",
    "Language of the picture. [default: yours]": "图中文字的语言。[默认：您的语言]",
    # plan
    "Plan it before it starts.": "在启动之前制定计划。",
    "Plan a run of a definition: when each step can be done, when it must be, and what cannot be met. Forward from the "
    "start, by durations and what opens when; backward from the deadlines. Of a range of durations the longest counts, "
    "of ways that the data do not decide each is planned. Exits with 1 where a deadline cannot be met. FILE may be - "
    "for standard input.":
        "为一次运行制定计划：每个步骤最早何时完成、最迟何时完成，以及哪些期限无法满足。从启动时间起按时长和开启时间正推，"
        "从期限起倒推。时长为范围时取最长；数据未能确定的分支全部列入计划。有期限无法满足时退出码为 1。"
        "FILE 可写 - 表示标准输入。",
    "A value for this plan only; may be repeated.": "仅为本计划假定的值；可重复。",
    "When it starts. [default: today]": "启动时间。[默认：今天]",
    "How often loops go round, all or that one. [default: 1]": "循环的轮数，全部或仅该步骤所在的循环。[默认：1]",
    "Where to write: a Gantt chart (svg, png, html), ics, json, md, txt.":
        "输出位置：甘特图（svg、png、html）、ics、json、md、txt。",
    "In an ics file: things to do instead of events.": "在 ics 文件中写成待办事项，而非日程。",
    "Instead: when runs begin, as the definition's start says.": "改为列出运行何时启动（按定义中的 start）。",
    "With --starts: from when on. [default: today]": "与 --starts 合用：从何时起。[默认：今天]",
    "With --starts: up to when.": "与 --starts 合用：到何时止。",
}  # fmt: skip


def translated(text: str) -> str:
    """A text of a help page in Chinese, where there is one; its default and its range may stand behind it."""
    plain, behind = " ".join(text.split()), ""
    while plain not in CHINESE:
        plain, bracket, last = plain.rpartition("[")
        if not bracket:
            return text
        plain = plain.rstrip()
        behind = f"[{last.replace('default: ', CHINESE['default: '])}{behind}"
        if not plain:
            return behind
    return CHINESE[plain] + behind


def spoken_in(args: Sequence[str]) -> str:
    """The language that a command line asks for, wherever ``--lang`` stands in it; else that of the environment."""
    for place, arg in enumerate(args):
        name, sign, value = arg.partition("=")
        if name == "--lang":
            given = value if sign else next(iter(args[place + 1 : place + 2]), "")
            if given in LANGUAGES:
                return given
    return language(None)


class Context(click.Context):
    """A context whose help speaks the language that ``obj`` names."""

    def make_formatter(self) -> click.HelpFormatter:
        """What lays out the help."""
        kind = _Chinese if self.obj == "zh" else click.HelpFormatter
        return kind(width=self.terminal_width, max_width=self.max_content_width)


class _Chinese(click.HelpFormatter):
    """Help in Chinese, whose characters take two columns each."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, CHINESE["Usage: "] if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(translated(heading))

    def write_text(self, text: str) -> None:
        for line in _wrapped(translated(text), self.width - self.current_indent):
            self.write(f"{'':>{self.current_indent}}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = _FIRST, col_spacing: int = _GAP) -> None:
        rows = list(rows)
        first = min(max(columns(name) for name, _ in rows), col_max) + col_spacing
        for name, text in rows:
            lines = list(_wrapped(translated(text), self.width - self.current_indent - first)) or [""]
            if columns(name) > first - col_spacing:
                self.write(f"{'':>{self.current_indent}}{name}\n")
                name = ""  # noqa: PLW2901  # it has a line of its own
            for line in lines:
                self.write(f"{'':>{self.current_indent}}{name}{' ' * (first - columns(name))}{line}".rstrip() + "\n")
                name = ""  # noqa: PLW2901  # it stands on the first line


def _wrapped(text: str, width: int) -> Iterator[str]:
    """``text`` in lines of so many columns: broken at spaces, or between characters that take two columns."""
    line = ""
    for word in _words(" ".join(text.split())):
        if line and columns(line + word.rstrip()) > max(width, 10):
            yield line.rstrip()
            line = ""
        line += word if line else word.lstrip()
    if line.strip():
        yield line.rstrip()


#: No line begins with these.
_NOT_FIRST = frozenset("。，；：、？！）”」")


def _words(text: str) -> Iterator[str]:
    """The pieces between which a line may be broken."""
    word = ""
    for sign in text:
        if columns(sign) > 1 and sign not in _NOT_FIRST:
            if word:
                yield word
            word = sign
        else:
            word += sign
            if sign == " ":
                yield word
                word = ""
    if word:
        yield word
