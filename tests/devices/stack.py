"""The local stack as a child process, one for all tests, and a client of its API."""

import atexit
import functools
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

START_SECONDS = 60
ANSWER_SECONDS = 20
BETWEEN_LOOKS = 0.05


def until(what, look, seconds=20, pause=BETWEEN_LOOKS):
    """Looks again and again until `look` gives something, and gives it; the only place that waits."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not so within {seconds} s")
        time.sleep(pause)


class Api:
    """A client of the API, signed in or not."""

    def __init__(self, base, token=None):
        self.base, self.token = base, token

    def sign_in(self, login):
        _, answer = self.ask("POST", "/v1/auth/token", login, expect=200)
        return Api(self.base, answer["access_token"])

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers, expect=200)[1]

    def picture(self, path):
        """The bytes of a map's picture."""
        return self.send("GET", path, headers={"Accept": "image/png"}, expect=200)[1]

    def ask(self, method, path, body=None, headers=None, expect=None):
        """The status and the JSON of the answer; `expect` is the status that it has to have."""
        status, text = self.send(method, path, body, headers, expect)
        return status, json.loads(text) if text else None

    def send(self, method, path, body=None, headers=None, expect=None):
        """The status and the bytes of the answer."""
        request = urllib.request.Request(self.base + path, method=method)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with self.open(request) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as refused:
            status, text = refused.code, refused.read()
        if expect not in (None, status):
            raise AssertionError(f"{method} {path}: {status} instead of {expect}: {text!r}")
        return status, text

    def open(self, request):
        return urllib.request.urlopen(request, timeout=ANSWER_SECONDS)


class Stack:
    """The running program, its owner's client of the API, and the owner's home."""

    def __init__(self, robots=0, speed=1, options=()):
        self.folder = tempfile.TemporaryDirectory(prefix="sweepline-devices-")
        self.log = pathlib.Path(self.folder.name, "stack.log")
        options = [*options, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"]
        options += ["--robots", str(robots), "--speed", str(speed)]
        command = [program(), "up", "--data", f"{self.folder.name}/data", *options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
            )
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the stack did not start:\n{self.log.read_text()}")
        self.ready = json.loads(line)
        self.owner = self.api().sign_in(self.ready["owner"])
        self.home = self.owner.get("/v1/homes")["items"][0]["id"]

    def api(self):
        """A client that nobody has signed in on."""
        return Api(self.ready["http"])

    def map_path(self):
        """Where the map of the home's only floor is."""
        [floor] = self.owner.get(f"/v1/homes/{self.home}/floors")["items"]
        return f"/v1/homes/{self.home}/floors/{floor['id']}/map"

    def stop(self):
        self.process.terminate()
        self.process.wait(START_SECONDS)
        self.process.stdout.close()
        self.folder.cleanup()


def program():
    """What `SWEEPLINE_BIN` names, or what `cargo build` made."""
    built = pathlib.Path(__file__).parents[2] / "target" / "debug" / "sweepline"
    return os.environ.get("SWEEPLINE_BIN", str(built))


@functools.cache
def shared():
    """The one stack of this test run."""
    stack = Stack()
    atexit.register(stack.stop)
    return stack
