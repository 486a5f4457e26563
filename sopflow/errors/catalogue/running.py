"""What a run answers when it refuses an input: nothing has changed, and this says why."""

from sopflow.errors.catalogue._entry import Entry, error

ENTRIES: dict[str, Entry] = {
    "SOP701": error(
        "‘{step}’ is no step of this SOP.",
        "“{step}” 不是本 SOP 的步骤。",
        "[[Did you mean ‘{nearest}’?]]",
        "[[是否想写“{nearest}”?]]",
    ),
    "SOP702": error(
        "‘{step}’ is not open: {why}.",
        "“{step}” 当前未打开:{why_zh}。",
        "[[Open now: {open}.]]",
        "[[当前打开的步骤:{open}。]]",
    ),
    "SOP703": error(
        "‘{outcome}’ is no outcome of ‘{step}’.",
        "“{outcome}” 不是 “{step}” 的结果。",
        "Say one of: {outcomes}.",
        "可选:{outcomes}。",
    ),
    "SOP704": error(
        "‘{actor}’ may not do ‘{step}’: it is for {roles}.",
        "“{actor}” 不能办理 “{step}”:应由 {roles} 办理。",
        "Act as {roles}, or as one of its people.",
        "请以 {roles} 的身份办理。",
    ),
    "SOP705": error(
        "‘{actor}’ may not do ‘{step}’: four eyes, it was they who did ‘{other}’.",
        "“{actor}” 不能办理 “{step}”:四眼原则,“{other}” 由其本人完成。",
        "Let somebody else do it.",
        "请由其他人办理。",
    ),
    "SOP706": error(
        "‘{actor}’ may not do ‘{step}’: it is for whoever did ‘{other}’ ({who}).",
        "“{actor}” 不能办理 “{step}”:应由完成 “{other}” 的人({who})办理。",
        "Let {who} do it.",
        "请由 {who} 办理。",
    ),
    "SOP707": error(
        "‘{actor}’ has already voted on ‘{step}’.",
        "“{actor}” 已对 “{step}” 表决。",
        "A vote is final; another person must vote.",
        "表决不可更改,请由其他人表决。",
    ),
    "SOP708": error(
        "‘{step}’ is not complete: {missing}.",
        "“{step}” 尚不完整:{missing}。",
        "Give what is missing and complete it again.",
        "请补齐后再次提交。",
    ),
    "SOP709": error(
        "‘{name}’ is not a field of this SOP.",
        "“{name}” 不是本 SOP 的字段。",
        "[[Did you mean ‘{nearest}’?]]",
        "[[是否想写“{nearest}”?]]",
    ),
    "SOP710": error(
        "‘{name}’ is fixed for a run.",
        "“{name}” 在运行期间不可更改。",
        "Parameters are given when a run starts.",
        "参数只能在启动时给出。",
    ),
    "SOP711": error(
        "The run is {status}.",
        "本次运行{status_zh}。",
        "Nothing more can happen in it.",
        "不再接受任何操作。",
    ),
    "SOP712": error(
        "Time does not go back: {at} is before {now}.",
        "时间不能倒退:{at} 早于 {now}。",
        "Give a time at or after {now}.",
        "请给出 {now} 或之后的时间。",
    ),
    "SOP713": error(
        "A timer is due first: ‘{name}’ of ‘{step}’ at {due}.",
        "须先处理到期的定时器:“{step}” 的 “{name}”({due})。",
        "Fire it, then send this again.",
        "请先触发该定时器。",
    ),
    "SOP714": error(
        "No timer ‘{name}’ is set on that opening.",
        "该步骤没有名为 “{name}” 的定时器。",
    ),
    "SOP715": error(
        "‘{name}’ is no message of this SOP.",
        "“{name}” 不是本 SOP 的消息。",
        "[[Did you mean ‘{nearest}’? ]][[Declared: {known}.]]",
        "[[是否想写“{nearest}”?]][[已声明:{known}。]]",
    ),
    "SOP716": error(
        "‘{step}’ asks nothing about ‘{field}’.",
        "“{step}” 并未询问 “{field}”。",
        "It asks about: {asked}.",
        "它询问的是:{asked}。",
    ),
    "SOP717": error(
        "‘{step}’ is {kind_text}; it is not {verb}.",
        "“{step}” 是{kind_zh},不能{verb_zh}。",
        "Use {use}.",
        "请使用 {use}。",
    ),
    "SOP718": error(
        "‘{actor}’ is no role of this SOP and none of its people.",
        "“{actor}” 既不是本 SOP 的角色,也不是其人员。",
        "Known: {known}.",
        "已知:{known}。",
    ),
    "SOP719": error(
        "‘{step}’ does not fit: {condition} does not hold.",
        "“{step}” 不满足条件:{condition}。",
        "Mend the data, then complete it again.",
        "请更正数据后再次提交。",
    ),
    "SOP720": error(
        "{value} is no {type} (field ‘{field}’).",
        "{value} 不是 {type}(字段 “{field}”)。",
        "Give a value of type {type}.",
        "请给出类型为 {type} 的值。",
    ),
    "SOP721": error(
        "{value} is none of the values of ‘{field}’: {values}.",
        "{value} 不在 “{field}” 的取值之内:{values}。",
        "[[Did you mean ‘{nearest}’?]]",
        "[[是否想写“{nearest}”?]]",
    ),
    "SOP722": error(
        "{value} is too small for ‘{field}’: at least {limit}.",
        "“{field}” 的值 {value} 太小:至少 {limit}。",
    ),
    "SOP723": error(
        "{value} is too large for ‘{field}’: at most {limit}.",
        "“{field}” 的值 {value} 太大:至多 {limit}。",
    ),
    "SOP724": error(
        "The value of ‘{field}’ is too long: at most {limit}.",
        "“{field}” 的值过长:至多 {limit}。",
    ),
    "SOP725": error(
        "{value} is no part of ‘{field}’.",
        "{value} 不是 “{field}” 的组成部分。",
        "Known: {known}.",
        "已知:{known}。",
    ),
    "SOP726": error(
        "Parameter ‘{name}’ has no default and was not given.",
        "参数 “{name}” 没有默认值,且未给出。",
        "Give it with the data when the run starts.",
        "请在启动数据中给出。",
    ),
    "SOP727": error(
        "An input needs a time zone or none at all: {at}.",
        "时间的时区写法不一致:{at}。",
    ),
    "SOP728": error(
        "‘{step}’ cannot be called off: {why}.",
        "“{step}” 不能取消:{why_zh}。",
        "Skip it with one of its outcomes.",
        "请跳过并给出其结果之一。",
    ),
    "SOP729": error(
        "A reason must be given.",
        "必须给出理由。",
        "Say why.",
        "请说明原因。",
    ),
    "SOP730": error(
        "More than one ‘{step}’ is open: {paths}.",
        "有多个 “{step}” 处于打开状态:{paths}。",
        "Name one by its full path.",
        "请使用完整路径。",
    ),
    "SOP731": error(
        "‘{field}’ was changed at {at}, after what you saw.",
        "“{field}” 已于 {at} 更改,晚于您所见的内容。",
        "Look again, then repeat.",
        "请刷新后重试。",
    ),
    "SOP732": error(
        "‘{step}’ cannot be jumped to: {why}.",
        "不能跳转到 “{step}”:{why_zh}。",
        "Jump to the block around it.",
        "请跳转到它所在的区块。",
    ),
    "SOP733": error(
        "The run has already started.",
        "本次运行已经启动。",
    ),
    "SOP734": error(
        "The run has not started.",
        "本次运行尚未启动。",
    ),
    "SOP735": error(
        "‘{at}’ is no time.",
        "“{at}” 不是时间。",
        "Write it as 2026-03-31 or 2026-03-31T09:00.",
        "请写成 2026-03-31 或 2026-03-31T09:00。",
    ),
    "SOP738": error(
        "The run is suspended.",
        "本次运行已暂停。",
        "Resume it first.",
        "请先恢复运行。",
    ),
    "SOP739": error(
        "The run is not suspended.",
        "本次运行并未暂停。",
    ),
    "SOP740": error(
        "‘{line}’ is no line of the checklist of ‘{step}’.",
        "“{line}” 不是 “{step}” 检查清单中的条目。",
        "[[Its lines: {lines}.]]",
        "[[条目:{lines}。]]",
    ),
    "SOP744": error(
        "‘{actor}’ may not do ‘{step}’: {who} has taken it.",
        "“{actor}” 不能办理 “{step}”:已由 {who} 认领。",
        "Let {who} do it or give it back, or have it reassigned.",
        "请由 {who} 办理或退回,或改派给他人。",
    ),
    "SOP745": error(
        "Attempt {attempt} of ‘{step}’ is not the one that is running.",
        "“{step}” 的第 {attempt} 次尝试并非当前的尝试。",
        "Its answer is not wanted any more; nothing need be done.",
        "该结果已不再需要,无须处理。",
    ),
    "SOP746": error(
        "‘{step}’ has not asked for resources, or has them already.",
        "“{step}” 未申请资源,或已占用资源。",
    ),
    "SOP747": error(
        "‘{step}’ has an item with the key ‘{key}’ already, or the new one has no key.",
        "“{step}” 已有键为 “{key}” 的条目,或新条目没有键。",
        "Give the item a key of its own.",
        "请给新条目一个独有的键。",
    ),
    "SOP748": error(
        "Item {item} of ‘{step}’ is not open.",
        "“{step}” 的第 {item} 个条目当前未打开。",
        "Items that are done, or were never there, cannot be dropped.",
        "已完成或不存在的条目不能移除。",
    ),
    "SOP749": error(
        "The list of ‘{step}’ is closed: no item can be added.",
        "“{step}” 的列表已关闭:不能再增加条目。",
    ),
    "SOP743": error(
        "A run needs a program, not a {what}.",
        "运行需要程序,而不是 {what}。",
        "Compile the definition first: sopflow.compile(…).",
        "请先编译定义:sopflow.compile(…)。",
    ),
    "SOP742": error(
        "‘{value}’ is no map of fields.",
        "“{value}” 不是字段映射。",
        "Give a map: field names and their values.",
        "请给出映射:字段名及其值。",
    ),
    "SOP741": error(
        "‘{name}’ is no field of the message ‘{message}’.",
        "“{name}” 不是消息 “{message}” 的字段。",
        "[[Did you mean ‘{nearest}’? ]]Its fields: {known}.",
        "[[是否想写“{nearest}”?]]其字段:{known}。",
    ),
}
