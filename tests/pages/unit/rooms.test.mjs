import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { colourRooms, neighbours, ROOM_COLOURS } from '../../../mobile-api/web/room-colours.js';
import { labelPlaces } from '../../../mobile-api/web/room-labels.js';
import { contrast, differenceSeen, VISIONS } from './colour-vision.mjs';

/** Rooms 1 to 4 around a wall, 5 behind four of them, drawn with a digit for each cell of 5 cm. */
const PLAN = ['1111 2222', '1111 2222', '1111 2222', '         ', '3333 4444', '3333 4444', '555555555'];

describe('the colours of rooms', () => {
  it('differ for rooms beside each other, through a wall too', () => {
    const raster = drawn(PLAN);
    const beside = neighbours(raster);
    assert.deepEqual([...(beside.get(5) ?? [])].sort(), [3, 4]);
    const colours = colourRooms(raster);
    for (const [room, others] of beside) {
      for (const other of others) assert.notEqual(colours.get(room), colours.get(other), `${room} and ${other}`);
    }
  });

  it('stay when the map learns of one more room elsewhere', () => {
    const before = colourRooms(drawn(PLAN));
    const after = colourRooms(drawn([...PLAN, ...Array(20).fill('         '), '7777     ']));
    for (const [room, colour] of before) assert.equal(after.get(room), colour);
  });

  for (const scheme of ['light', 'dark']) {
    it(`are told apart in the ${scheme} scheme by every kind of colour vision, and carry labels`, () => {
      const palette = mapColours(scheme);
      const rooms = Array.from({ length: ROOM_COLOURS }, (_, index) => palette[`room-${index}`]);
      for (const vision of VISIONS) {
        assert.ok(differenceSeen(palette.movable, palette.wall, vision) > 25, `a thing and a wall for ${vision}`);
        rooms.forEach((room, index) => {
          for (const other of [...rooms.slice(index + 1), palette.movable, palette.wall]) {
            const seen = differenceSeen(room, other, vision);
            assert.ok(seen > 12, `${room} and ${other} differ by ${seen.toFixed(1)} for ${vision}`);
          }
        });
      }
      for (const room of rooms) assert.ok(contrast(room, palette.label) >= 4.5, `a label on ${room}`);
    });
  }
});

describe('the label of a room', () => {
  it('is inside of it where a line of text has most space', () => {
    const bent = ['11      ', '11      ', '11      ', '11111111', '11111111', '11111111'];
    const place = labelPlaces(drawn(bent, { x: 100, y: 100 })).get(1);
    assert.ok(place.y < 5.15, 'in the broad lower part');
    assert.ok(place.width > 0.25, `only ${place.width} m wide`);
  });

  it('leaves the dock free', () => {
    const hall = Array(60).fill('1'.repeat(120));
    const place = labelPlaces(drawn(hall, { x: -60, y: -30 })).get(1);
    assert.ok(Math.abs(place.y) > 0.4 || Math.abs(place.x) > 1.5, `${place.x}, ${place.y}`);
  });
});

/** A raster of a drawing whose last line has the smallest y. */
function drawn(lines, origin = { x: 0, y: 0 }) {
  const [width, height] = [lines[0].length, lines.length];
  const room = Uint8Array.from([...lines].reverse().join(''), Number);
  return { kind: 'home', ...origin, width, height, cellMetres: 0.05, cells: room.map(Boolean), presence: null, room };
}

/** The map's colours in the style sheet, the dark ones over the light ones. */
function mapColours(scheme) {
  const text = readFileSync(new URL('../../../mobile-api/web/map.css', import.meta.url), 'utf8');
  const [light, dark] = text.split('prefers-color-scheme: dark');
  const read = (part) => [...part.matchAll(/--map-([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]);
  return Object.fromEntries([...read(light), ...(scheme === 'dark' ? read(dark) : [])]);
}
