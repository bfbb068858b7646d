"""Requests that schemathesis makes up from the served OpenAPI document, right and wrong ones, against a fresh stack.

None may have an answer of 500 or more, a form that the document does not state, or success without a token or in spite
of what the document forbids.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from stack import Stack, until

FOLDER = pathlib.Path(__file__).parent
# Requests for each route and phase; the long form asks for more.
EXAMPLES = os.environ.get("SWEEPLINE_EXAMPLES", "15")
# A run of the demo robot takes a quarter of a minute at this speed.
SPEED = 100
PATIENCE_SECONDS = 120
# More changes than are tried, so that none is turned away before it is looked at.
CHANGES = "1000000"


class Strangers(unittest.TestCase):
    """One stack with two robots, one of which has driven through its home."""

    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(robots=2, speed=SPEED, options=["--changes", CHANGES])
        cls.addClassCleanup(cls.stack.stop)
        cls.ids, cls.spare = furnish(cls.stack)

    def report(self, token, document=None, config="", *options):
        """What schemathesis found with a token, by its document or another one."""
        with tempfile.TemporaryDirectory() as folder:
            settings = pathlib.Path(folder, "schemathesis.toml")
            settings.write_text((FOLDER / "schemathesis.toml").read_text() + config)
            found = pathlib.Path(folder, "report.json")
            where = self.stack.ready["http"] + "/openapi.json"
            if document:
                where = pathlib.Path(folder, "openapi.json")
                where.write_text(json.dumps(document))
            command = [sys.executable, "-m", "schemathesis.cli", "--config-file", settings, "run", where]
            command += ["--url", self.stack.ready["http"], "--header", f"Authorization: Bearer {token}"]
            command += ["--report", "json", "--report-json-path", found, "--max-examples", EXAMPLES, *options]
            said = subprocess.run(
                command,
                env={**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(FOLDER)},
                cwd=folder,
                capture_output=True,
                text=True,
            )
            self.assertTrue(found.exists(), said.stdout + said.stderr)
            return json.loads(found.read_text()), said.stdout

    def hold(self, row, token, config=""):
        """Prints a row, and fails with what was found."""
        report, said = self.report(token, config=config)
        tried = report["test_cases"]["generated"]
        failed = len(report["failures"]) + len(report["errors"])
        print(f"{row}: {tried} tried, {failed} failed", flush=True)
        self.assertEqual((failed, report["exit_code"]), (0, 0), said)
        self.assertEqual(report["operations"]["tested"], report["operations"]["total"], said)
        self.assertGreater(tried, 1000)

    def test_a_stranger_to_every_id_finds_nothing(self):
        operator = self.stack.api().sign_in(self.stack.ready["operator"])
        self.hold("S5 contract, operator", operator.token)

    def test_an_owner_in_their_own_home_finds_nothing(self):
        self.hold("S5 contract, owner", self.stack.owner.token, config=parameters(self.ids, self.spare))

    def test_bugs_that_are_built_in_are_found(self):
        document = self.stack.owner.get("/openapi.json")
        options = ["--phases", "coverage", "--include-path"]
        for words, path, change in BUGS:
            with self.subTest(words):
                changed = json.loads(json.dumps(document))
                change(changed)
                report, said = self.report(self.stack.owner.token, changed, "", *options, path)
                self.assertTrue(report["failures"], said)
                print(f"S5 contract, owner: caught: {words}", flush=True)


def demand_a_token(document):
    document["paths"]["/healthz"]["get"]["security"] = [{"bearer": []}]


def promise_a_number(document):
    document["components"]["schemas"]["Me"]["properties"]["id"] = {"type": "integer"}


def lower_the_limit(document):
    [limit] = [known for known in document["paths"]["/v1/homes"]["get"]["parameters"] if known["name"] == "limit"]
    limit["schema"] = {"type": "integer", "minimum": 1, "maximum": 10}


def forget_a_type(document):
    answers = document["paths"]["/v1/homes/{home}"]["get"]["responses"]
    answers["default"]["content"] = {"text/plain": {"schema": {"type": "string"}}}


def forget_a_status(document):
    answers = document["paths"]["/v1/homes/{home}"]["get"]["responses"]
    answers["403"] = answers.pop("default")


BUGS = [
    ("a route that answers without the token it needs", "/healthz", demand_a_token),
    ("a field of another type", "/v1/me", promise_a_number),
    ("a number above its limit that is taken", "/v1/homes", lower_the_limit),
    ("an answer of another media type", "/v1/homes/{home}", forget_a_type),
    ("a status that is not in the document", "/v1/homes/{home}", forget_a_status),
]


def furnish(stack):
    """Lets a robot drive; the ids of all that an owner can name then, and a robot and a home that may go."""
    owner, home = stack.owner, f"/v1/homes/{stack.home}"
    robot, spare = (known["id"] for known in owner.get(f"{home}/robots")["items"])
    start = {"type": "start", "scope": {"kind": "whole_home"}}
    headers = {"Idempotency-Key": "first"}
    _, command = owner.ask("POST", f"/v1/robots/{robot}/commands", start, headers, expect=202)
    floors = until("the home has a floor", lambda: owner.get(f"{home}/floors")["items"], PATIENCE_SECONDS)
    floor = floors[0]["id"]
    rooms = until("the floor has rooms", lambda: owner.get(f"{home}/floors/{floor}/rooms")["items"])
    _, other = owner.ask("POST", "/v1/homes", {"name": "Another home"}, headers, expect=201)
    _, lease = owner.ask("POST", f"/v1/robots/{robot}/live", expect=201)
    ids = {
        "home": stack.home,
        "robot": robot,
        "floor": floor,
        "room": rooms[0]["id"],
        "run": owner.get(f"/v1/robots/{robot}/runs")["items"][0]["id"],
        "command": command["id"],
        "lease": lease["id"],
    }
    return ids, {"robot": spare, "home": other["id"]}


def parameters(ids, spare):
    """The ids as schemathesis wants them; only what is spare is taken away."""
    lines = ["", "[parameters]", *(f'"path.{name}" = "{of}"' for name, of in ids.items())]
    for name, route in [("robot", "DELETE /v1/robots/{robot}"), ("home", "POST /v1/homes/{home}/erasure")]:
        lines += ["[[operations]]", f'include-name = "{route}"', f'parameters = {{ "path.{name}" = "{spare[name]}" }}']
    return "\n".join(lines)


if __name__ == "__main__":
    unittest.main()
