"""Codes of the family ``rendering``: see the table in this package."""

from sopflow.errors.catalogue._entry import Entry, error

ENTRIES: dict[str, Entry] = {
    "SOP801": error(
        "There is no picture format ‘{name}’.",
        "没有名为“{name}”的图片格式。",
        "[[Did you mean ‘{nearest}’? ]]Formats: {known}.",
        "[[是否想写“{nearest}”？]]可用格式：{known}。",
    ),
    "SOP803": error(
        "The format ‘{format}’ needs a package that is not installed.",
        "输出“{format}”格式所需的软件包尚未安装。",
        'Install it with: pip install "sopflow[{extra}]"',
        '请安装：pip install "sopflow[{extra}]"',
    ),
    "SOP804": error(
        "There is no one step ‘{name}’ to look at.",
        "找不到唯一的步骤“{name}”。",
        "[[Did you mean ‘{nearest}’? ]]Steps: {known}.",
        "[[是否想写“{nearest}”？]]步骤：{known}。",
    ),
    "SOP805": error(
        "There is no phase ‘{name}’.",
        "没有名为“{name}”的阶段。",
        "[[Did you mean ‘{nearest}’? ]]Phases: {known}.",
        "[[是否想写“{nearest}”？]]阶段：{known}。",
    ),
    "SOP806": error(
        "There is no theme ‘{name}’.",
        "没有名为“{name}”的主题。",
        "[[Did you mean ‘{nearest}’? ]]Themes: {known}.",
        "[[是否想写“{nearest}”？]]主题：{known}。",
    ),
    "SOP807": error(
        "There is no layout ‘{name}’.",
        "没有名为“{name}”的布局。",
        "[[Did you mean ‘{nearest}’? ]]Layouts: {known}.",
        "[[是否想写“{nearest}”？]]布局：{known}。",
    ),
    "SOP808": error(
        "The ending of ‘{file}’ names no picture format.",
        "文件“{file}”的扩展名不是图片格式。",
        "Say --format, or end the name in one of: {known}.",
        "请用 --format 指定，或使用以下扩展名之一：{known}。",
    ),
    "SOP809": error(
        "A picture in the format ‘{format}’ is no text for a terminal.",
        "“{format}”格式的图片不是可在终端显示的文字。",
        "Name a file with -o.",
        "请用 -o 指定文件。",
    ),
    "SOP820": error(
        "The run is one of ‘{run}’, not of ‘{name}’.",
        "该运行属于“{run}”，而不是“{name}”。",
        "Draw the definition that is run: {run}.",
        "请绘制所运行的定义：{run}。",
    ),
    "SOP821": error(
        "A picture shows a run, findings, or changes: one of them.",
        "一张图只能叠加一种内容：运行、检查结果或版本变化。",
        "Draw a picture for each.",
        "请分别绘制。",
    ),
    "SOP822": error(
        "Line {line} of ‘{file}’ is not what `sopflow run --json` prints.",
        "“{file}”第 {line} 行不是 `sopflow run --json` 的输出。",
        "Make the file anew: sopflow run NAME --script SCRIPT --json > FILE.",
        "请重新生成该文件：sopflow run NAME --script SCRIPT --json > FILE。",
    ),
    "SOP830": error(
        "There is no paper ‘{name}’.",
        "没有名为“{name}”的纸张。",
        "[[Did you mean ‘{nearest}’? ]]Papers: {known}; each also with -portrait or -landscape.",
        "[[是否想写“{nearest}”？]]纸张：{known}；均可加 -portrait（纵向）或 -landscape（横向）。",
    ),
    "SOP831": error(
        "The layout ‘{name}’, of another package, cannot be used: {reason}.",
        "无法使用由其他软件包提供的布局“{name}”：{reason}。",
        "Tell its makers, or choose another with --layout.",
        "请告知其作者，或用 --layout 选择其他布局。",
    ),
    "SOP832": error(
        "The layout ‘{name}’ needs a package that is not installed.",
        "布局“{name}”所需的软件包尚未安装。",
        'Install it with: pip install "sopflow[{extra}]"',
        '请安装：pip install "sopflow[{extra}]"',
    ),
}
