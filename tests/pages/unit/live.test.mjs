import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BatchError, decodeBatch } from '../../../mobile-api/web/live-batch.js';
import { DELAY_MS, Playback } from '../../../mobile-api/web/playback.js';
import { TileError } from '../../../mobile-api/web/tiles.js';

/** Milliseconds 1469918176385, which ULIDs write as 01ARYZ6S41, and 42 as the random part. */
const RUN = (1469918176385n << 80n) | 42n;
const NO_TILES = tilePack();

describe('batches of the live view', () => {
  it('are read with all that they tell', async () => {
    const poses = [
      { age: 500, x: -1200, y: 340, heading: -1571 },
      { age: 0, x: 70_000, y: -1, heading: 3141 },
    ];
    const batch = await decodeBatch(bytes({ flags: 3, state: 0x40, clock: 90_000, poses, tiles: NO_TILES }));
    assert.deepEqual(batch, {
      isWhole: true,
      state: 'seeking_charger',
      clock: 90_000,
      run: 'run_01ARYZ6S41000000000000001A',
      poses: [
        { clock: 89_500, x: -1.2, y: 0.34, heading: -1.571 },
        { clock: 90_000, x: 70, y: -0.001, heading: 3.141 },
      ],
      pack: { run: 'run_01ARYZ6S41000000000000001A', tiles: [] },
    });
  });

  it('need no run, no position and no tiles', async () => {
    const { isWhole, run, poses, pack } = await decodeBatch(bytes({ flags: 0 }));
    assert.deepEqual([isWhole, run, poses, pack], [false, null, [], null]);
  });

  it('are refused when they cannot be read', async () => {
    const good = bytes({ flags: 2, poses: [{ age: 0, x: 0, y: 0, heading: 0 }] });
    for (let length = 0; length < good.length; length += 1) {
      await assert.rejects(decodeBatch(good.slice(0, length)), BatchError);
    }
    await assert.rejects(decodeBatch(good.with(0, 9)), BatchError);
    await assert.rejects(decodeBatch(good.with(2, 9)), BatchError);
    await assert.rejects(decodeBatch(Uint8Array.of(...good, 1, 2, 3)), TileError);
  });
});

describe('the playback of positions', () => {
  const pose = (clock, x, heading = 0) => ({ clock, x, y: 0, heading });

  it('moves evenly at a constant delay, whenever the batches come', () => {
    const playback = new Playback();
    assert.equal(playback.at(0), null);
    const ahead = 1_000_000;
    for (const [clock, late] of [
      [10_000, 300],
      [20_000, 40],
      [30_000, 400],
      [40_000, 90],
    ]) {
      const poses = Array.from({ length: 21 }, (_, index) => pose(clock - 10_000 + index * 500, clock - 10_000 + index * 500));
      playback.add(clock, poses, ahead + clock + late);
      if (clock === 10_000) continue;
      for (let now = clock + late; now < clock + 10_000 + late; now += 100) {
        const shown = playback.at(ahead + now).x;
        assert.ok(Math.abs(shown - (now - DELAY_MS - 40)) <= 300, `${shown} at ${now}`);
      }
    }
  });

  it('stands still at the end of what is known, and at the beginning', () => {
    const playback = new Playback();
    playback.add(2_000, [pose(1_000, 1), pose(2_000, 2)], 10_000);
    assert.equal(playback.at(10_000).x, 1);
    assert.equal(playback.at(10_000 + DELAY_MS - 500).x, 1.5);
    assert.equal(playback.at(60_000).x, 2);
  });

  it('turns the shorter way', () => {
    const playback = new Playback();
    playback.add(1_000, [pose(0, 0, 3), pose(1_000, 0, -3)], 1_000);
    assert.ok(Math.abs(Math.abs(playback.at(DELAY_MS + 500).heading) - Math.PI) < 0.01);
  });

  it('begins anew with a robot that has started again', () => {
    const playback = new Playback();
    playback.add(5_000_000, [pose(5_000_000, 1)], 1_000);
    playback.add(3_000, [pose(2_000, 7), pose(3_000, 9)], 9_000);
    assert.equal(playback.at(9_000 + DELAY_MS - 500).x, 8);
  });
});

function bytes({ flags, state = 1, clock = 0, poses = [], tiles = new Uint8Array() }) {
  const head = Buffer.alloc(7);
  head.writeUInt8(1, 0);
  head.writeUInt8(flags, 1);
  head.writeUInt8(state, 2);
  head.writeUInt32BE(clock, 3);
  const parts = poses.map(({ age, x, y, heading }) => {
    const part = Buffer.alloc(12);
    part.writeUInt16BE(age, 0);
    part.writeInt32BE(x, 2);
    part.writeInt32BE(y, 6);
    part.writeInt16BE(heading, 10);
    return part;
  });
  const run = flags & 2 ? [wide(RUN)] : [];
  return new Uint8Array(Buffer.concat([head, ...run, Buffer.from([poses.length]), ...parts, tiles]));
}

function tilePack() {
  return Buffer.concat([Buffer.from([1]), wide(7n), wide(RUN), Buffer.from([0, 0])]);
}

function wide(number) {
  const buffer = Buffer.alloc(16);
  buffer.writeBigUInt64BE(number >> 64n, 0);
  buffer.writeBigUInt64BE(number & 0xffff_ffff_ffff_ffffn, 8);
  return buffer;
}
