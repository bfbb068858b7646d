"""What a function fails on is kept, and reaches it once it works again."""

import base64
import contextlib
import json
import os
import subprocess
import sys
import time
import unittest

import installation
import stack
import wire
from deployment import ROOT
from recording import Recording
from robot import Robot
from sdk_device import SdkDevice

# The three attempts, with the emulator's pauses between them.
SECONDS = 60
# How long records of the table's stream are tried, where a test cannot wait for a day.
SHORT_AGE_SECONDS = 1


class Failures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.here = installation.shared()
        cls.cloud, cls.resources = cls.here.cloud, cls.here.deployment.resources
        cls.queues = cls.here.deployment.outputs["FailureQueues"].split()
        cls.robot = Robot(cls.here, "Unlucky")

    @contextlib.contextmanager
    def without_table(self, function):
        """For as long as this lasts the function looks for its table where there is none."""
        functions, name = self.cloud.client("lambda"), self.resources[function]
        variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        self.set_variables(functions, name, variables | {"TABLE_NAME": "nowhere"})
        try:
            yield
        finally:
            self.set_variables(functions, name, variables)

    def set_variables(self, functions, name, variables):
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
        functions.get_waiter("function_updated_v2").wait(FunctionName=name)

    @contextlib.contextmanager
    def without_patience(self, source):
        """For as long as this lasts what a function fails on is tried for a second only, on AWS for a day."""
        functions, mapping = self.cloud.client("lambda"), self.resources[source]
        age = functions.get_event_source_mapping(UUID=mapping)["MaximumRecordAgeInSeconds"]
        functions.update_event_source_mapping(UUID=mapping, MaximumRecordAgeInSeconds=SHORT_AGE_SECONDS)
        try:
            yield
        finally:
            functions.update_event_source_mapping(UUID=mapping, MaximumRecordAgeInSeconds=age)

    def kept(self):
        """How many messages are in the failure queues, those among them that somebody works on."""
        queues = self.cloud.client("sqs")
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = [queues.get_queue_attributes(QueueUrl=url, AttributeNames=names) for url in self.queues]
        return sum(int(attributes["Attributes"][name]) for attributes in found for name in names)

    def redrive(self):
        environment = os.environ | self.cloud.client_environment()
        command = [sys.executable, ROOT / "infra" / "redrive.py", *self.queues]
        return subprocess.run(command, env=environment, text=True, capture_output=True)

    def call(self, function, report):
        """Gives a function a robot's report as its rule does on AWS: without waiting, to be tried again and kept. The
        emulator's rules call once and forget."""
        event = {"data": base64.b64encode(report).decode(), "clientId": self.robot.id, "robot": self.robot.id}
        event |= {"principal": "none", "trace": "none", "ts": int(time.time() * 1000)}
        functions, payload = self.cloud.client("lambda"), json.dumps(event).encode()
        functions.invoke(FunctionName=self.resources[function], InvocationType="Event", Payload=payload)

    def test_a_failed_message_waits_and_is_delivered(self):
        with self.without_table("StatusFunction"):
            self.call("StatusFunction", wire.status(self.robot.pairing, 1))
            stack.until("the message is kept", lambda: self.kept() == 1, SECONDS)
        self.assertEqual(self.robot.get()["state"], "unknown")
        done = self.redrive()
        self.assertEqual((done.returncode, self.kept()), (0, 0), done.stderr)
        self.assertEqual(self.robot.get()["state"], "docked")

    def test_a_run_whose_fold_failed_waits_and_gets_into_the_map(self):
        robot, room = Robot(self.here.in_home("Unfolded"), "Unfolded"), Recording({(0, 0): wire.box(50, 40)})
        with self.without_table("FoldFunction"), self.without_patience("FoldSource"), SdkDevice(robot) as device:
            run = room.report(device, robot)
            stack.until("the run's records are kept", lambda: self.kept() == 1, SECONDS)
        self.assertFalse(robot.run(run)["in_map"])
        done = self.redrive()
        self.assertEqual((done.returncode, self.kept()), (0, 0), done.stderr)
        self.assertTrue(robot.run(run)["in_map"])
