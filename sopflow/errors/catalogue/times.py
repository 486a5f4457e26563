"""Codes of the family ``times``: time phrases, paces, durations and calendars."""

from sopflow.errors.catalogue._entry import Entry, error, warning

_UNITS_EN = (
    "Write ‘{instead}’; units are minutes, hours, days, weeks, months, quarters, years, working days and working hours."
)
_UNITS_ZH = (
    "请写成“{instead}”；可用的单位有 minutes（分钟）、hours（小时）、days（天）、weeks（周）、months（月）、"
    "quarters（季度）、years（年）、working days（工作日）、working hours（工作小时）。"
)

ENTRIES: dict[str, Entry] = {
    # Time phrases
    "SOP351": error(
        "A time is missing.",
        "缺少时间。",
        "Write a date or a phrase such as ‘{instead}’.",
        "请写一个日期，或“{instead}”这样的短语。",
    ),
    "SOP352": error(
        "‘{word}’ is no unit of time.",
        "“{word}”不是时间单位。",
        _UNITS_EN,
        _UNITS_ZH,
    ),
    "SOP353": error(
        "‘{word}’ does not say whether it is before or after something.",
        "“{word}”没有说明是在什么之前还是之后。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP354": error(
        "‘{word}’ is not used in time phrases.",
        "时间短语里不用“{word}”。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP355": error(
        "‘{word}’ is no time of day.",
        "“{word}”不是一天中的时刻。",
        "Write two digits for the hour (00 to 23) and two for the minute: ‘{instead}’.",
        "小时（00 至 23）和分钟各写两位数字：“{instead}”。",
    ),
    "SOP356": error(
        "‘{word}’ has a hyphen, and no field has one.",
        "“{word}”含有连字符，而字段名里没有连字符。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP357": error(
        "‘{word}’ is a full-width character.",
        "“{word}”是全角字符。",
        "Use the half-width form: ‘{instead}’.",
        "请改用半角：“{instead}”。",
    ),
    "SOP358": error(
        "‘{word}’ cannot stand in a time phrase.",
        "时间短语里不能出现“{word}”。",
        "Time phrases are written in English words, field names and digits: ‘{instead}’.",
        "时间短语由英文单词、字段名和数字组成：“{instead}”。",
    ),
    "SOP359": error(
        "‘{word}’ is not a count.",
        "“{word}”不是数量。",
        "Write the number in digits, or name an int field: ‘{instead}’.",
        "请用阿拉伯数字，或写一个 int 字段的名字：“{instead}”。",
    ),
    "SOP360": error(
        "{word} is too large a count: the most is {most}.",
        "数量 {word} 太大：最多 {most}。",
        "Use a larger unit or a date: ‘{instead}’.",
        "请换用更大的单位，或直接写日期：“{instead}”。",
    ),
    "SOP361": error(
        "‘{word}’ is not a whole number.",
        "“{word}”不是整数。",
        "Count in whole numbers of a smaller unit: ‘{instead}’.",
        "请换成更小的单位，用整数表示：“{instead}”。",
    ),
    "SOP362": error(
        "‘{word}’ is no date of the calendar.",
        "日历上没有“{word}”这一天。",
        "Write year, month and day as YYYY-MM-DD: ‘{instead}’.",
        "请按 年-月-日（YYYY-MM-DD）书写：“{instead}”。",
    ),
    "SOP363": error(
        "‘{word}’ is left over: the phrase is complete without it.",
        "“{word}”是多余的：短语到它之前已经完整。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP364": error(
        "‘{word}’ does not say what it counts from.",
        "“{word}”没有说明从什么时候算起。",
        "Name a field, an anchor, a date, started, opened or due: ‘{instead}’.",
        "请写明字段、锚点、日期、started、opened 或 due：“{instead}”。",
    ),
    "SOP365": error(
        "‘{word}’ is no date, field, anchor or step.",
        "“{word}”不是日期、字段、锚点或步骤。",
        "Write a field such as ‘{instead}’, an anchor such as ‘N’ or a date such as ‘2026-03-31’.",
        "请写字段（如“{instead}”）、锚点（如“N”）或日期（如“2026-03-31”）。",
    ),
    "SOP366": error(
        "‘{word}’ counts from ‘{name}’, but + and - stand only after an anchor.",
        "“{word}”从“{name}”算起，但 + 和 - 只能写在锚点后面。",
        "Write ‘{instead}’, or declare an anchor for ‘{name}’.",
        "请写成“{instead}”，或为“{name}”声明一个锚点。",
    ),
    "SOP367": error(
        "‘in {calendar}’ has no effect on {unit}: only working days and working hours depend on a calendar.",
        "“in {calendar}”对 {unit} 不起作用：只有工作日和工作小时取决于日历。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP368": error(
        "‘{word}’ begins a clock time but ‘on’ and a day do not follow.",
        "“{word}”是时刻，但后面没有“on”和日期。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP369": error(
        "The name of a calendar is missing after ‘in’.",
        "“in”后面缺少日历的名字。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP370": error(
        "‘{word}’ names no step.",
        "“{word}”没有指明步骤。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP371": error(
        "A time phrase of {length} characters is too long: the most is {most}.",
        "时间短语有 {length} 个字符，太长：最多 {most} 个。",
        "A phrase is as short as ‘{instead}’.",
        "短语应像“{instead}”这样简短。",
    ),
    # Paces, reminders, durations
    "SOP372": error(
        "A pace is missing.",
        "缺少周期。",
        "Write a pace such as ‘{instead}’.",
        "请写“{instead}”这样的周期。",
    ),
    "SOP373": error(
        "‘{word}’ names no day of the week.",
        "“{word}”没有指明星期几。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP374": error(
        "‘{word}’ does not go with a pace of {unit}.",
        "“{word}”不能与以 {unit} 为单位的周期连用。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP375": error(
        "The recurrence rule ‘{word}’ cannot be used: see ‘{part}’.",
        "重复规则“{word}”不能用：请检查“{part}”。",
        "Write a rule of RFC 5545 that repeats by days or longer: ‘{instead}’.",
        "请写 RFC 5545 中以天或更长时间重复的规则：“{instead}”。",
    ),
    "SOP376": error(
        "‘RRULE:’ needs a package that is not installed.",
        "“RRULE:”需要一个尚未安装的包。",
        'Run: pip install "sopflow[calendar]" — or write a pace such as ‘{instead}’.',
        '请运行：pip install "sopflow[calendar]"，或改写成“{instead}”这样的周期。',
    ),
    "SOP377": error(
        "A reminder that repeats does not say after what.",
        "重复的提醒没有说明从什么之后开始。",
        "Write ‘{instead}’.",
        "请写成“{instead}”。",
    ),
    "SOP378": error(
        "‘{word}’ is no duration.",
        "“{word}”不是时长。",
        "Write a count and a unit, or a range: ‘{instead}’.",
        "请写数量加单位，或一个范围：“{instead}”。",
    ),
    "SOP379": error(
        "The range ‘{word}’ runs downward.",
        "范围“{word}”前大后小。",
        "Write the smaller number first: ‘{instead}’.",
        "请把较小的数写在前面：“{instead}”。",
    ),
    # Calendars
    "SOP380": error(
        "A calendar is a map of keys, not ‘{word}’.",
        "日历应是一组键和值，而不是“{word}”。",
        "Write for instance {instead}.",
        "例如写成 {instead}。",
    ),
    "SOP381": error(
        "A calendar has no key ‘{word}’.",
        "日历没有“{word}”这个键。",
        "Write ‘{instead}’. Keys are {known}.",
        "请写“{instead}”。可用的键：{known}。",
    ),
    "SOP382": error(
        "No holidays are known for ‘{word}’.",
        "没有“{word}”的节假日数据。",
        "Write a country code of ISO 3166, with the region where it matters: ‘{instead}’.",
        "请写 ISO 3166 国家代码，需要时加上地区：“{instead}”。",
    ),
    "SOP383": error(
        "The holidays of ‘{country}’ need a package that is not installed.",
        "“{country}”的节假日需要一个尚未安装的包。",
        'Run: pip install "sopflow[calendar]" — or list the days under ‘holidays’.',
        '请运行：pip install "sopflow[calendar]"，或在“holidays”下逐一列出日期。',
    ),
    "SOP384": error(
        "‘{word}’ is no list of working weekdays.",
        "“{word}”不是工作日的列表。",
        "List at least one of mon, tue, wed, thu, fri, sat, sun: {instead}.",
        "请至少列出 mon、tue、wed、thu、fri、sat、sun 之一：{instead}。",
    ),
    "SOP385": error(
        "‘{word}’ are no office hours.",
        "“{word}”不是办公时间。",
        "Write from and to in order, without overlap: {instead}.",
        "请按先后顺序写起止时刻，不得重叠：{instead}。",
    ),
    "SOP386": error(
        "‘{word}’ is no time zone.",
        "“{word}”不是时区。",
        "Write a name of the IANA time zone database: ‘{instead}’.",
        "请写 IANA 时区数据库中的名字：“{instead}”。",
    ),
    "SOP387": error(
        "‘{word}’ under ‘{key}’ is no date.",
        "“{key}”下的“{word}”不是日期。",
        "List dates as YYYY-MM-DD: {instead}.",
        "请按 YYYY-MM-DD 列出日期：{instead}。",
    ),
    "SOP388": error(
        "{word} is listed as a holiday and as a working day.",
        "{word} 既列为假日，又列为工作日。",
        "Remove it from ‘{instead}’ or from ‘workdays’.",
        "请从“{instead}”或“workdays”中删去它。",
    ),
    "SOP389": error(
        "‘{word}’ lists more dates than the {most} that a calendar holds.",
        "“{word}”列出的日期超过了一个日历的上限 {most}。",
        "List fewer dates under ‘{instead}’.",
        "请减少“{instead}”下的日期。",
    ),
    "SOP390": warning(
        "The holidays of {year} in ‘{country}’ are not published yet: {date} may move.",
        "“{country}” {year} 年的节假日安排尚未公布：{date} 可能变动。",
        "Check the date again when they are, or list the days under ‘holidays’ and ‘workdays’.",
        "公布后请再核对，或在“holidays”和“workdays”下列出日期。",
    ),
    "SOP391": warning(
        "Working hours are counted in ‘{calendar}’, which has no ‘hours’: every hour of a working day counts.",
        "按“{calendar}”计算工作小时，但它没有“hours”：工作日的每个小时都会计入。",
        "Add ‘hours’ to the calendar: {instead}.",
        "请给日历加上“hours”：{instead}。",
    ),
    "SOP392": error(
        "No calendar is named ‘{word}’.",
        "没有名为“{word}”的日历。",
        "Write ‘{instead}’, or declare it under ‘calendars’.",
        "请写“{instead}”，或在“calendars”下声明它。",
    ),
    "SOP393": error(
        "‘{word}’ should be a count, a space and a unit of time.",
        "“{word}”应写成数量、空格和时间单位。",
        _UNITS_EN,
        _UNITS_ZH,
    ),
    # Times of a definition held against each other
    "SOP394": warning(
        "‘{key_name}’ of ‘{step}’ counts from itself: it is never set.",
        "“{step}” 的 {key_name} 以自身为起点，永远不会确定。",
        "Count from something else, such as ‘opened’ or a date.",
        "请改从其他时间算起，例如 opened 或某个日期。",
    ),
    "SOP395": warning(
        "‘{key_name}’ of ‘{step}’ counts from ‘{ref}’, which is never set before it.",
        "“{step}” 的 {key_name} 从“{ref}”算起，而它在此之前永远不会确定。",
        "Count from a date or from a step that comes before; from ‘due’ only reminders and escalations of a step that has one can count.",
        "请从某个日期或之前的步骤算起；只有已写 due 的步骤的提醒和升级才能从“due”算起。",
    ),
    "SOP396": warning(
        "‘{step}’ is always late: it is due ({due}) before ‘{other}’ opens ({opens}).",
        "“{step}” 必然逾期：它的期限（{due}）早于 “{other}” 的开启时间（{opens}）。",
        "Move one of the two.",
        "请调整其中之一。",
    ),
    "SOP397": warning(
        "‘{step}’ is due ({due}) after the block ‘{block}’ that it stands in ({outer}).",
        "“{step}” 的期限（{due}）晚于它所在的区块 “{block}”（{outer}）。",
        "Move one of the two: what is inside a block is done when the block is.",
        "请调整其中之一：区块完成时，其中的步骤也已完成。",
    ),
    "SOP398": warning(
        "‘{key_name}’ of ‘{step}’ ({time}) lies outside of its phase ‘{phase}’ ({first} to {last}).",
        "“{step}” 的 {key_name}（{time}）不在其阶段 “{phase}”（{first} 至 {last}）之内。",
        "Move the date, or give the step another phase.",
        "请调整日期，或为该步骤另选阶段。",
    ),
    "SOP399": warning(
        "Nothing ever is overdue here: ‘{step}’ has no ‘due’.",
        "此处永远不会逾期：“{step}” 没有写 due。",
        "Give it a ‘due’, or take the handler out.",
        "请补上 due，或删除该处理项。",
    ),
}
