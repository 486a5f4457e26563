"""`sopflow trace`: what of its sources a definition carries, and what in it is our reading."""

import zipfile

import pytest

import sopflow as package
from sopflow import bundled

HIRE = """\
sopflow: 1
id: hire
version: 1.0.0
title: {en: Hire somebody, zh: 招聘}
languages: [en, zh]
sources:
  handbook: {title: {en: Staff handbook, zh: 员工手册}, facts: facts.yaml}
cites: [handbook-1]
roles:
  head: {title: {en: Head, zh: 主管}, cites: [handbook-2]}
parameters:
  days: {is: int, default: 5, cites: [handbook-3-a]}
data:
  offer:
    accepted: bool
steps:
  advertise:
    task: {en: Advertise the post, zh: 发布职位}
    by: head
    checklist: [{text: {en: Salary, zh: 薪资}, cites: [handbook-3]}]
    due: {at: 5 days after opened, cites: [handbook-3-a]}
  interviews:
    group: {en: Interviews, zh: 面试}
    inferred: {en: The handbook does not group them, zh: 手册未分组}
    steps:
      meet: {task: {en: Meet, zh: 面谈}, by: head, cites: [handbook-4, handbook-4]}
    on:
      reminder: {every: week, task: {en: Remind, zh: 提醒}, by: head, cites: [handbook-5]}
  sign: {task: {en: Sign, zh: 签约}, by: head, cites: [handbook-6], inferred: {en: May come first, zh: 也可能在前}}
"""

FACTS = """\
facts:
- {id: handbook-1, kind: phase, quote: 招聘, en: Hiring}
- {id: handbook-2, kind: role, quote: 主管, en: the head hires, node: hire#advertise}
- {id: handbook-3, kind: standard, quote: 薪资, en: the salary is named, node: hr/hire#advertise}
- {id: handbook-3-a, kind: deadline, quote: 5, en: within five days, node: hr/hire#advertise}
- {id: handbook-4, kind: task, quote: 面谈, en: meet, node: hr/hire#meet, alternative: by telephone}
- {id: handbook-5, kind: cadence, quote: 每周, en: weekly, node: hr/hire#reminder}
- {id: handbook-6, kind: task, quote: 签约, en: sign, node: hr/hire#sign}
- {id: handbook-7, kind: rule, quote: 三轮, en: three rounds, node: hr/dismiss#talk}
- {id: handbook-8, kind: furniture, quote: 第 8 页}
"""

DISMISS = """\
sopflow: 1
id: dismiss
version: 1.0.0
title: {en: Part, zh: 离职}
languages: [en, zh]
sources: {handbook: {title: {en: Staff handbook, zh: 员工手册}, facts: facts.yaml}}
steps:
  talk: {task: {en: Talk, zh: 谈话}, cites: [handbook-7, handbook-4]}
  pack: {task: {en: Pack, zh: 整理}}
"""


@pytest.fixture
def hire(write):
    """A folder with a definition and the facts of its source."""
    write("hr/facts.yaml", FACTS)
    return write("hr/hire.sop.yaml", HIRE)


def _by_id(rows, key="fact"):
    return {row[key]: row for row in rows}


# -- facts -----------------------------------------------------------------------------------------------------------


def test_each_fact_says_where_it_is_cited(sopflow, hire):
    """JSON: a list of objects with fact, steps, status; a place outside of steps is the definition's name."""
    result = sopflow("trace", hire, "--json")
    rows = _by_id(result.json)
    assert {name: (row["status"], row["steps"]) for name, row in rows.items()} == {
        "handbook-1": ("carried", ["hr/hire"]),
        "handbook-2": ("carried", ["hr/hire"]),
        "handbook-3": ("carried", ["hr/hire#advertise"]),
        "handbook-3-a": ("carried", ["hr/hire", "hr/hire#advertise"]),
        "handbook-4": ("carried", ["hr/hire#meet"]),
        "handbook-5": ("carried", ["hr/hire#reminder"]),
        "handbook-6": ("carried", ["hr/hire#sign"]),
        "handbook-8": ("furniture", []),
    }
    assert result.code == 0
    assert [place["part"] for place in rows["handbook-3-a"]["places"]] == ["parameters.days", "due"]
    assert [place["part"] for place in rows["handbook-2"]["places"]] == ["roles.head"]
    (place,) = rows["handbook-3"]["places"]
    assert place == {
        "at": "hr/hire#advertise", "path": "advertise", "part": "checklist.0",
        "file": hire, "line": 20, "column": 54,
    }  # fmt: skip
    assert (rows["handbook-1"]["file"], rows["handbook-1"]["line"]) == ("hr/facts.yaml", 2)
    assert (rows["handbook-4"]["source"], rows["handbook-4"]["alternative"]) == ("handbook", "by telephone")
    assert rows["handbook-3-a"]["quote"] == "5"


