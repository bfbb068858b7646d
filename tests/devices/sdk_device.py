"""A robot on the AWS IoT device SDK."""

import concurrent.futures
import json

from awscrt import mqtt5
from awsiot import mqtt5_client_builder

import wire
from stack import until

SECONDS = 20
# What the broker and the cloud answer a robot that asks for the time.
TIME_TOLD = (mqtt5.SubackReasonCode.GRANTED_QOS_1, mqtt5.PubackReasonCode.SUCCESS, "what time is it")


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

    def ask_time(self, robot):
        """Reports a status that asks for the time; gives the broker's two answers and what the robot was asked back."""
        granted = self.subscribe(f"rcv/{robot.id}")
        report = wire.status(robot.pairing, 1, nonce="what time is it")
        reported = self.publish(robot.topic("status"), report)
        until("the time is told", lambda: self.messages)
        return granted, reported, json.loads(self.messages[0].payload)["nonce"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop()
