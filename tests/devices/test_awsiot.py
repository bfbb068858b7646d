"""The AWS IoT device SDK, as a robot in the cloud would use it, against the local broker."""

import concurrent.futures
import unittest

from awscrt import mqtt5
from awsiot import mqtt5_client_builder

import stack
import wire
from robot import Robot

SECONDS = 20


class SdkDevice:
    """One client of the SDK; `outcome` is whether its first attempt to connect succeeded."""

    def __init__(self, robot, client_id=None, will=None):
        self.first, self.messages = concurrent.futures.Future(), []
        self.client = mqtt5_client_builder.mtls_from_path(
            endpoint=robot.host,
            port=robot.port,
            cert_filepath=str(robot.certificate),
            pri_key_filepath=str(robot.key),
            ca_filepath=str(robot.ca),
            connect_options=mqtt5.ConnectPacket(client_id=client_id or robot.id, will=will),
            on_lifecycle_connection_success=lambda data: self.settle(True),
            on_lifecycle_connection_failure=lambda data: self.settle(False),
            on_publish_received=lambda data: self.messages.append(data.publish_packet),
        )
        self.client.start()
        self.connected = self.first.result(SECONDS)

    def settle(self, connected):
        if not self.first.done():
            self.first.set_result(connected)

    def publish(self, topic, payload):
        packet = mqtt5.PublishPacket(topic=topic, payload=payload, qos=mqtt5.QoS.AT_LEAST_ONCE)
        return self.client.publish(packet).result(SECONDS).puback.reason_code

    def subscribe(self, topic_filter):
        subscription = mqtt5.Subscription(topic_filter=topic_filter, qos=mqtt5.QoS.AT_LEAST_ONCE)
        packet = mqtt5.SubscribePacket(subscriptions=[subscription])
        return self.client.subscribe(packet).result(SECONDS).reason_codes[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop()


class AwsIotSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.robot, cls.other = Robot(stack.shared(), "SDK"), Robot(stack.shared(), "Other SDK")

    def test_it_connects_reports_and_hears(self):
        with SdkDevice(self.robot) as device:
            self.assertTrue(device.connected)
            self.assertEqual(device.subscribe(f"rcv/{self.robot.id}"), mqtt5.SubackReasonCode.GRANTED_QOS_1)
            report = wire.status(self.robot.pairing, 1, nonce="what time is it")
            self.assertEqual(device.publish(self.robot.topic("status"), report), mqtt5.PubackReasonCode.SUCCESS)
            stack.until("the time is told", lambda: device.messages)
            self.assertIn(b"what time is it", device.messages[0].payload)
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
