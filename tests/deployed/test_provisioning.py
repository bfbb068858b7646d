"""A new robot gets its name and its rights from the deployed provisioning template and its hook."""

import json
import pathlib
import types
import unittest

from awscrt import mqtt5

import installation
import stack
import wire
from robot import rule_topic
from sdk_device import SdkDevice

# The agent sends a signing request instead, which the emulator does not answer; what follows is the same.
KEYS = "$aws/certificates/create/json"
# Nobody's.
WRONG_CODE = "AAAA-AAAA-AAAA-AAAA"
SECONDS = 30


class Newcomer:
    """What a robot has before it is provisioned: the file that its owner's phone gave it."""

    def __init__(self, here, name):
        _, self.file = here.owner.ask("POST", f"/v1/homes/{here.home}/provisioning", {"name": name}, expect=201)
        self.here, self.id = here, self.file["robot"]
        self.folder = pathlib.Path(here.folder.name, self.id)
        self.folder.mkdir()
        self.registration = f"$aws/provisioning-templates/{self.file['template']}/provision/json"

    def holder(self, kind, certificate, key):
        """Who connects with this certificate."""
        files = {"certificate": certificate, "key": key, "ca": self.file["ca"]}
        paths = {file: self.folder / f"{kind}-{file}.pem" for file in files}
        for file, text in files.items():
            paths[file].write_text(text)
        return types.SimpleNamespace(id=self.id, **self.file["mqtt"], **paths)

    def claimant(self):
        return self.holder("claim", self.file["certificate"], self.file["key"])

    def parameters(self, code=None):
        return {"SerialNumber": self.id, "Code": code or self.file["code"]}


def answer(device, topic, body):
    """Whether the request on a topic is accepted, and what is answered."""
    for end in ("accepted", "rejected"):
        device.subscribe(f"{topic}/{end}")
    seen = len(device.messages)
    device.publish(topic, json.dumps(body).encode())
    stack.until(f"{topic} is answered", lambda: device.messages[seen:], SECONDS)
    message = device.messages[seen]
    return message.topic.endswith("/accepted"), json.loads(message.payload)


class Provisioning(unittest.TestCase):
    def test_a_new_robot_is_registered_by_the_code_alone_and_reports(self):
        newcomer = Newcomer(installation.shared(), "Attic")
        client_id = f"claim_{newcomer.id.removeprefix('robot_')}"
        with SdkDevice(newcomer.claimant(), client_id=client_id) as device:
            accepted, keys = answer(device, KEYS, {})
            self.assertTrue(accepted, keys)
            wanted = {"certificateOwnershipToken": keys["certificateOwnershipToken"]}
            for code, is_right in ((WRONG_CODE, False), (newcomer.file["code"], True)):
                body = wanted | {"parameters": newcomer.parameters(code)}
                accepted, registered = answer(device, newcomer.registration, body)
                self.assertEqual(accepted, is_right, registered)
        self.assertEqual(registered["thingName"], newcomer.id)
        robot = newcomer.holder("own", keys["certificatePem"], keys["privateKey"])
        with SdkDevice(robot) as device:
            device.subscribe(f"cfg/{robot.id}")
            told = stack.until("it is told whose it is", lambda: device.messages, SECONDS)
            pairing = json.loads(told[0].payload)["pairing"]
            topic = rule_topic(newcomer.file["stage"], robot.id, "status")
            reported = device.publish(topic, wire.status(pairing, 1))
            self.assertEqual(reported, mqtt5.PubackReasonCode.SUCCESS)
            owner, path = newcomer.here.owner, f"/v1/robots/{robot.id}"
            stack.until("its owner sees it", lambda: owner.get(path)["state"] == "docked", SECONDS)
