"""A stack of its own with one robot, and what that robot's tiles topic hands to the function.

Prints the endpoint of the store, then one event a line, each with a newer revision of the same tiles; the stack runs
until standard input ends.
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
TILES = 8
# Cells that furniture and noise make differ from the box around them; with these a pack has about 5 KB.
NOISY = 760


def tile(seed):
    """A box with the same noise in every run of the bench."""
    chance, cells = random.Random(seed), wire.box(wire.TILE_CELLS, wire.TILE_CELLS)
    for place in chance.sample(range(len(cells)), NOISY):
        cells[place] = wire.OCCUPIED
    return wire.encode_cells(cells)


def event(robot, run, tiles, revision):
    pack = wire.tile_pack(robot.pairing, run, {(column, 0): (revision, cells) for column, cells in enumerate(tiles)})
    sender = {"clientId": robot.id, "robot": robot.id, "ts": int(time.time() * 1000)}
    return sender | {"data": base64.b64encode(pack).decode()}


def main():
    stack = shared()
    robot, run = Robot(stack, "Cold"), wire.new_id("run")
    tiles = [tile(seed) for seed in range(TILES)]
    print(stack.ready["store"])
    for revision in range(1, STARTS * EVENTS + 1):
        print(json.dumps(event(robot, run, tiles, revision)))
    print(flush=True)
    sys.stdin.read()


main()
