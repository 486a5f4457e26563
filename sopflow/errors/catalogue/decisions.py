"""Decisions: guards, cases and tables held against the data that they judge, and data against who writes and reads them."""

from sopflow.errors.catalogue._entry import Entry, error, warning

ENTRIES: dict[str, Entry] = {
    "SOP460": warning(
        "‘{guard}’ never holds[[ ({domain})]]: {effect}[[ (decided by {by})]].",
        "“{guard}” 永远不成立[[({domain})]]：{effect}[[（由 {by} 判定）]]。",
        "Mend the condition; if it is meant so, take out what hangs on it.",
        "请修正该条件；若确属本意，请删除依赖它的内容。",
    ),
    "SOP461": warning(
        "‘{guard}’ always holds[[ ({domain})]]: {effect}[[ (decided by {by})]].",
        "“{guard}” 永远成立[[({domain})]]：{effect}[[（由 {by} 判定）]]。",
        "Mend the condition, or take it out.",
        "请修正该条件，或将其删除。",
    ),
    "SOP462": error(
        "‘{guard}’ never holds[[ ({domain})]]: {effect}[[ (decided by {by})]].",
        "“{guard}” 永远不成立[[({domain})]]：{effect}[[（由 {by} 判定）]]。",
        "Mend the condition: no run can get past it.",
        "请修正该条件：任何一次运行都无法越过它。",
    ),
    "SOP463": warning(
        "This case of ‘{key_name}’ is never chosen: whenever ‘{guard}’ holds, an earlier case holds too[[ (decided by {by})]].",
        "{key_name} 的这一情形永远不会被选中：“{guard}” 成立时，前面的某个情形也已成立[[（由 {by} 判定）]]。",
        "Put it above the wider case, or take it out.",
        "请将其移到范围更宽的情形之前，或将其删除。",
    ),
    "SOP464": warning(
        "No row of the table of ‘{step}’ matches where {example}: the run stops there.",
        "当 {example} 时，“{step}” 的决策表没有任何一行匹配：运行将停在此处。",
        "Add a row for it, or a last row that takes anything (‘any’), with ‘hit: first’.",
        "请为其增加一行；或使用 hit: first 并在最后增加一行 any。",
    ),
    "SOP465": error(
        "Rows {one} and {other} of the table of ‘{step}’ both match where {example}, and ‘hit: unique’ allows one.",
        "当 {example} 时，“{step}” 的决策表第 {one} 行与第 {other} 行同时匹配，而 hit: unique 只允许一行。",
        "Make the rows exclude each other, or say ‘hit: first’ if the upper one counts.",
        "请让两行互斥；若以上面一行为准，请写 “hit: first”。",
    ),
    "SOP466": error(
        "Rows {one} and {other} of the table of ‘{step}’ both match where {example}, and give different results: "
        "‘hit: any’ wants equal ones.",
        "当 {example} 时，“{step}” 的决策表第 {one} 行与第 {other} 行同时匹配且结果不同，而 hit: any 要求结果相同。",
        "Let both give the same, or say ‘hit: first’ if the upper one counts.",
        "请让两行给出相同结果；若以上面一行为准，请写 “hit: first”。",
    ),
    "SOP467": warning(
        "Row {row} of the table of ‘{step}’ never counts: whenever it matches, row {rows} above it has matched.",
        "“{step}” 的决策表第 {row} 行永远不起作用：它匹配时，上方的第 {rows} 行已经匹配。",
        "Put it above the wider row, or take it out.",
        "请将其移到范围更宽的行之前，或将其删除。",
    ),
    "SOP468": warning(
        "Row {row} of the table of ‘{step}’ matches nothing[[ ({domain})]].",
        "“{step}” 的决策表第 {row} 行不匹配任何数据[[({domain})]]。",
        "Mend its cells, or take it out.",
        "请修正其单元格，或删除该行。",
    ),
    "SOP470": warning(
        "‘{exit}’ of ‘{step}’ is never taken: on every way to it {known}.",
        "“{step}” 的 “{exit}” 永远不会发生：到达它的每条路径上都有 {known}。",
        "Take it out, or let a step on the way write what it judges by.",
        "请将其删除，或由途中的步骤改写其判断所依据的字段。",
    ),
    "SOP471": warning(
        "‘{guard}’ never holds here, for on every way to ‘{step}’ {known}: {effect}.",
        "“{guard}” 在此处永远不成立，因为到达 “{step}” 的每条路径上都有 {known}：{effect}。",
        "Mend the condition, or let a step on the way write what it judges by.",
        "请修正该条件，或由途中的步骤改写其判断所依据的字段。",
    ),
    "SOP472": warning(
        "‘{step}’ never has {need} branches at once, as their conditions exclude each other: it is always left by ‘short’.",
        "“{step}” 的分支条件互斥，永远不会同时有 {need} 个分支：总是从 short 离开。",
        "Mend the conditions, or ask for fewer branches in ‘join’.",
        "请修正这些条件，或减少 join 所需的分支数。",
    ),
    "SOP473": warning(
        "‘{step}’ always has {need} branches or more: its ‘short’ is never taken.",
        "“{step}” 总有至少 {need} 个分支：其 short 永远不会发生。",
        "Take ‘short’ out if that is meant; else mend the conditions of the branches.",
        "若属本意，请删除 short；否则请修正各分支的条件。",
    ),
    "SOP480": warning(
        "‘{step}’ reads ‘{name}’ before anything has written it: {effect}.",
        "“{step}” 在任何步骤写入 “{name}” 之前就读取它：{effect}。",
        "Let a step above it write the field, give it a ‘default’ or somebody to ask (‘ask: ROLE’), or list it under ‘inputs’.",
        "请由其上方的步骤写入该字段，或为其写明 default 或 ask，或列入 inputs。",
    ),
    "SOP481": warning(
        "‘{step}’ writes ‘{name}’, which nothing reads and ‘outputs’ does not name.",
        "“{step}” 写入 “{name}”，但没有任何地方读取它，outputs 中也未列出。",
        "Name it under ‘outputs’ if callers want it; else take it out.",
        "若调用方需要，请列入 outputs；否则请删除。",
    ),
}
