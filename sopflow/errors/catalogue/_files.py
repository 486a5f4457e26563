"""Codes SOP180..199 of the family ``shape``: the file as a whole, and what stands beside it."""

from sopflow.errors.catalogue._entry import Entry, error, warning

ENTRIES: dict[str, Entry] = {
    "SOP180": error(
        "This is nested more than {most} levels deep.",
        "嵌套超过{most}层。",
        "Move a part of it into an SOP of its own and call that.",
        "请把其中一部分写成单独的 SOP 再调用。",
    ),
    "SOP181": error(
        "This file is written in version {version} of the language; this library reads version {supported}.",
        "该文件使用语言版本{version}；本库只能读取版本{supported}。",
        "Update the library, or write ‘sopflow: {supported}’.",
        "请更新本库，或写“sopflow: {supported}”。",
    ),
    "SOP182": error(
        "‘{version}’ is not a version.",
        "“{version}”不是版本号。",
        "Write one to three numbers with dots between them, such as 1.0.0.",
        "请写一到三个用点分隔的数字，例如 1.0.0。",
    ),
    "SOP183": warning(
        "The definition has no version.",
        "定义没有版本号。",
        "Add ‘version: 1.0.0’.",
        "请补上“version: 1.0.0”。",
    ),
    "SOP184": warning(
        "The definition has no title.",
        "定义没有标题。",
        "Add ‘title: …’.",
        "请补上“title: …”。",
    ),
    "SOP185": warning(
        "The id is ‘{id}’, but the file is called ‘{file}’.",
        "标识是“{id}”，但文件名是“{file}”。",
        "Give both one name: the file is found by it.",
        "请使用同一名称：查找文件时以此为准。",
    ),
    "SOP186": error(
        "No file ‘{name}.sop.yaml’ to include was found.",
        "找不到要引用的文件“{name}.sop.yaml”。",
        "Files there: {known}.",
        "该处的文件：{known}。",
    ),
    "SOP187": error(
        "The files include each other in a circle: {circle}.",
        "文件循环引用：{circle}。",
        "Take one ‘include’ out.",
        "请删去其中一处“include”。",
    ),
    "SOP188": error(
        "‘{name}’ means something else in ‘{file}’, which is included.",
        "“{name}”在被引用的“{file}”中另有含义。",
        "Rename one of them, or remove it here.",
        "请重命名其中一个，或删去此处的定义。",
    ),
    "SOP189": error(
        "There is no text at ‘{path}’ in the definition.",
        "定义中的“{path}”处没有文字。",
        "The nearest path with a text is ‘{nearest}’.",
        "最接近的文字路径是“{nearest}”。",
    ),
    "SOP190": error(
        "The file ‘{file}’ cannot be read: {reason}.",
        "无法读取文件“{file}”：{reason}。",
    ),
    "SOP191": error(
        "No notation is called ‘{name}’.",
        "没有名为“{name}”的格式。",
        "Notations: {known}.",
        "可用格式：{known}。",
    ),
    "SOP192": error(
        "A value of the Python type ‘{type}’ cannot stand in a definition.",
        "定义中不能使用 Python 类型“{type}”的值。",
        "Use text, numbers, true or false, lists, maps, dates, times or decimals.",
        "请使用文字、数字、真假值、列表、映射、日期、时间或十进制数。",
    ),
    "SOP199": error("{text}", "{text}"),
}
