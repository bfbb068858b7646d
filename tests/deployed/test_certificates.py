"""How certificates of robots end: renewed by the deployed function, or revoked when a robot leaves its home."""

import copy
import json
import time
import unittest

from awscrt import mqtt5

import installation
import stack
import wire
from robot import Robot, new_key, signing_request, write_key
from sdk_device import SdkDevice

MONTH_MS = 30 * 24 * 60 * 60 * 1000
# Between a certificate's end and the connections that it no longer opens.
SECONDS = 30


def is_let_in(robot):
    with SdkDevice(robot) as device:
        return device.connected


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.here = installation.shared()

    def age(self, robot):
        """Lets the table say that the robot's certificate ends in a month, as it will do one day."""
        table, key = self.here.cloud.client("dynamodb"), {"pk": {"S": f"R#{robot.id}"}, "sk": {"S": "META"}}
        table.update_item(
            TableName=self.here.deployment.outputs["TableName"],
            Key=key,
            UpdateExpression="SET certificate.not_after = :soon",
            ExpressionAttributeValues={":soon": {"N": str(int(time.time() * 1000) + MONTH_MS)}},
        )

    def say(self, device, robot, **word):
        payload = json.dumps({"v": wire.VERSION, "pairing": robot.pairing, **word}).encode()
        self.assertEqual(device.publish(robot.topic("renewal"), payload), mqtt5.PubackReasonCode.SUCCESS)

    def hear(self, device, kind):
        """The receipt of this kind, once it has come."""
        def heard():
            receipts = [json.loads(message.payload) for message in device.messages]
            return next((receipt for receipt in receipts if receipt["type"] == kind), None)

        return stack.until(f"the robot hears {kind}", heard, SECONDS)

    def renewed(self, robot):
        """The same robot with the certificate that it asked for."""
        key, again = new_key(), copy.copy(robot)
        with SdkDevice(robot) as device:
            device.subscribe(f"rcv/{robot.id}")
            self.say(device, robot, type="wanted", csr=signing_request(key))
            pem = self.hear(device, "certificate")["pem"]
        again.key, again.certificate = robot.key.with_name("next.key"), robot.certificate.with_name("next.pem")
        write_key(key, again.key)
        again.certificate.write_text(pem)
        return again

    def test_a_robot_goes_on_under_a_renewed_certificate_and_the_old_one_opens_nothing(self):
        robot = Robot(self.here, "Renewed")
        self.age(robot)
        again = self.renewed(robot)
        self.assertTrue(is_let_in(robot), "until the new one is proven, the old one is good")
        with SdkDevice(again) as device:
            device.subscribe(f"rcv/{robot.id}")
            self.say(device, again, type="connected")
            self.hear(device, "renewed")
        stack.until("the old certificate is refused", lambda: not is_let_in(robot), SECONDS)
        self.assertTrue(is_let_in(again))

    def test_a_robot_that_is_removed_is_refused(self):
        robot = Robot(self.here, "Removed")
        self.assertTrue(is_let_in(robot))
        # The certificate is revoked first; then the emulator lacks the call that cuts the connection.
        status, _ = self.here.owner.ask("DELETE", f"/v1/robots/{robot.id}")
        self.assertIn(status, (204, 500))
        stack.until("its certificate is refused", lambda: not is_let_in(robot), SECONDS)