def test_a_step_is_named_by_its_path_where_its_id_is_not_unique(sopflow, hire, write):
    """The full path always works; the id will do where one step has it."""
    write("hr/hire.sop.yaml", HIRE.replace("      meet: ", "      sign: "))
    rows = _by_id(sopflow("trace", hire, "--json").json)
    assert rows["handbook-4"]["steps"] == ["hr/hire#interviews.sign"]
    assert rows["handbook-6"]["steps"] == ["hr/hire#sign"]


def test_a_folder_must_carry_all_facts(sopflow, hire):
    """What belongs to no definition of the folder, or to one that does not cite it, is missing: exit code 1."""
    result = sopflow("trace", "hr", "--json")
    rows = _by_id(result.json)
    assert (rows["handbook-7"]["status"], rows["handbook-7"]["steps"], result.code) == ("missing", [], 1)
    text = sopflow("trace", "hr").out
    assert "hr/facts.yaml:9:8: handbook-7  three rounds  (belongs at hr/dismiss#talk)" in text
    assert "三轮" in sopflow("trace", "hr", "--lang", "zh").out


def test_neighbours_may_carry_what_one_leaves_out(sopflow, hire, write):
    """The citations of every definition of the folder count; each is asked about its own facts."""
    write("hr/dismiss.sop.yaml", DISMISS)
    write("hr/draft.sop.yaml", "sopflow: 1\nid: draft\nsteps: {a: {tsak: A}}\n")
    write("hr/hire.sop.yaml", HIRE.replace("cites: [handbook-4, handbook-4]", "note: as usual"))
    rows = _by_id(sopflow("trace", hire, "--json").json)
    assert rows["handbook-4"]["steps"] == ["hr/dismiss#talk"]
    assert "handbook-7" not in rows
    assert sopflow("trace", hire).code == 0
    rows = _by_id(sopflow("trace", "hr/dismiss.sop.yaml", "--json").json)
    assert {name for name, row in rows.items() if row["status"] == "carried"} == {"handbook-1", "handbook-7"}
    result = sopflow("trace", "hr")
    assert result.code == 1
    assert "hr/draft.sop.yaml:3:13: error SOP105" in result.err


def test_what_is_only_included_is_passed_over(sopflow, hire, write):
    """A file for `include` is no definition; what came by it is cited where it stands."""
    write("hr/common.sop.yaml", "sopflow: 1\nroles: {head: {title: {en: H, zh: 主管}, cites: [handbook-2]}}\n")
    role = "roles:\n  head: {title: {en: Head, zh: 主管}, cites: [handbook-2]}\n"
    write("hr/hire.sop.yaml", HIRE.replace(role, "include: [common]\n"))
    write("hr/dismiss.sop.yaml", DISMISS)
    result = sopflow("trace", "hr", "--json")
    (place,) = _by_id(result.json)["handbook-2"]["places"]
    assert (place["at"], place["file"], result.code, result.err) == ("hr/hire", "hr/common.sop.yaml", 0, "")


def test_a_citation_of_no_fact_is_told(sopflow, hire, write):
    """With its place and the nearest id, and as a fact of status `unknown`: exit code 1."""
    write("hr/hire.sop.yaml", HIRE.replace("[handbook-6]", "[handbok-6]"))
    result = sopflow("trace", hire, "--json")
    rows = _by_id(result.json)
    assert (rows["handbok-6"]["status"], rows["handbok-6"]["steps"]) == ("unknown", ["hr/hire#sign"])
    assert rows["handbook-6"]["status"] == "missing"
    assert result.code == 1
    assert "hr/hire.sop.yaml:29:54: error SOP512" in result.err
    assert "Did you mean ‘handbook-6’?" in result.err


