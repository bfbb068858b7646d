"""The AWS IoT device SDK, as a robot in the cloud would use it, against the local broker."""

import unittest

from awscrt import mqtt5

import stack
import wire
from robot import Robot
from sdk_device import TIME_TOLD, SdkDevice


class AwsIotSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.robot, cls.other = Robot(stack.shared(), "SDK"), Robot(stack.shared(), "Other SDK")

    def test_it_connects_reports_and_hears(self):
        with SdkDevice(self.robot) as device:
            self.assertTrue(device.connected)
            self.assertEqual(device.ask_time(self.robot), TIME_TOLD)
        self.assertEqual(self.robot.get()["state"], "docked")

    def test_another_client_id_is_refused(self):
        with SdkDevice(self.robot, client_id=self.other.id) as device:
            self.assertFalse(device.connected)

    def test_a_will_on_a_foreign_topic_is_refused(self):
        will = mqtt5.PublishPacket(topic=self.other.topic("status"), payload=b"{}", qos=mqtt5.QoS.AT_LEAST_ONCE)
        with SdkDevice(self.robot, will=will) as device:
            self.assertFalse(device.connected)

    def test_foreign_topics_are_denied(self):
        with SdkDevice(self.robot) as device:
            denied = device.publish(self.other.topic("status"), wire.status(self.other.pairing, 1))
            self.assertEqual(denied, mqtt5.PubackReasonCode.NOT_AUTHORIZED)
            for topic_filter in ("#", f"cmd/{self.other.id}"):
                self.assertGreaterEqual(device.subscribe(topic_filter), 128)
        self.assertEqual(self.other.get()["state"], "unknown")
