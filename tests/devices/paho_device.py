"""A robot on paho-mqtt, which knows neither our agent nor our broker."""

import queue
import ssl
import threading

import paho.mqtt.client as mqtt

from stack import until

SECONDS = 20
NOT_AUTHORIZED = 135


class PahoDevice:
    """One connection. It does not reconnect, so that a refusal stays one."""

    def __init__(self, robot, client_id=None, certificate=None, protocol=mqtt.MQTTv5, will=None):
        self.messages, self.answers = queue.Queue(), queue.Queue()
        self.connected, self.ended = threading.Event(), threading.Event()
        self.refusal = None
        version = mqtt.CallbackAPIVersion.VERSION2
        name = client_id or robot.id
        self.client = mqtt.Client(version, client_id=name, protocol=protocol, reconnect_on_failure=False)
        self.client.tls_set_context(self.context(robot, certificate))
        if will:
            self.client.will_set(*will, qos=1)
        self.client.on_connect = self.on_connect
        self.client.on_disconnect = lambda *_: self.ended.set()
        self.client.on_message = lambda client, data, message: self.messages.put(message)
        self.client.on_publish = lambda client, data, mid, code, properties: self.answers.put(code)
        self.client.on_subscribe = lambda client, data, mid, codes, properties: self.answers.put(codes[0])
        self.open(robot)

    @staticmethod
    def context(robot, certificate):
        context = ssl.create_default_context(cafile=robot.ca)
        files = (robot.certificate, robot.key) if certificate is None else certificate
        if files:
            context.load_cert_chain(*files)
        return context

    def open(self, robot):
        try:
            self.client.connect(robot.host, robot.port, keepalive=60)
        except (OSError, ValueError) as error:
            self.refusal = error
            return
        self.client.loop_start()
        until("an answer to CONNECT", lambda: self.connected.is_set() or self.ended.is_set())
        if not self.connected.is_set() and self.refusal is None:
            self.refusal = ConnectionError("closed without an answer")

    def on_connect(self, client, data, flags, code, properties):
        if code.is_failure:
            self.refusal = code
            self.ended.set()
        else:
            self.connected.set()

    def publish(self, topic, payload):
        """The reason code of the acknowledgement, or nothing when the connection was closed instead."""
        self.client.publish(topic, payload, qos=1)
        return self.answer()

    def subscribe(self, topic_filter):
        """The reason code of the acknowledgement, or nothing when the connection was closed instead."""
        self.client.subscribe(topic_filter, qos=1)
        return self.answer()

    def answer(self):
        until("an acknowledgement", lambda: not self.answers.empty() or self.ended.is_set())
        return None if self.answers.empty() else self.answers.get()

    def message(self):
        return self.messages.get(timeout=SECONDS)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def drop(self):
        """Ends the connection as a crash does, so that the last will is published."""
        self.client.socket().close()
        self.client.loop_stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
