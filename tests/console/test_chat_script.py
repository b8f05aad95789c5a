import json
import shutil
import subprocess
from pathlib import Path

import pytest

import console

SCRIPT = Path(console.__file__).parent / "static" / "chat.js"
BROWSER = """
const opened = [], pauses = [], resumed = [];
class EventSource {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSED = 2;
  constructor(address) {
    Object.assign(this, { address, readyState: EventSource.CONNECTING, listeners: {} });
    opened.push(this);
  }
  addEventListener(kind, listener) { this.listeners[kind] = listener; }
  close() { this.readyState = EventSource.CLOSED; }
  happen(kind, readyState) {
    this.readyState = readyState;
    this.listeners[kind]?.({});
  }
}
const element = { dataset: { user: "t 1" }, addEventListener() {}, querySelector: () => element };
const document = { getElementById: () => element };
const setTimeout = (resume, pause) => { pauses.push(pause / 1000); resumed.push(resume); };
"""
PLAY = """
const last = () => opened[opened.length - 1];
const refuse = () => { last().happen("error", EventSource.CLOSED); resumed.pop()?.(); };
last().happen("error", EventSource.CONNECTING);
const untouched = pauses.length;
for (let time = 0; time < 6; time += 1) refuse();
last().happen("open", EventSource.OPEN);
refuse();
console.log(JSON.stringify({ untouched, pauses, addresses: [...new Set(opened.map((each) => each.address))],
  opened: opened.length }));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_a_refused_stream_is_opened_again_after_growing_pauses() -> None:
    program = BROWSER + SCRIPT.read_text("utf-8") + PLAY
    node = shutil.which("node") or ""
    run = subprocess.run([node, "-"], input=program, capture_output=True, text=True, timeout=9, check=False)  # noqa: S603 - our own script
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {
        "untouched": 0,
        "pauses": [5, 10, 20, 40, 60, 60, 5],
        "addresses": ["/api/chat/events?user=t%201"],
        "opened": 8,
    }