def test_the_source_is_the_key_with_which_an_id_begins(sopflow, hire, write):
    """Several sources may share a file of facts; with one source, all facts are its."""
    more = "  handbook-4: {title: {en: Annex, zh: 附录}, facts: facts.yaml}\n"
    write("hr/hire.sop.yaml", HIRE.replace("cites: [handbook-1]\n", more + "cites: [handbook-1]\n", 1))
    rows = _by_id(sopflow("trace", hire, "--json").json)
    assert (rows["handbook-1"]["source"], rows["handbook-4"]["source"]) == ("handbook", "handbook")
    write("hr/facts.yaml", FACTS.replace("handbook-4,", "handbook-4-x,"))
    write("hr/hire.sop.yaml", HIRE.replace("cites: [handbook-1]\n", more + "cites: [handbook-1]\n", 1))
    rows = _by_id(sopflow("trace", hire, "--json").json)
    assert (rows["handbook-1"]["source"], rows["handbook-4-x"]["source"]) == ("handbook", "handbook-4")


# -- files of facts that are not as they should be -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "place", "code"),
    [
        (None, "hr/hire.sop.yaml:7:60", "SOP603"),
        ("", "hr/facts.yaml:1:1", "SOP027"),
        ("- a\n", "hr/facts.yaml:1:1", "SOP028"),
        ("fact: []\n", "hr/facts.yaml:1:1", "SOP103"),
        ("facts: {a: b}\n", "hr/facts.yaml:1:8", "SOP111"),
        ("facts: [a]\n", "hr/facts.yaml:1:9", "SOP112"),
        ("facts: [{kind: rule}]\n", "hr/facts.yaml:1:9", "SOP103"),
        ("facts: [{id: [a]}]\n", "hr/facts.yaml:1:14", "SOP113"),
        ("facts: [{id: a}, {id: a}]\n", "hr/facts.yaml:1:23", "SOP514"),
        ("facts: [{id: a, en: {b: c}}]\n", "hr/facts.yaml:1:21", "SOP113"),
        ("facts: [{id: a\n", "hr/facts.yaml:", "SOP0"),
        (b"\xff\xfe\x00", "hr/facts.yaml:1:1", "SOP0"),
    ],
)
def test_a_faulty_file_of_facts_is_a_finding(sopflow, hire, write, folder, facts, place, code):
    """Missing, unreadable or misshapen: told with code and place, exit code 1, and never a traceback."""
    (folder / "hr" / "facts.yaml").unlink()
    if facts is not None:
        write("hr/facts.yaml", facts)
    result = sopflow("trace", hire)
    assert result.code == 1
    assert f"{place}" in result.err
    assert f": error {code}" in result.err
    assert "SOP512" not in result.err


@pytest.mark.parametrize(
    ("name", "code"), [("facts.csv", "SOP061"), ("deep", "SOP061"), ("deep/facts.yaml", "SOP603"), ("d.yaml", "SOP190")]
)
def test_a_file_of_facts_that_cannot_be_read_is_told_where_it_is_named(sopflow, hire, write, folder, name, code):
    """An unknown notation, a folder, a path that leads nowhere."""
    (folder / "hr" / "d.yaml").mkdir()
    write("hr/facts.csv", "id\n")
    write("hr/hire.sop.yaml", HIRE.replace("facts: facts.yaml", f"facts: {name}"))
    result = sopflow("trace", hire)
    assert f"hr/hire.sop.yaml:7:60: error {code}" in result.err
    assert result.code == 1


def test_a_definition_without_sources_has_nothing_to_trace(sopflow, post):
    """That is told, and no fault."""
    result = sopflow("trace", post, "--json")
    assert (result.json, result.code) == ([], 0)
    assert "warning SOP513" in result.err


