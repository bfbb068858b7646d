"""What a run saw, recorded, so that the same messages can be sent to more than one system."""

import base64
import json
import time

import stack
import wire

# Tiles in a message: few enough for 5 KB.
PACK = 8
RUN_SECONDS = 60


class Recording:
    """The tiles of a run."""

    def __init__(self, tiles):
        self.tiles = tiles

    @classmethod
    def of(cls, map_of_run):
        """A run that the system knows."""
        recording, origin, width = cls({}), map_of_run["origin"], map_of_run["width"]
        for place, cell in enumerate(base64.b64decode(map_of_run["cells"])):
            row, column = divmod(place, width)
            recording.set(origin["x"] + column, origin["y"] + row, cell)
        return recording

    def set(self, x, y, cell):
        if cell == wire.UNKNOWN:
            return
        (column, left), (row, top) = divmod(x, wire.TILE_CELLS), divmod(y, wire.TILE_CELLS)
        tile = self.tiles.setdefault((column, row), [wire.UNKNOWN] * wire.TILE_CELLS**2)
        tile[top * wire.TILE_CELLS + left] = cell

    def packs(self, pairing, run):
        places = sorted(self.tiles)
        for start in range(0, len(places), PACK):
            part = {place: (1, wire.encode_cells(self.tiles[place])) for place in places[start : start + PACK]}
            yield wire.tile_pack(pairing, run, part)

    def send(self, device, robot):
        """Reports the run as `robot` and waits until it has voted."""
        run = self.report(device, robot)
        stack.until("the run is in the map", lambda: (robot.run(run) or {}).get("in_map"), RUN_SECONDS)

    def report(self, device, robot):
        """Reports the run as `robot`, to its end; gives its id."""
        run, started_at = wire.new_id("run"), int(time.time() * 1000)
        device.publish(robot.topic("run"), wire.run_event(robot.pairing, run, 0, "started", started_at))
        stack.until("the run is known", lambda: robot.run(run), RUN_SECONDS)
        for pack in self.packs(robot.pairing, run):
            device.publish(robot.topic("tiles"), pack)
        device.publish(robot.topic("run"), wire.finished(robot.pairing, run, 1, started_at, self.tiles))
        return run


def without_ids(map_of_floor):
    """A map without what is made anew in every system."""
    rooms = [{key: value for key, value in room.items() if key != "id"} for room in map_of_floor["rooms"]]
    return json.dumps(map_of_floor | {"floor": None, "rooms": rooms}, sort_keys=True)
