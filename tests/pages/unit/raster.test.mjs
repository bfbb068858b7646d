import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownArea, knownBounds, readMap, RunMap } from '../../../mobile-api/web/raster.js';

const FREE = new Uint8Array(64 * 64).fill(1);
const STORED = {
  version: 1,
  cell_metres: 0.05,
  origin: { x: -2, y: 3 },
  width: 3,
  height: 1,
  cells: btoa('\x02\x02\x00'),
};

describe('the map of a run', () => {
  it('grows with its tiles in every direction', () => {
    const map = new RunMap('run_1');
    map.addTiles([
      { x: 0, y: 0, rev: 1, cells: FREE },
      { x: -1, y: 2, rev: 1, cells: FREE },
    ]);
    const { x, y, width, height } = map.raster;
    assert.deepEqual([x, y, width, height], [-64, 0, 128, 192]);
    assert.equal(knownArea(map.raster).toFixed(2), (2 * 3.2 * 3.2).toFixed(2));
    assert.deepEqual(knownBounds(map.raster), { minX: -3.2, minY: 0, maxX: 3.2, maxY: 64 * 3 * 0.05 });
  });

  it('takes a newer revision and skips a repeated or an older one', () => {
    const map = new RunMap('run_1');
    const occupied = new Uint8Array(64 * 64).fill(2);
    assert.equal(map.addTiles([{ x: 0, y: 0, rev: 2, cells: occupied }]), true);
    assert.equal(
      map.addTiles([
        { x: 0, y: 0, rev: 2, cells: FREE },
        { x: 0, y: 0, rev: 1, cells: FREE },
      ]),
      false,
    );
    assert.equal(map.raster.cells[0], 2);
  });

  it('keeps what the robot sent over what was stored', () => {
    const map = new RunMap('run_1');
    map.addTiles([{ x: -1, y: 0, rev: 1, cells: FREE }]);
    map.addStored(readMap({ ...STORED, width: 4, cells: btoa('\x02\x02\x02\x02') }, 'run'));
    const at = (x, y) => map.raster.cells[(y - map.raster.y) * map.raster.width + x - map.raster.x];
    assert.deepEqual([at(-1, 3), at(0, 3), at(1, 3)], [1, 2, 2]);
  });
});

describe('a map document', () => {
  it('is read with its place', () => {
    assert.deepEqual([...readMap(STORED, 'home').cells], [2, 2, 0]);
    assert.deepEqual(knownBounds(readMap(STORED, 'home')), { minX: -0.1, minY: 3 * 0.05, maxX: 0, maxY: 4 * 0.05 });
  });

  it('is no map when it is empty, too large, or not as long as it says', () => {
    assert.equal(readMap({ ...STORED, width: 0 }, 'home'), null);
    assert.equal(readMap({ ...STORED, width: 4 }, 'home'), null);
    assert.equal(readMap({ ...STORED, width: 1e6, height: 1e6 }, 'home'), null);
  });
});
