"""Codes of the family ``use``: see the table in this package."""

from sopflow.errors.catalogue._entry import Entry, error, warning

ENTRIES: dict[str, Entry] = {
    "SOP601": error(
        "There is no SOP of the name ‘{name}’.",
        "没有名为“{name}”的 SOP。",
        "Take one of: {names}. `sopflow list` shows them all.",
        "可选用:{names}。用 `sopflow list` 查看全部。",
    ),
    "SOP602": error(
        "The name ‘{name}’ fits several SOPs.",
        "名称“{name}”对应多个 SOP。",
        "Write the full name: {names}.",
        "请写完整名称:{names}。",
    ),
    "SOP603": error(
        "There is no file ‘{name}’.",
        "文件“{name}”不存在。",
        "In {folder} there is: {names}.",
        "{folder} 中有:{names}。",
    ),
    "SOP604": error(
        "This installation of sopflow lacks its bundled SOPs.",
        "此 sopflow 安装缺少内置的 SOP。",
        "Install sopflow again, from its wheel or from a checkout.",
        "请用 wheel 或源码仓库重新安装 sopflow。",
    ),
    "SOP605": error(
        "‘{name}’ is a folder.",
        "“{name}”是文件夹。",
        "Name one definition; in it there is: {names}.",
        "请指定其中一个定义:{names}。",
    ),
    "SOP606": error(
        "No definition is in the folder ‘{folder}’.",
        "文件夹“{folder}”中没有定义。",
        "Files of definitions end in {endings}.",
        "定义文件以 {endings} 结尾。",
    ),
    "SOP607": error(
        "‘{name}’ is no name for an SOP.",
        "“{name}”不能作为 SOP 的名称。",
        "Write lower-case words joined by hyphens, for instance ‘{example}’.",
        "请使用以连字符连接的小写单词,例如“{example}”。",
    ),
    "SOP608": error(
        "The file ‘{file}’ exists already.",
        "文件“{file}”已存在。",
        "Choose another name or folder; nothing has been written.",
        "请另选名称或文件夹;尚未写入任何内容。",
    ),
    "SOP609": error(
        "Cannot write ‘{file}’: {reason}.",
        "无法写入“{file}”:{reason}。",
    ),
    "SOP611": error(
        "‘{value}’ is a word here, and ‘{field}’ is true or false.",
        "此处的“{value}”是文字,而“{field}”只能是真或假。",
        "Write {meant}.",
        "请写成 {meant}。",
    ),
    "SOP612": error(
        "‘{text}’ does not say which field gets which value.",
        "“{text}”没有写明字段及其取值。",
        "Write it as FIELD=VALUE, for instance {example}.",
        "请写成 字段=值,例如 {example}。",
    ),
    "SOP613": error(
        "Standard input can be read only once.",
        "标准输入只能读取一次。",
        "Give the data or the script as a file.",
        "请用文件提供数据或脚本。",
    ),
    "SOP614": error(
        "Data are fields and their values.",
        "数据文件应由字段和值组成。",
        "Write ‘field: value’ lines.",
        "请写成“字段: 值”的形式。",
    ),
    "SOP615": error(
        "The character {character} cannot stand in this file.",
        "此文件中不能有字符 {character}。",
        "Delete it; if it is meant, write it as an escape in double quotes.",
        "请删除它;如确有需要,请在双引号中写成转义。",
    ),
    "SOP616": error(
        "More than {most} levels stand inside each other here.",
        "此处嵌套超过 {most} 层。",
        "Values of fields are not that deep.",
        "字段的值不会嵌套这么深。",
    ),
    "SOP617": error(
        "The file is larger than {most}.",
        "文件超过 {most}。",
        "Leave out what the run need not know, or play several scripts.",
        "请省去运行不需要的内容,或分成多个脚本。",
    ),
    "SOP618": error(
        "The file has more than {most} keys and values.",
        "文件中的键和值超过 {most} 个。",
        "Leave out what the run need not know, or play several scripts.",
        "请省去运行不需要的内容,或分成多个脚本。",
    ),
    "SOP621": error(
        "A script is a list of lines.",
        "脚本应为由多行组成的列表。",
        "Begin each line with ‘- ’, for instance: - {{done: some-step, as: some-role}}",
        "每行以“- ”开头,例如:- {{done: some-step, as: some-role}}",
    ),
    "SOP622": error(
        "A line of a script has keys and values.",
        "脚本的每一行都应由键和值组成。",
        "Write it as {{done: some-step, as: some-role}}",
        "请写成 {{done: some-step, as: some-role}}",
    ),
    "SOP623": error(
        "No line of a script says ‘{key}’.",
        "脚本的行中没有“{key}”这个键。",
        "[[Did you mean ‘{nearest}’? ]]Known: {known}.",
        "[[是否想写“{nearest}”?]]可用:{known}。",
    ),
    "SOP624": error(
        "This line does two things: ‘{one}’ and ‘{other}’.",
        "这一行同时做两件事:“{one}”和“{other}”。",
        "Write two lines.",
        "请分写为两行。",
    ),
    "SOP625": error(
        "This line does nothing.",
        "这一行没有写明做什么。",
        "Say one of: {known}.",
        "请写明其一:{known}。",
    ),
    "SOP626": error(
        "‘{key}’ does not go with ‘{action}’.",
        "“{key}”不能与“{action}”同用。",
        "Beside ‘{action}’ may stand: {known}.",
        "与“{action}”同用的键:{known}。",
    ),
    "SOP627": error(
        "‘{action}’ needs ‘{key}’ beside it.",
        "“{action}”还需要“{key}”。",
        "Add it to the line.",
        "请在该行补上。",
    ),
    "SOP628": error(
        "‘{key}’ must be {wanted}.",
        "“{key}”应为{wanted_zh}。",
    ),
    "SOP629": error(
        "‘{text}’ is neither a length of time nor a date.",
        "“{text}”既不是时间长度,也不是日期。",
        "Write it as 3 days, 4 hours, 5 working days, 2026-09-10 or 2026-09-10T09:00.",
        "请写成 3 days、4 hours、5 working days、2026-09-10 或 2026-09-10T09:00。",
    ),
    "SOP631": error(
        "Stopped after {most} actions: ‘{step}’ comes round again and again.",
        "已执行 {most} 次操作后停止:“{step}”反复出现。",
        "Give the data, or a script, by which its question leads on; or let it do more with --auto-limit.",
        "请通过数据或脚本使其判断能够继续向下,或用 --auto-limit 提高上限。",
    ),
    "SOP632": warning(
        "The run cannot go on by itself: {why}.",
        "运行无法自行继续:{why_zh}。",
        "Give what it waits for by a script, or play it without --auto.",
        "请通过脚本提供所等待的内容,或不使用 --auto 运行。",
    ),
    "SOP633": error(
        "The run cannot go on by itself: {why}.",
        "运行无法自行继续:{why_zh}。",
        "See to it by a script, or play it without --auto.",
        "请通过脚本处理,或不使用 --auto 运行。",
    ),
    "SOP641": error(
        "The machine has no state ‘{name}’.",
        "状态机没有状态“{name}”。",
        "[[Did you mean ‘{nearest}’?]]",
        "[[是否想写“{nearest}”?]]",
    ),
    "SOP642": error(
        "‘{trigger}’ does not take these data; it takes: {takes}.",
        "“{trigger}”不接受这些数据;可接受:{takes_zh}。",
        "Tell other data by ‘set_data’.",
        "其他数据请用 set_data 写入。",
    ),
    "SOP649": error(
        "A fault of sopflow itself: {error}.",
        "sopflow 自身的错误:{error}。",
        "Please report it. With SOPFLOW_TRACEBACK=1 in the environment the command shows where.",
        "请反馈此问题。设置环境变量 SOPFLOW_TRACEBACK=1 可显示出错位置。",
    ),
}
