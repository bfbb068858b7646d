"""A run reported by a client in another language: it is confirmed, refused or asked for again."""

import json
import time
import unittest

import stack
import wire
from paho_device import PahoDevice
from robot import Robot


class Runs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.robot = Robot(stack.shared(), "Independent")

    def setUp(self):
        self.device = PahoDevice(self.robot)
        self.addCleanup(self.device.close)
        self.device.subscribe(f"rcv/{self.robot.id}")
        self.run_id, self.started_at = wire.new_id("run"), int(time.time() * 1000)
        self.tiles = {(0, 0): wire.box(40, 30), (-1, 2): wire.box(64, 64)}

    def send(self, kind, payload):
        self.assertFalse(self.device.publish(self.robot.topic(kind), payload).is_failure)

    def start(self):
        self.send("run", wire.run_event(self.robot.pairing, self.run_id, 0, "started", self.started_at))

    def send_tiles(self, places, pairing=None):
        tiles = {place: (1, wire.encode_cells(self.tiles[place])) for place in places}
        self.send("tiles", wire.tile_pack(pairing or self.robot.pairing, self.run_id, tiles))

    def finish(self):
        self.send("run", wire.finished(self.robot.pairing, self.run_id, 1, self.started_at, self.tiles))

    def receipt(self, kind):
        """The next receipt of a kind for this run."""
        while True:
            receipt = json.loads(self.device.message().payload)
            if receipt["type"] == kind and receipt.get("run") == self.run_id:
                self.assertEqual(receipt["pairing"], self.robot.pairing)
                return receipt

    def assertSealed(self):
        self.receipt("confirmed")
        run = self.robot.run(self.run_id)
        self.assertEqual((run["state"], run["outcome"], run["area_m2"]), ("sealed", "completed", 5.0))

    def test_a_complete_run_is_sealed_and_confirmed(self):
        self.start()
        self.assertEqual(stack.until("the run is known", lambda: self.robot.run(self.run_id))["state"], "running")
        self.send_tiles(self.tiles)
        self.finish()
        self.assertSealed()
        stack.until("the run is in the map", lambda: self.robot.run(self.run_id)["in_map"])

    def test_what_has_not_arrived_is_asked_for(self):
        self.start()
        self.send_tiles([(0, 0)])
        self.finish()
        self.assertIn([-1, 2], self.receipt("wanted")["tiles"])
        self.send_tiles([(-1, 2)])
        self.assertSealed()

    def test_a_lost_answer_is_given_again(self):
        self.start()
        self.send_tiles(self.tiles)
        self.finish()
        self.assertSealed()
        self.finish()
        self.receipt("confirmed")

    def test_a_malformed_tile_is_refused_and_the_good_ones_go_on(self):
        self.start()
        broken = {(5, 5): (1, b"no deflate stream")}
        self.send("tiles", wire.tile_pack(self.robot.pairing, self.run_id, broken))
        refusal = self.receipt("refused")
        self.assertIn("tiles[5,5].cells", refusal["field"])
        self.send_tiles(self.tiles)
        self.finish()
        self.assertSealed()

    def test_a_bomb_is_refused(self):
        self.start()
        bomb = wire.zlib.compressobj(9, wire.zlib.DEFLATED, -15)
        cells = bomb.compress(bytes(5_000_000)) + bomb.flush()
        self.send("tiles", wire.tile_pack(self.robot.pairing, self.run_id, {(0, 0): (1, cells)}))
        self.assertIn("cells", self.receipt("refused")["field"])

    def test_payloads_that_are_none_do_no_harm(self):
        pack = wire.tile_pack(self.robot.pairing, self.run_id, {(0, 0): (1, wire.encode_cells(wire.box(9, 9)))})
        for payload in (b"", b"\xff" * 100, pack[:-1], pack + b"x", b"\x09" + pack[1:]):
            self.send("tiles", payload)
        for payload in (b"", b"{", b"[]", b'{"v":2}', b'{"v":1,"run":7}', b'{"v":1e999}'):
            self.send("run", payload)
        self.start()
        self.send_tiles(self.tiles)
        self.finish()
        self.assertSealed()

    def test_a_foreign_pairing_never_counts(self):
        stranger = wire.new_id("pair")
        self.send("run", wire.run_event(stranger, self.run_id, 0, "started", self.started_at))
        self.send_tiles(self.tiles, pairing=stranger)
        self.start()
        self.finish()
        self.assertEqual(len(self.receipt("wanted")["tiles"]), len(self.tiles))
        self.send_tiles(self.tiles)
        self.assertSealed()
