"""Robots on the deployed system, from pairing to the map."""

import base64
import unittest

import installation
import stack
from agent import Agent
from deployment import STAGE
from recording import Recording, without_ids
from robot import Robot
from sdk_device import TIME_TOLD, SdkDevice


class SdkRobot(unittest.TestCase):
    """A robot on the AWS IoT device SDK."""

    @classmethod
    def setUpClass(cls):
        cls.robot = Robot(installation.shared(), "SDK")

    def test_it_is_paired_with_the_names_of_the_deployment(self):
        self.assertEqual(self.robot.waiting, 202)
        self.assertEqual(self.robot.stage, STAGE)

    def test_its_status_reaches_its_owner(self):
        with SdkDevice(self.robot) as device:
            self.assertTrue(device.connected)
            self.assertEqual(device.ask_time(self.robot), TIME_TOLD)
            stack.until("it is online", lambda: self.robot.get()["connected"])
        self.assertEqual(self.robot.get()["state"], "docked")


class Homes(unittest.TestCase):
    """Homes from the first command to the picture of their map."""

    @classmethod
    def setUpClass(cls):
        cls.here = installation.shared().in_home("Simulated")
        cls.agent = Agent(cls.here, "agent")
        cls.addClassCleanup(cls.agent.stop)
        stack.until("the robot is there", lambda: cls.agent.get()["connected"])
        cls.command = cls.agent.start()
        cls.run_id = cls.agent.run_in_map()["id"]

    def test_the_robot_took_the_command(self):
        command = self.agent.get(f"/commands/{self.command['id']}")
        self.assertEqual(command["state"], "succeeded", command)

    def test_its_map_can_be_looked_at(self):
        picture = self.here.owner.picture(self.here.map_path())
        self.assertTrue(picture.startswith(b"\x89PNG"))
        (self.here.cloud.folder / "map.png").write_bytes(picture)
        known = [cell for cell in base64.b64decode(self.here.owner.get(self.here.map_path())["cells"]) if cell]
        self.assertGreater(len(known), 10_000)

    def test_the_same_messages_make_the_same_map_as_on_the_local_stack(self):
        recording = Recording.of(self.agent.get(f"/runs/{self.run_id}/map"))
        there, here = stack.shared(), self.here.in_home("Recorded")
        for system in (there, here):
            robot = Robot(system, "Recorded")
            with SdkDevice(robot) as device:
                recording.send(device, robot)
        local, deployed = there.map_path(), here.map_path()
        self.assertEqual(without_ids(here.owner.get(deployed)), without_ids(there.owner.get(local)))
        self.assertEqual(here.owner.picture(deployed), there.owner.picture(local))