def test_a_definition_that_cites_without_facts_is_told(sopflow, hire, write):
    """A source without a file of facts has no facts that could be cited."""
    write("hr/hire.sop.yaml", HIRE.replace(", facts: facts.yaml", ""))
    result = sopflow("trace", hire, "--json")
    assert {row["status"] for row in result.json} == {"unknown"}
    assert result.code == 1


# -- what people read ------------------------------------------------------------------------------------------------


def test_one_definition_is_shown_in_full(sopflow, hire):
    """How many facts, what is our reading, and where each fact is cited, in either language."""
    result = sopflow("trace", hire)
    lines = [line.strip() for line in result.out.splitlines()]
    assert lines[0] == "hr/hire  Hire somebody"
    assert "handbook   8       7         0         1           Staff handbook" in lines
    assert "hr/hire#interviews  Interviews: The handbook does not group them" in lines
    assert "hr/hire#sign  Sign: May come first" in lines
    place = lines.index("handbook-3-a  within five days")
    assert lines[place + 1 : place + 3] == ["hr/hire (parameters.days)", "hr/hire#advertise (due)"]
    assert "hr/hire#sign · our reading" in lines
    chinese = sopflow("trace", hire, "--lang", "zh").out
    assert "员工手册" in chinese
    assert "hr/hire#sign  签约: 也可能在前" in chinese


def test_several_definitions_are_shown_in_short(sopflow, hire, write):
    """Counts, what is missing, and steps with neither fact nor reading; with --full everything."""
    write("hr/dismiss.sop.yaml", DISMISS)
    short = sopflow("trace", "hr").out
    assert "hr/dismiss#pack  Pack" in short
    assert "within five days" not in short
    assert "within five days" in sopflow("trace", "hr", "--full").out
    rows = [line.split() for line in short.splitlines()]
    assert ["hr/dismiss", "2", "1", "0", "1"] in rows
    assert ["hr/hire", "5", "4", "2", "0"] in rows


def test_step_by_step(sopflow, hire):
    """--steps: each step with its facts and its reading; the definition comes first."""
    rows = _by_id(sopflow("trace", hire, "--steps", "--json").json, "step")
    assert list(rows) == [
        "hr/hire",
        *(f"hr/hire#{id}" for id in ("advertise", "interviews", "reminder", "meet", "sign")),
    ]
    assert rows["hr/hire"]["facts"] == ["handbook-2", "handbook-3-a", "handbook-1"]
    assert rows["hr/hire#interviews"]["facts"] == []
    assert (rows["hr/hire#meet"]["facts"], rows["hr/hire#meet"]["kind"]) == (["handbook-4"], "task")
    assert rows["hr/hire#sign"]["inferred"] == "May come first"
    assert rows["hr/hire#advertise"]["line"] == 17
    assert _by_id(sopflow("trace", hire, "--steps", "--json", "--lang", "zh").json, "step")["hr/hire#sign"][
        "inferred"
    ] == ("也可能在前")
    text = sopflow("trace", hire, "--steps").out
    assert "hr/hire#advertise  Advertise the post\n    handbook-3-a, handbook-3\n" in text
    assert "hr/hire#interviews  Interviews\n    no fact\n    our reading: The handbook does not group them\n" in text


def test_one_fact(sopflow, hire):
    """Quote, English, kind, where it belongs and where it is cited; --json: a list of that one."""
    lines = [line.strip().split("   ") for line in sopflow("trace", hire, "--fact", "handbook-6").out.splitlines()]
    shown = {line[0]: line[-1].strip() for line in lines}
    assert lines[0] == ["handbook-6  carried"]
    assert (shown["quote"], shown["English"], shown["kind"]) == ("签约", "sign", "task")
    assert (shown["belongs at"], shown["cited"]) == ("hr/hire#sign", "hr/hire#sign")
    assert shown["our reading"] == "hr/hire#sign: May come first"
    (row,) = sopflow("trace", hire, "--fact", "handbook-6", "--json").json
    assert row["fact"] == "handbook-6"
    assert sopflow("trace", "hr", "--fact", "handbook-7").code == 1


