"""The programs that open what we export: bpmn-js, Mermaid and mxGraph in Chromium; Graphviz, PlantUML, xmllint.

The first three come from npm, pinned by the lock file beside this file, into a cache outside of the repository. A test
that needs what is not there is skipped, and says what is missing.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import chromium
import pytest

_HERE = Path(__file__).parent
_MANIFEST = ("package.json", "package-lock.json")


@cache
def _packages():
    """The folder ``node_modules``, or why there is none."""
    digest = hashlib.sha256(b"".join((_HERE / name).read_bytes() for name in _MANIFEST)).hexdigest()[:16]
    cached = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sopflow-tests" / digest
    if not cached.exists():
        npm = shutil.which("npm")
        if npm is None:
            return "npm is not installed"
        cached.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=cached.parent))  # several processes may do this at once
        for name in _MANIFEST:
            shutil.copy(_HERE / name, made)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=240, check=False)
        if done.returncode:
            shutil.rmtree(made)
            return f"npm ci failed: {done.stderr.strip()[-200:]}"
        try:
            made.rename(cached)
        except OSError:  # another process was quicker
            shutil.rmtree(made)
    return cached / "node_modules"


def packages():
    """The folder ``node_modules``; without it the test is skipped."""
    found = _packages()
    if isinstance(found, str):
        pytest.skip(found)
    return found


def program(name):
    """The path of a program; without it the test is skipped."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def page(tmp_path, *scripts, before=""):
    """A blank page that has loaded ``scripts`` of the packages, to which ``js`` can hand documents."""
    if chromium.PROGRAM is None:
        pytest.skip("Chromium is not installed")
    there = packages()
    tags = "".join(f'<script src="{(there / script).as_uri()}"></script>' for script in scripts)
    file = tmp_path / "page.html"
    file.write_text(f'<!doctype html><meta charset="utf-8"><div id="here"></div>{before}{tags}', encoding="utf-8")
    browser = chromium.Chromium(tmp_path / "profile")
    try:
        with browser.page(file.as_uri()) as opened:
            yield opened
    finally:
        browser.close()


_BPMN = """(async xml => {
  const viewer = new BpmnJS({container: '#here'});
  try {
    const {warnings} = await viewer.importXML(xml);
    const shown = viewer.get('elementRegistry').getAll().filter(one => one.type !== 'label').map(one => one.id);
    return {faults: warnings.map(one => one.message), shown};
  } catch (error) {
    return {faults: [error.message, ...(error.warnings || []).map(one => one.message)], shown: []};
  } finally { viewer.destroy() }
})"""
_MERMAID = """(async text => {
  mermaid.initialize({startOnLoad: false, maxTextSize: 1e7, maxEdges: 5000});
  try {
    await mermaid.parse(text);
    const {svg} = await mermaid.render('drawn', text);
    const drawn = new DOMParser().parseFromString(svg, 'text/html');
    return {faults: [], shown: [...drawn.querySelectorAll('.node .nodeLabel')].map(one => one.textContent)};
  } catch (error) { return {faults: [error.message], shown: []} }
})"""
# draw.io wraps a cell that has a link in a `UserObject`, which mxGraph alone does not know.
_MXGRAPH = """(xml => {
  const doc = mxUtils.parseXml(xml);
  for (const object of [...doc.getElementsByTagName('UserObject')]) {
    const cell = object.firstElementChild;
    cell.setAttribute('id', object.getAttribute('id'));
    object.replaceWith(cell);
  }
  return [...doc.getElementsByTagName('mxGraphModel')].map(model => {
    const graph = new mxGraph(document.createElement('div'));
    const page = mxUtils.parseXml(new XMLSerializer().serializeToString(model));
    new mxCodec(page).decode(page.documentElement, graph.getModel());
    const cells = Object.values(graph.getModel().cells);
    return {
      vertices: cells.filter(one => one.vertex).map(one => one.id),
      edges: cells.filter(one => one.edge && one.source && one.target && graph.view.getState(one)).map(one => one.id),
    };
  });
})"""


def _call(page, function, text):
    return page.js(f"{function}({json.dumps(text)})")


def opened_by_bpmn_js(page, text):
    """What bpmn-js warns of, and the ids of what it shows."""
    return _call(page, _BPMN, text)


def drawn_by_mermaid(page, text):
    """What Mermaid cannot read, and the words of the nodes that it draws."""
    return _call(page, _MERMAID, text)


def decoded_by_mxgraph(page, text):
    """For each page the ids of shapes, and of lines that join two of them."""
    return _call(page, _MXGRAPH, text)
