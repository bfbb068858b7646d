import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { decodePack, TileError } from '../../../mobile-api/web/tiles.js';

/** Milliseconds 1469918176385, which ULIDs write as 01ARYZ6S41, and 42 as the random part. */
const RUN = (1469918176385n << 80n) | 42n;
const BLANK = Array(64).fill(63);

describe('packs of run tiles', () => {
  it('reads the run and every tile', async () => {
    const runs = [(1 << 6) | 63, (2 << 6) | 0, (3 << 6) | 62, ...BLANK.slice(2)];
    const { run, tiles } = await decodePack(
      pack([
        { x: -3, y: 7, rev: 70_000, runs },
        { x: 0, y: 0, rev: 1, runs: BLANK },
      ]),
    );
    assert.equal(run, 'run_01ARYZ6S41000000000000001A');
    assert.deepEqual(
      tiles.map(({ x, y, rev }) => [x, y, rev]),
      [
        [-3, 7, 70_000],
        [0, 0, 1],
      ],
    );
    assert.deepEqual(
      [tiles[0].cells[63], tiles[0].cells[64], tiles[0].cells[65], tiles[0].cells[127], tiles[0].cells[128]],
      [1, 2, 3, 3, 0],
    );
  });

  it('reads a pack inside a larger buffer', async () => {
    const whole = pack([{ x: 1, y: 2, rev: 3, runs: BLANK }]);
    const larger = new Uint8Array(whole.length + 9);
    larger.set(whole, 5);
    assert.equal((await decodePack(larger.subarray(5, 5 + whole.length))).tiles[0].y, 2);
  });

  const good = pack([{ x: 0, y: 0, rev: 1, runs: BLANK }]);
  const broken = {
    'no bytes': new Uint8Array(0),
    'another version': Uint8Array.from(good, (byte, index) => (index === 0 ? 9 : byte)),
    'more tiles than bytes': pack([], 3),
    'more tiles than a pack may have': pack([], 1025),
    'bytes after the last tile': Uint8Array.of(...good, 0),
    'too few cells': pack([{ x: 0, y: 0, rev: 1, runs: BLANK.slice(1) }]),
    'too many cells': pack([{ x: 0, y: 0, rev: 1, runs: [...BLANK, 63] }]),
    'a compressed bomb': pack([{ x: 0, y: 0, rev: 1, runs: Array(60_000).fill(0) }]),
    'cells that are not compressed': packDeflated([{ x: 0, y: 0, rev: 1, deflated: Buffer.from([0xff, 0xff, 0xff]) }]),
  };
  for (const [name, bytes] of Object.entries(broken)) {
    it(`refuses ${name}`, () => assert.rejects(decodePack(bytes), TileError));
  }

  it('refuses a pack cut anywhere', async () => {
    for (let length = 0; length < good.length; length += 1)
      await assert.rejects(decodePack(good.slice(0, length)), TileError);
  });
});

function pack(tiles, count = tiles.length) {
  return packDeflated(
    tiles.map(({ runs, ...tile }) => ({ ...tile, deflated: deflateRawSync(Buffer.from(runs)) })),
    count,
  );
}

function packDeflated(tiles, count = tiles.length) {
  const head = Buffer.alloc(35);
  head.writeUInt8(1, 0);
  head.writeBigUInt64BE(RUN >> 64n, 17);
  head.writeBigUInt64BE(RUN & 0xffff_ffff_ffff_ffffn, 25);
  head.writeUInt16BE(count, 33);
  const parts = tiles.map(({ x, y, rev, deflated }) => {
    const tile = Buffer.alloc(10);
    tile.writeInt16BE(x, 0);
    tile.writeInt16BE(y, 2);
    tile.writeUInt32BE(rev, 4);
    tile.writeUInt16BE(deflated.length, 8);
    return Buffer.concat([tile, deflated]);
  });
  return new Uint8Array(Buffer.concat([head, ...parts]));
}
