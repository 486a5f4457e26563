"""A page in a real Chromium, driven over its debugging pipe: no other package is needed.

The protocol: https://chromedevtools.github.io/devtools-protocol/. Messages are JSON, each ended by a zero byte; the
browser reads them from its file descriptor 3 and answers on 4 (``--remote-debugging-pipe``).
"""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from contextlib import contextmanager

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--remote-debugging-pipe",
    "--no-first-run", "--mute-audio", "--hide-scrollbars", "--force-color-profile=srgb", "--font-render-hinting=none",
)  # fmt: skip
_PATIENCE = 30.0  # seconds for one answer
_KEYS = {
    "Enter": ("Enter", 13, "\r"), "Escape": ("Escape", 27, ""), "Tab": ("Tab", 9, ""), " ": ("Space", 32, " "),
    "ArrowUp": ("ArrowUp", 38, ""), "ArrowDown": ("ArrowDown", 40, ""),
    "ArrowLeft": ("ArrowLeft", 37, ""), "ArrowRight": ("ArrowRight", 39, ""),
}  # fmt: skip


class Chromium:
    """One browser. ``page`` opens an address in a tab of its own."""

    def __init__(self, profile):
        ours, theirs = zip(os.pipe(), os.pipe(), strict=True)  # (read, read), (write, write)
        self._write, self._read = theirs[0], ours[1]
        child_in, child_out = ours[0], theirs[1]
        command = 'exec 3<&$1 4>&$2; shift 2; exec "$@"'
        program = [PROGRAM, *_FLAGS, f"--user-data-dir={profile}"]
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", command, "-", str(child_in), str(child_out), *program],
            pass_fds=(child_in, child_out), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(child_in)
        os.close(child_out)
        self._rest = b""
        self._number = 0
        self.events = []

    def close(self):
        """End the browser."""
        self._process.kill()
        self._process.wait()
        os.close(self._write)
        os.close(self._read)

    def call(self, method, session=None, **params):
        """Do what ``method`` says and return its answer; what happens meanwhile is kept in ``events``."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        os.write(self._write, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        while True:
            answer = self._next(method)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def _next(self, what):
        end = time.monotonic() + _PATIENCE
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError(what)
            self._rest += os.read(self._read, 1 << 20)
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)

    @contextmanager
    def page(self, address, *, size=(1280, 800), dark=False, still=True):
        """The page at ``address``, loaded, in a window of ``size`` pixels."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.call(
            "Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False
        )
        page.media(dark=dark, still=still)
        page.go(address)
        try:
            yield page
        finally:
            self.call("Target.closeTarget", targetId=target)


class Page:
    """A tab: what a user does there, and what can be seen."""

    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    def call(self, method, **params):
        """Do in this tab what ``method`` says."""
        return self.browser.call(method, self.session, **params)

    def go(self, address):
        """Load another page."""
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete'")

    def media(self, *, dark=False, still=True, kind=""):
        """What the reader's system asks for: dark, little motion, ``print``."""
        features = [("prefers-color-scheme", "dark" if dark else "light"),
                    ("prefers-reduced-motion", "reduce" if still else "no-preference")]  # fmt: skip
        self.call("Emulation.setEmulatedMedia", media=kind, features=[{"name": n, "value": v} for n, v in features])

    def js(self, expression):
        """The value of an expression, as plain data."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"].get("exception", {}).get("description", expression))
        return done["result"].get("value")

    def wait(self, condition):
        """Until an expression is true."""
        end = time.monotonic() + _PATIENCE
        while not self.js(condition):
            if time.monotonic() > end:
                raise TimeoutError(condition)
            time.sleep(0.02)

    def settle(self):
        """Until all that was asked for has been painted."""
        self.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def press(self, *keys, shift=False):
        """Press keys, one after the other."""
        for key in keys:
            code, number, text = _KEYS.get(key, (key, ord(key[0].upper()), key))
            about = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": 8 if shift else 0}
            self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **about)
            self.call("Input.dispatchKeyEvent", type="keyUp", **about)
        self.settle()

    def type(self, text):
        """Type a text where the focus is."""
        self.call("Input.insertText", text=text)
        self.settle()

    def middle(self, selector):
        """Where the middle of an element is in the window."""
        box = self.js(f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
                      " return [b.x, b.y, b.width, b.height]; })()")  # fmt: skip
        return box[0] + box[2] / 2, box[1] + box[3] / 2

    def mouse(self, kind, x, y, **more):
        """One event of the mouse."""
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, selector):
        """Click on the middle of an element."""
        x, y = self.middle(selector)
        self.mouse("mousePressed", x, y, button="left", clickCount=1)
        self.mouse("mouseReleased", x, y, button="left", clickCount=1)
        self.settle()

    def drag(self, start, end):
        """Drag from one point to another."""
        self.mouse("mousePressed", *start, button="left", clickCount=1)
        for share in (0.3, 0.6, 1.0):
            at = [one + (two - one) * share for one, two in zip(start, end, strict=True)]
            self.mouse("mouseMoved", *at, button="left", buttons=1)
        self.mouse("mouseReleased", *end, button="left", clickCount=1)
        self.settle()

    def accessible(self):
        """The accessibility tree: (role, name) of everything in it."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]

    def screenshot(self):
        """The window as a PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    def pdf(self):
        """The page on paper."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])

    def complaints(self):
        """What the console and the page's policy have said, and exceptions."""
        self.settle()
        mine = [event for event in self.browser.events if event.get("sessionId") == self.session]
        return [
            event["params"]
            for event in mine
            if event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        ]

    def asked(self):
        """Every address that was asked for."""
        return [
            event["params"]["request"]["url"]
            for event in self.browser.events
            if event.get("sessionId") == self.session and event["method"] == "Network.requestWillBeSent"
        ]
