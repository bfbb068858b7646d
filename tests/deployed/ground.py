"""Robots, and those who pass themselves off as robots, at the deployed broker."""

import contextlib
import json
import pathlib
import queue
import socket
import ssl
import struct

import paho.mqtt.client as mqtt
from cryptography.hazmat.primitives import hashes, serialization

from certificates import named
from robot import new_key, signing_request, write_key
from stack import until

SECONDS = 60
# After what is sent on this topic there is no more to wait for.
LAST = "that/is/all"
# Who holds a certificate with this policy beside its own can ask for everything, so that only the right to receive
# decides what it is given, up to the last message.
HEARS_ALL = json.dumps({
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "*"},
        {"Effect": "Allow", "Action": "iot:Receive", "Resource": f"arn:aws:iot:*:*:topic/{LAST}"},
    ],
})


class Ground:
    """The broker's address, and a certificate for everybody who tries something there."""

    def __init__(self, installation, robot_a, robot_b, claimant):
        self.cloud, self.policy = installation.cloud, installation.deployment.outputs["DevicePolicyName"]
        self.iot, self.folder = self.cloud.client("iot"), pathlib.Path(installation.folder.name, "ground")
        self.folder.mkdir()
        self.authority = self.folder / "ca.pem"
        self.authority.write_bytes(self.cloud.get("/_ministack/iot/ca.pem"))
        self.arns = {who: self.register(who, thing) for who, thing in (("robot_a", robot_a), ("robot_b", robot_b))}
        self.names = {"robot_a": robot_a, "robot_b": robot_b, "claim": claimant}
        self.arns["claim"] = self.issue("claim")
        self.attach(self.arns["claim"], installation.deployment.resources["ClaimPolicy"])
        self.iot.create_policy(policyName="hears_all", policyDocument=HEARS_ALL)
        revoked = self.register("revoked", robot_a)
        self.iot.update_certificate(certificateId=revoked.rsplit("/", 1)[1], newStatus="REVOKED")
        self.attach(self.issue("unregistered"))
        self.forge("other_authority", robot_a)

    def issue(self, who):
        """A certificate of the broker's authority that is nobody's yet; gives its ARN."""
        key = new_key()
        made = self.iot.create_certificate_from_csr(certificateSigningRequest=signing_request(key), setAsActive=True)
        self.write(who, key, made["certificatePem"].encode())
        return made["certificateArn"]

    def register(self, who, thing):
        arn = self.issue(who)
        self.iot.create_thing(thingName=thing)
        self.iot.attach_thing_principal(thingName=thing, principal=arn)
        self.attach(arn)
        return arn

    def attach(self, arn, policy=None):
        self.iot.attach_policy(policyName=policy or self.policy, target=arn)

    def forge(self, who, name):
        key = new_key()
        signed = named(name, key, name).sign(key, hashes.SHA256())
        self.write(who, key, signed.public_bytes(serialization.Encoding.PEM))

    @contextlib.contextmanager
    def hearing_all(self, who):
        """A connected robot that may subscribe to everything."""
        self.iot.attach_policy(policyName="hears_all", target=self.arns[who])
        robot = Robot(self, who)
        try:
            yield robot
        finally:
            robot.close()
            self.iot.detach_policy(policyName="hears_all", target=self.arns[who])

    def write(self, who, key, certificate):
        write_key(key, self.folder / f"{who}-key.pem")
        (self.folder / f"{who}.pem").write_bytes(certificate)

    def context(self, who):
        context = ssl.create_default_context(cafile=self.authority)
        if who != "no_certificate":
            context.load_cert_chain(self.folder / f"{who}.pem", self.folder / f"{who}-key.pem")
        return context

    def connects(self, who, client_id, will=None):
        """Whether the broker lets it in; MQTT 5, written by hand, since thousands of clients would take long."""
        try:
            with socket.create_connection(("127.0.0.1", self.cloud.mqtt_port), timeout=SECONDS) as plain:
                with self.context(who).wrap_socket(plain, server_hostname="localhost") as link:
                    link.sendall(connect_packet(client_id, will))
                    answer = link.recv(4)
                    # Who says goodbye leaves no will.
                    link.sendall(b"\xe0\x00")
                    return len(answer) == 4 and answer[3] == 0
        except OSError:
            return False


def connect_packet(client_id, will):
    flags = 0x02 if will is None else 0x0E
    payload = text(client_id) if will is None else text(client_id) + b"\x00" + text(will) + text("x")
    body = text("MQTT") + bytes([5, flags]) + struct.pack(">HB", 60, 0) + payload
    length = len(body)
    size = bytes([length]) if length < 128 else bytes([length % 128 | 128, length // 128])
    return b"\x10" + size + body


def text(value):
    encoded = value.encode()
    return struct.pack(">H", len(encoded)) + encoded


class Robot:
    """A connected robot that tries many things at once."""

    def __init__(self, ground, who):
        self.answers, self.messages, self.connected = {}, queue.Queue(), False
        client_id = ground.names[who]
        self.client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id, protocol=mqtt.MQTTv5, reconnect_on_failure=False
        )
        self.client.tls_set_context(ground.context(who))
        self.client.on_connect = self.on_connect
        self.client.on_publish = lambda client, data, mid, code, properties: self.answers.update({mid: code})
        self.client.on_subscribe = lambda client, data, mid, codes, properties: self.answers.update({mid: codes[0]})
        self.client.on_message = lambda client, data, message: self.messages.put(message.topic)
        self.client.connect("localhost", ground.cloud.mqtt_port)
        self.client.loop_start()
        until("it is connected", lambda: self.connected)

    def on_connect(self, client, data, flags, code, properties):
        self.connected = not code.is_failure

    def publish(self, topics, retain):
        """Which of the topics it may publish to, with every answer."""
        return self.allowed({topic: self.client.publish(topic, b"x", qos=1, retain=retain).mid for topic in topics})

    def subscribe(self, filters):
        return self.allowed({name: self.client.subscribe(name, qos=1)[1] for name in filters})

    def allowed(self, asked):
        until("everything is answered", lambda: all(mid in self.answers for mid in asked.values()), SECONDS)
        return {target: not self.answers[mid].is_failure for target, mid in asked.items()}

    def heard(self, last):
        """The topics of all messages up to the one on `last`."""
        topics = set()
        while last not in topics:
            topics.add(self.messages.get(timeout=SECONDS))
        return topics

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()
