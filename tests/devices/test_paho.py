"""What the broker lets an independent client do, and what it does not: paho-mqtt, MQTT 5 and 3.1.1."""

import datetime
import pathlib
import unittest

import paho.mqtt.client as mqtt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

import stack
import wire
from paho_device import NOT_AUTHORIZED, PahoDevice
from robot import Robot, new_key, write_key


def forged(robot):
    """A certificate with the robot's name that somebody else signed, and its key."""
    key, name = new_key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, robot.id)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    folder = pathlib.Path(robot.stack.folder.name)
    certificate_file, key_file = folder / "forged.pem", folder / "forged-key.pem"
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    certificate_file.write_bytes(pem)
    write_key(key, key_file)
    return certificate_file, key_file


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = stack.shared()
        cls.robot, cls.other = Robot(cls.stack, "Mine"), Robot(cls.stack, "Other")

    def assertRefused(self, **options):
        with PahoDevice(self.robot, **options) as device:
            self.assertFalse(device.connected.is_set(), options)
            return device.refusal


class Connecting(Case):
    def test_a_claim_waits_for_its_owner(self):
        self.assertEqual(self.robot.waiting, 202)

    def test_a_robot_connects_and_is_seen(self):
        with PahoDevice(self.robot) as device:
            self.assertIsNone(device.refusal)
            stack.until("the robot is seen", lambda: self.robot.get()["connected"])
        stack.until("the robot is gone", lambda: not self.robot.get()["connected"])

    def test_mqtt_3_is_welcome_too(self):
        with PahoDevice(self.robot, protocol=mqtt.MQTTv311) as device:
            self.assertIsNone(device.refusal)

    def test_another_client_id_is_refused(self):
        for client_id in (self.other.id, "app_lease", self.robot.id + "x"):
            refusal = self.assertRefused(client_id=client_id)
            self.assertEqual(refusal.value, NOT_AUTHORIZED)

    def test_no_certificate_is_refused(self):
        self.assertIsNotNone(self.assertRefused(certificate=()))

    def test_a_forged_certificate_is_refused(self):
        self.assertIsNotNone(self.assertRefused(certificate=forged(self.robot)))

    def test_a_will_on_a_foreign_topic_is_refused(self):
        for topic in (self.other.topic("status"), f"cmd/{self.other.id}", f"cfg/{self.robot.id}"):
            refusal = self.assertRefused(will=(topic, b"{}"))
            self.assertEqual(refusal.value, NOT_AUTHORIZED)

    def test_a_will_on_its_own_topic_is_delivered(self):
        report = wire.status(self.robot.pairing, 1_000_000, state="error", error="stuck")
        device = PahoDevice(self.robot, will=(self.robot.topic("status"), report))
        device.drop()
        stack.until("the will is reported", lambda: self.robot.get()["state"] == "error")


class Publishing(Case):
    def test_a_status_arrives(self):
        with PahoDevice(self.robot) as device:
            self.assertFalse(device.publish(self.robot.topic("status"), wire.status(self.robot.pairing, 1)).is_failure)
        robot = stack.until("the battery is known", lambda: self.robot.get() if self.robot.get()["battery"] else None)
        self.assertEqual((robot["battery"], robot["state"], robot["model"]), (77, "docked", "independent"))

    def test_a_foreign_topic_is_denied_and_nothing_arrives(self):
        report = wire.status(self.other.pairing, 1)
        for topic in (self.other.topic("status"), f"cmd/{self.other.id}", "anything"):
            with PahoDevice(self.robot) as device:
                self.assertEqual(device.publish(topic, report).value, NOT_AUTHORIZED)
        self.assertEqual(self.other.get()["state"], "unknown")

    def test_mqtt_3_has_no_word_for_denied_and_closes(self):
        with PahoDevice(self.robot, protocol=mqtt.MQTTv311) as device:
            device.publish(self.other.topic("status"), wire.status(self.other.pairing, 1))
            stack.until("the connection is closed", device.ended.is_set)
        self.assertEqual(self.other.get()["state"], "unknown")

    def test_more_than_128_kb_closes_the_connection(self):
        with PahoDevice(self.robot) as device:
            device.publish(self.robot.topic("tiles"), bytes(128 * 1024 + 1))
            stack.until("the connection is closed", device.ended.is_set)


class Subscribing(Case):
    def test_its_own_topics_are_granted(self):
        with PahoDevice(self.robot) as device:
            for kind in ("cmd", "cfg", "rcv"):
                self.assertFalse(device.subscribe(f"{kind}/{self.robot.id}").is_failure, kind)

    def test_wildcards_and_foreign_topics_fail(self):
        with PahoDevice(self.robot) as device:
            for topic_filter in ("#", "cmd/#", "cmd/+", f"cmd/{self.other.id}", f"live/{self.robot.id}/pose"):
                self.assertTrue(device.subscribe(topic_filter).is_failure, topic_filter)


class Unpairing(Case):
    def test_an_unpaired_robot_is_cut_off_and_stays_out(self):
        robot = Robot(self.stack, "Sold")
        with PahoDevice(robot) as device:
            self.stack.owner.ask("DELETE", f"/v1/robots/{robot.id}", expect=204)
            stack.until("the connection is closed", device.ended.is_set)
        with PahoDevice(robot) as device:
            self.assertFalse(device.connected.is_set())
