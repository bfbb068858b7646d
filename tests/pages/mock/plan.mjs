/** A made-up floor, a run over it, and what a range sensor sees on the way, for trying the pages without a stack. */

import { deflateRawSync } from 'node:zlib';

const CELL = 0.05;
const TILE = 64;
const BOX = { x: -10, y: -64, width: 190, height: 150 };
const [FREE, OCCUPIED, TOUCHED] = [1, 2, 3];

const WALLS = [
  [-0.4, -3, 8.6, -3],
  [-0.4, 3.8, 8.6, 3.8],
  [-0.4, -3, -0.4, 3.8],
  [8.6, -3, 8.6, 3.8],
  [3.2, -3, 3.2, -0.2],
  [3.2, 0.8, 3.2, 3.8],
  [3.2, 0.8, 5.2, 0.8],
  [6.2, 0.8, 8.6, 0.8],
];
const FURNITURE = [
  [1.2, 2.2, 2.4, 3.2],
  [6.4, -2.2, 7.8, -1.2],
  [4.4, 2.6, 6.4, 3.7],
  [0.8, -2.4, 1.2, -2],
];

export class Plan {
  constructor() {
    this.solid = new Uint8Array(BOX.width * BOX.height);
    for (const [x1, y1, x2, y2] of WALLS) this.#block(x1 - 0.05, y1 - 0.05, x2 + 0.05, y2 + 0.05, 3);
    for (const [x1, y1, x2, y2] of FURNITURE) this.#block(x1, y1, x2, y2, 2);
  }

  #block(x1, y1, x2, y2, kind) {
    for (let x = x1; x < x2; x += CELL / 2) {
      for (let y = y1; y < y2; y += CELL / 2) this.solid[index(x, y)] = kind;
    }
  }

  at(x, y) {
    return this.solid[index(x, y)] ?? 3;
  }

  /** Lanes over everything that is free, as a list of points about 10 cm apart. */
  lanes() {
    const points = [];
    const rooms = [
      [0, -2.6, 2.9, 3.5],
      [3.5, -2.7, 8.3, 0.5],
      [3.5, 1.1, 8.3, 3.5],
    ];
    let way = 1;
    for (const [x1, y1, x2, y2] of rooms) {
      for (let y = y1; y <= y2; y += 0.26, way = -way) {
        for (let step = 0; step <= x2 - x1; step += 0.1) {
          const x = way > 0 ? x1 + step : x2 - step;
          if (!this.at(x, y) && !this.at(x + 0.15, y) && !this.at(x - 0.15, y)) points.push([x, y]);
        }
      }
    }
    return points;
  }
}

/** What one run has seen. */
export class Seen {
  constructor(plan) {
    this.plan = plan;
    this.cells = new Uint8Array(BOX.width * BOX.height);
    this.dirty = new Map();
    this.revs = new Map();
  }

  look(x, y) {
    for (let angle = 0; angle < 2 * Math.PI; angle += Math.PI / 120) {
      for (let far = 0; far < 4.5; far += CELL / 2) {
        const [px, py] = [x + far * Math.cos(angle), y + far * Math.sin(angle)];
        const solid = this.plan.at(px, py);
        this.#mark(px, py, solid ? OCCUPIED : FREE);
        if (solid) break;
      }
    }
  }

  touch(x, y) {
    this.#mark(x, y, TOUCHED);
  }

  #mark(x, y, value) {
    const at = index(x, y);
    if (this.cells[at] >= value && this.cells[at] !== 0) return;
    this.cells[at] = value;
    const [col, row] = [Math.floor(x / CELL), Math.floor(y / CELL)];
    this.dirty.set(`${Math.floor(col / TILE)},${Math.floor(row / TILE)}`, true);
  }

  /** The pack of the tiles that changed, or of all. */
  pack(runNumber, all) {
    const keys = all ? [...this.revs.keys(), ...this.dirty.keys()] : [...this.dirty.keys()];
    for (const key of this.dirty.keys()) this.revs.set(key, (this.revs.get(key) ?? 0) + 1);
    this.dirty.clear();
    const tiles = [...new Set(keys)].map((key) => this.#tile(key));
    const header = Buffer.alloc(35);
    header.writeUInt8(1, 0);
    header.writeBigUInt64BE(runNumber >> 64n, 17);
    header.writeBigUInt64BE(runNumber & 0xffffffffffffffffn, 25);
    header.writeUInt16BE(tiles.length, 33);
    return Buffer.concat([header, ...tiles]);
  }

  #tile(key) {
    const [tx, ty] = key.split(',').map(Number);
    const cells = [];
    for (let row = 0; row < TILE; row += 1) {
      for (let col = 0; col < TILE; col += 1) cells.push(this.#cell(tx * TILE + col, ty * TILE + row));
    }
    const body = deflateRawSync(Buffer.from(runLengths(cells)));
    const head = Buffer.alloc(10);
    head.writeInt16BE(tx, 0);
    head.writeInt16BE(ty, 2);
    head.writeUInt32BE(this.revs.get(key) ?? 1, 4);
    head.writeUInt16BE(body.length, 8);
    return Buffer.concat([head, body]);
  }

  #cell(col, row) {
    const [x, y] = [col - BOX.x, row - BOX.y];
    return x >= 0 && y >= 0 && x < BOX.width && y < BOX.height ? this.cells[y * BOX.width + x] : 0;
  }

  document() {
    return mapDocument(this.cells, ['unknown', 'free', 'occupied', 'touched']);
  }
}

/** The home's map after some runs. */
export function homeDocument(plan, seen, version) {
  const cells = seen.cells.map((cell, at) => (cell > 1 ? plan.solid[at] || 3 : cell));
  const presence = cells.map((cell) => (cell === 2 ? 60 : 0));
  return { ...mapDocument(cells, ['unknown', 'free', 'movable', 'permanent']), version, presence: base64(presence) };
}

function mapDocument(cells, classes) {
  const origin = { x: BOX.x, y: BOX.y };
  return {
    frame: 'home',
    unit: 'm',
    cell_metres: CELL,
    origin,
    width: BOX.width,
    height: BOX.height,
    classes,
    cells: base64(cells),
    rooms: [],
    version: 1,
  };
}

function base64(bytes) {
  return Buffer.from(bytes).toString('base64');
}

function runLengths(cells) {
  const runs = [];
  for (let at = 0; at < cells.length;) {
    let length = 1;
    while (length < 64 && cells[at + length] === cells[at]) length += 1;
    runs.push((cells[at] << 6) | (length - 1));
    at += length;
  }
  return runs;
}

function index(x, y) {
  const [col, row] = [Math.floor(x / CELL) - BOX.x, Math.floor(y / CELL) - BOX.y];
  return row * BOX.width + col;
}