def test_a_fact_of_all(sopflow):
    """Without a name, all that comes with sopflow is meant."""
    (row,) = sopflow("trace", "--fact", "market-000-048", "--json").json
    assert "marketing/event-attending#needs-business-support" in row["steps"]
    assert "是否需业务部门支持" in sopflow("trace", "--fact", "market-000-048", "--lang", "zh").out


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        (["hr/hire.sop.yaml", "--fact", "handbok-6"], ["SOP515"]),
        (["hr/hier.sop.yaml"], ["SOP603"]),
        (["no-such-name"], ["SOP601"]),
        (["empty"], ["SOP606"]),
    ],
)
def test_what_does_not_exist_is_misuse(sopflow, hire, folder, options, codes):
    """A fact, a definition or a folder of definitions that is not there: exit code 2, with the nearest name."""
    (folder / "empty").mkdir()
    result = sopflow("trace", *options, "--json")
    assert (result.codes, result.code) == (codes, 2)


@pytest.mark.parametrize("options", [[], ["event-attending", "--all"]])
def test_it_is_said_what_is_meant(sopflow, options):
    """A name, or --all: one of the two."""
    assert sopflow("trace", *options).code == 2


def test_a_definition_that_cannot_be_used_is_told(sopflow, write):
    """Its findings, and exit code 1."""
    result = sopflow("trace", write("a.sop.yaml", "sopflow: 1\nid: a\nsteps: {a: {tsak: A}}\n"), "--json")
    assert "SOP105" in result.codes
    assert result.code == 1


def test_standard_input_has_no_neighbours(sopflow, hire, write):
    """Its files of facts are looked up where the command was called."""
    write("facts.yaml", FACTS)
    result = sopflow("trace", "-", "--json", input=HIRE)
    assert _by_id(result.json)["handbook-3"]["steps"] == ["hire#advertise"]
    assert result.code == 0


def test_all_that_comes_with_sopflow_is_carried(sopflow):
    """`--all --json` is a list of objects with fact, steps and status; nothing is missing."""
    result = sopflow("trace", "--all", "--json")
    assert result.code == 0
    assert {row["status"] for row in result.json} == {"carried", "furniture"}
    assert {"fact", "steps", "status"} <= result.json[0].keys()
    assert all(row["steps"] for row in result.json if row["status"] == "carried")
    rows = _by_id(result.json)
    assert "marketing/event-attending#will-attend" in rows["market-000-050"]["steps"]


def test_in_a_zip_too(tmp_path, monkeypatch, sopflow):
    """Definitions and facts that are read as text, as no path leads there."""
    with zipfile.ZipFile(tmp_path / "sopflow.zip", "w") as archive:
        archive.writestr("sops/hr/hire.sop.yaml", HIRE.replace("cites: [handbook-1]\n", "", 1))
        archive.writestr("sops/hr/facts.yaml", FACTS)
    monkeypatch.setattr(bundled, "root", lambda: zipfile.Path(tmp_path / "sopflow.zip", "sops/"))
    rows = _by_id(sopflow("trace", "hire", "--json").json)
    assert (rows["handbook-1"]["status"], rows["handbook-3"]["steps"]) == ("missing", ["hr/hire#advertise"])
    assert _by_id(sopflow("trace", "--all", "--json").json)["handbook-7"]["status"] == "missing"
    with zipfile.ZipFile(tmp_path / "bare.zip", "w") as archive:
        archive.writestr("sops/hr/hire.sop.yaml", HIRE)
    monkeypatch.setattr(bundled, "root", lambda: zipfile.Path(tmp_path / "bare.zip", "sops/"))
    assert "SOP603" in sopflow("trace", "hire").err


# -- from Python -----------------------------------------------------------------------------------------------------


def test_the_function_takes_a_loaded_definition(hire):
    """A definition, its name or path, a folder, or nothing for all that comes with sopflow."""
    traced = package.trace(package.load(hire))
    assert [one.fact.id for one in traced.facts] == [one.fact.id for one in package.trace(hire).facts]
    assert traced.report.ok
    assert [source.key for source in traced.sources] == ["handbook"]
    assert [finding.code for finding in package.trace("hr").report] == ["SOP511"]
    assert "three rounds" in package.trace("hr").report.findings[0].text()
    assert package.trace(package.loads("sopflow: 1\nid: a\nsteps: {a: {task: A}}\n")).facts == ()
