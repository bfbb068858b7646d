"""Our own agent as a program, on a simulated robot."""

import os
import pathlib
import re
import subprocess
import uuid

from front import Gateway, serve
from stack import until

PROGRAMS = pathlib.Path(os.environ.get("SWEEPLINE_PROGRAMS", "."))
# How much faster than the clock the robot drives.
SPEED = "40"
PAIR_SECONDS = 60
START_SECONDS = 30
RUN_SECONDS = 180
STOP_SECONDS = 10
# Between two questions to the API, which is slower here than on the local stack.
PAUSE = 0.5


class Agent:
    """A robot that its owner has claimed with the code that it shows."""

    def __init__(self, installation, name):
        self.owner, self.folder = installation.owner, pathlib.Path(installation.folder.name, name)
        self.folder.mkdir()
        settings = {"base": installation.cloud.base, "host": installation.host}
        port = serve(Gateway, authority=installation.cloud.authority, **settings)
        self.pair(f"http://127.0.0.1:{port}", installation.home, name)
        self.log = self.folder / "agent.log"
        with self.log.open("wb") as log:
            program = [PROGRAMS / "sweepline-simulated-robot", "run", "--speed", SPEED]
            self.process = subprocess.Popen(
                [*program, "--dir", self.folder / "state"], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def pair(self, api, home, name):
        command = [PROGRAMS / "sweepline-agent", "pair", "--api", api, "--dir", self.folder / "state"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as pairing:
            try:
                code = re.fullmatch(r"Code: (\S+)\n", pairing.stdout.readline()).group(1)
                self.id = self.claim(home, code, name)
                if pairing.wait(PAIR_SECONDS) != 0:
                    raise AssertionError("the agent is not paired")
            finally:
                pairing.kill()

    def claim(self, home, code, name):
        body = {"code": code, "name": name}
        return self.owner.ask("POST", f"/v1/homes/{home}/robots", body, expect=201)[1]["id"]

    def get(self, path=""):
        return self.owner.get(f"/v1/robots/{self.id}{path}")

    def start(self):
        """Has it clean everything, as soon as it knows the time; gives the command that it took."""
        return until("the robot starts", self.try_to_start, START_SECONDS, PAUSE)

    def try_to_start(self):
        body, headers = {"type": "start", "scope": {"kind": "whole_home"}}, {"Idempotency-Key": str(uuid.uuid4())}
        _, made = self.owner.ask("POST", f"/v1/robots/{self.id}/commands", body, headers=headers, expect=202)
        path = f"/commands/{made['id']}"
        command = until("it answers", lambda: settled(self.get(path)), START_SECONDS, PAUSE)
        return command if command["state"] != "rejected" else None

    def run_in_map(self):
        """Waits for its only run to have voted in the map of its home; gives it."""
        return until("the run is in the map", self.voted, RUN_SECONDS, PAUSE)

    def voted(self):
        return next((run for run in self.get("/runs")["items"] if run["in_map"]), None)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def settled(command):
    return command if command["state"] not in ("requested", "delivered") else None
