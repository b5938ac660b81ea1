"""What the tests of this folder share: the program, free ports, the steps that every client walks."""

import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/appstream-console"
STEPS = json.loads((ROOT / "server/simulator/src/tests/scenario.json").read_text())
ACCOUNT, REGION = "111122223333", "us-east-1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url):
    for _ in range(200):
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nothing answers at {url}")


class Simulator:
    """`simulate` on a free port."""

    def __init__(self, *arguments):
        self.url = f"http://127.0.0.1:{free_port()}"
        self.process = subprocess.Popen([PROGRAM, "simulate", "--listen", self.url.removeprefix("http://"), *arguments], stdout=subprocess.DEVNULL)
        wait_for(f"{self.url}/_simulator/health")

    def control(self, path, body):
        request = urllib.request.Request(f"{self.url}/_simulator/{path}", json.dumps(body).encode())
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


def walk(simulator, call):
    """Walks all steps. `call(operation, input, error)` answers the output as plain data, or None when it failed as it should."""
    month = time.strftime("%Y-%m", time.gmtime(simulator.control("clock", {})["now"]))
    saved = {"month": month}

    def fill(value):
        if isinstance(value, str):
            return saved.get(value[1:], value) if value.startswith("$") else value
        if isinstance(value, list):
            return [fill(v) for v in value]
        return {k: fill(v) for k, v in value.items()} if isinstance(value, dict) else value

    for step in STEPS:
        if "advance" in step:
            simulator.control("clock", {"advance_seconds": step["advance"]})
        elif "control" in step:
            simulator.control(step["control"], step["body"])
        else:
            error = step.get("error")
            if error and error.startswith("fault:"):
                error = error.removeprefix("fault:")
                simulator.control("faults", {"operation": step["op"], "error": error, "count": 1})
            # A month may pass while the clock is moved; the licence is used in the later one.
            saved["month"] = time.strftime("%Y-%m", time.gmtime(simulator.control("clock", {})["now"]))
            output = call(step["op"], fill(step["input"]), error)
            for name, path in step.get("save", {}).items():
                for part in path.strip("/").split("/"):
                    output = output[int(part)] if part.isdigit() else output[part]
                saved[name] = output
