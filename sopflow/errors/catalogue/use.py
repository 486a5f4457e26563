"""Codes of the family ``use``: see the table in this package."""

from sopflow.errors.catalogue._entry import Entry, error

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
}
