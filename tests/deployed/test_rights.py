"""What functions, robots and strangers may not do on the deployed system."""

import secrets
import unittest

from awscrt import mqtt5

import installation
import stack
import wire
from installation import add_user, assert_denied
from robot import RULES, Robot
from roles import credentials
from sdk_device import SdkDevice

ROBOT = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV"
KEY = {"pk": {"S": f"R#{ROBOT}"}, "sk": {"S": "nothing"}}


class Functions(unittest.TestCase):
    """Each function's role is good for the table, and not for what the function does not do."""

    @classmethod
    def setUpClass(cls):
        cls.here = installation.shared()
        cls.table = cls.here.deployment.outputs["TableName"]

    def clients(self, role, *services):
        signed = credentials(self.here, role)
        return [self.here.cloud.client(service, **signed) for service in services]

    def assertWorks(self, table):
        self.assertNotIn("Item", table.get_item(TableName=self.table, Key=KEY))

    def assertMayNotWrite(self, role, operation):
        [table] = self.clients(role, "dynamodb")
        self.assertWorks(table)
        assert_denied(getattr(table, operation), TableName=self.table, Key=KEY)
        assert_denied(table.scan, TableName=self.table)

    def assertMayNotPublish(self, role, topic):
        table, robots = self.clients(role, "dynamodb", "iot-data")
        self.assertWorks(table)
        assert_denied(robots.publish, topic=topic, payload=b"{}")
        assert_denied(table.scan, TableName=self.table)

    def test_map_ingest_deletes_nothing(self):
        self.assertMayNotWrite("MapIngestRole", "delete_item")

    def test_run_events_deletes_nothing(self):
        self.assertMayNotWrite("RunEventsRole", "delete_item")

    def test_status_commands_no_robot(self):
        self.assertMayNotPublish("StatusRole", f"cmd/{ROBOT}")

    def test_command_outcome_changes_no_settings(self):
        self.assertMayNotPublish("CommandOutcomeRole", f"cfg/{ROBOT}")

    def test_renewal_commands_no_robot(self):
        self.assertMayNotPublish("RenewalRole", f"cmd/{ROBOT}")

    def test_presence_tells_robots_nothing(self):
        self.assertMayNotPublish("PresenceRole", f"rcv/{ROBOT}")

    def test_the_quarantine_commands_no_robot(self):
        self.assertMayNotPublish("QuarantineRole", f"cmd/{ROBOT}")

    def test_the_fold_commands_no_robot(self):
        self.assertMayNotPublish("FoldRole", f"cmd/{ROBOT}")

    def test_the_api_confirms_no_run(self):
        self.assertMayNotPublish("ApiRole", f"rcv/{ROBOT}")

    def test_nobody_takes_a_functions_role(self):
        stranger = add_user(self.here.cloud, "stranger", "sts:AssumeRole")
        for role in ("ApiRole", "FoldRole"):
            name = self.here.deployment.resources[role]
            arn = self.here.cloud.client("iam").get_role(RoleName=name)["Role"]["Arn"]
            assume = self.here.cloud.client("sts", **stranger).assume_role
            assert_denied(assume, RoleArn=arn, RoleSessionName="stranger")


class Robots(unittest.TestCase):
    """A robot is itself and nobody else."""

    @classmethod
    def setUpClass(cls):
        here = installation.shared()
        cls.robot, cls.other = Robot(here, "A"), Robot(here, "B")

    def test_it_cannot_connect_as_another(self):
        with SdkDevice(self.robot, client_id=self.other.id) as device:
            self.assertFalse(device.connected)

    def test_it_cannot_leave_a_will_to_another(self):
        will = mqtt5.PublishPacket(topic=self.other.topic("status"), payload=b"{}", qos=mqtt5.QoS.AT_LEAST_ONCE)
        with SdkDevice(self.robot, will=will) as device:
            self.assertFalse(device.connected)

    def test_it_cannot_report_as_another(self):
        with SdkDevice(self.robot) as device:
            for kind in RULES:
                report = wire.status(self.other.pairing, 1)
                self.assertEqual(device.publish(self.other.topic(kind), report), mqtt5.PubackReasonCode.NOT_AUTHORIZED)
        self.assertEqual(self.other.get()["state"], "unknown")

    def test_it_cannot_hear_what_another_is_told(self):
        here, body = installation.shared(), {"type": "locate"}
        with SdkDevice(self.robot) as device, SdkDevice(self.other) as other:
            for topic_filter in ("#", "cmd/+", f"cmd/{self.other.id}", f"cfg/{self.other.id}", f"rcv/{self.other.id}"):
                self.assertGreaterEqual(device.subscribe(topic_filter), 128, topic_filter)
            other.subscribe(f"cmd/{self.other.id}")
            stack.until("the other is there", lambda: self.other.get()["connected"])
            path, key = f"/v1/robots/{self.other.id}/commands", {"Idempotency-Key": secrets.token_hex()}
            here.owner.ask("POST", path, body, headers=key, expect=202)
            stack.until("the other hears its command", lambda: other.messages)
            self.assertEqual(device.messages, [])
