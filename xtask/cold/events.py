"""A stack of its own with one robot, and what a robot's topics, the broker and phones hand to the functions.

Prints the endpoint of the store, then a line for each event: who takes it, and the event. Each is news after the one
before. The stack runs until standard input ends.
"""

import base64
import json
import random
import sys
import time

import wire
from robot import Robot
from stack import shared

STARTS, EVENTS = int(sys.argv[1]), int(sys.argv[2])
# Who stores packs, each of a run of its own: the function, and the handlers that do the same in other languages.
INGESTING = sys.argv[3:]
TILES = 8
# Where the tiles lie, by columns and rows: a flat around its dock, on one sheet; or for names with this ending a row of
# 26 m, on three.
WIDE = "-wide"
FLAT = [(column, row) for row in (-1, 0) for column in range(-2, 2)]
ROW = [(column, 0) for column in range(TILES)]
# Cells that furniture and noise make differ from the box around them; with these a pack has about 5 KB.
NOISY = 760
# A version of settings that is never behind.
NEWEST = 1_000_000


def tile(seed):
    """A box with the same noise in every run of the bench."""
    chance, cells = random.Random(seed), wire.box(wire.TILE_CELLS, wire.TILE_CELLS)
    for place in chance.sample(range(len(cells)), NOISY):
        cells[place] = wire.OCCUPIED
    return wire.encode_cells(cells)


class Events:
    """What reaches the functions from one robot and from who watches it."""

    def __init__(self, stack):
        self.robot = Robot(stack, "Cold")
        self.tiles = [tile(seed) for seed in range(TILES)]
        _, self.lease = stack.owner.ask("POST", f"/v1/robots/{self.robot.id}/live", expect=201)
        self.runs = {name: wire.new_id("run") for name in INGESTING}

    def message(self, payload):
        """What a topic rule makes of a payload."""
        sender = {"clientId": self.robot.id, "robot": self.robot.id, "ts": int(time.time() * 1000)}
        return sender | {"data": base64.b64encode(payload).decode()}

    def pack(self, name, number):
        """A pack of all tiles, newer than the one before."""
        places = ROW if name.endswith(WIDE) else FLAT
        tiles = {place: (number, cells) for place, cells in zip(places, self.tiles)}
        return self.message(wire.tile_pack(self.robot.pairing, self.runs[name], tiles))

    def run_events(self, number):
        started = int(time.time() * 1000)
        return self.message(wire.run_event(self.robot.pairing, wire.new_id("run"), 0, "started", started))

    def status(self, number):
        # A robot whose settings are old would be sent the new ones, and nobody takes those here.
        return self.message(wire.status(self.robot.pairing, number, settings_version=NEWEST))

    def presence(self, number):
        connected = {"clientId": self.robot.id, "eventType": "connected", "timestamp": int(time.time() * 1000)}
        return connected | {"sessionIdentifier": f"session-{number}", "versionNumber": number}

    def live_authorizer(self, number):
        password = base64.b64encode(self.lease["password"].encode()).decode()
        mqtt = {"username": "lease", "password": password, "clientId": self.lease["client_id"]}
        return {"token": None, "protocols": ["mqtt"], "protocolData": {"mqtt": mqtt}}

    def provisioning_hook(self, number):
        certificate = {"certificateId": "0" * 64, "certificatePem": self.robot.claimed["certificate"]}
        return certificate | {"parameters": {"SerialNumber": self.robot.id}}


def main():
    stack = shared()
    events = Events(stack)
    print(stack.ready["store"])
    others = ["run_events", "status", "presence", "live_authorizer", "provisioning_hook"]
    for number in range(1, STARTS * EVENTS + 1):
        for name in INGESTING:
            print(name, json.dumps(events.pack(name, number)))
        for name in others:
            print(name, json.dumps(getattr(events, name)(number)))
    print(flush=True)
    sys.stdin.read()


main()
