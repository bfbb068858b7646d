import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  contains,
  distanceToLine,
  middle,
  pulled,
  rectangle,
  shifted,
  squareMetres,
} from '../../../mobile-api/web/geometry.js';

const SQUARE = rectangle({ x: 1000, y: 2000 }, 2000, 1000);
const ANGLE = [
  { x: 0, y: 0 },
  { x: 3000, y: 0 },
  { x: 3000, y: 3000 },
];

describe('a polygon', () => {
  it('contains what is inside of it, also where it bends inwards', () => {
    const bay = [
      { x: 0, y: 0 },
      { x: 4000, y: 0 },
      { x: 4000, y: 4000 },
      { x: 2000, y: 1000 },
      { x: 0, y: 4000 },
    ];
    assert.equal(contains(bay, { x: 500, y: 2000 }), true);
    assert.equal(contains(bay, { x: 2000, y: 3000 }), false);
    assert.equal(contains(bay, { x: -1, y: 500 }), false);
  });

  it('has an area whichever way its corners run', () => {
    assert.equal(squareMetres(SQUARE), 2);
    assert.equal(squareMetres([...SQUARE].reverse()), 2);
  });

  it('moves as a whole, in whole millimetres', () => {
    assert.deepEqual(middle(shifted(SQUARE, 100.4, -50)), { x: 1100, y: 1950 });
  });
});

describe('a corner that is pulled', () => {
  it('leaves a rectangle a rectangle whose opposite corner stays', () => {
    const wider = pulled(SQUARE, 2, { x: 5000, y: 4000 });
    assert.deepEqual(wider[0], SQUARE[0]);
    assert.equal(squareMetres(wider), 5 * 2.5);
    assert.deepEqual(
      wider.map(({ x, y }) => `${x},${y}`),
      ['0,1500', '5000,1500', '5000,4000', '0,4000'],
    );
  });

  it('moves alone in any other shape', () => {
    assert.deepEqual(pulled(ANGLE, 1, { x: 3000, y: -500 }), [ANGLE[0], { x: 3000, y: -500 }, ANGLE[2]]);
  });
});

describe('the distance to a line', () => {
  it('is that to its nearest piece, and to its end beyond it', () => {
    assert.equal(distanceToLine(ANGLE, { x: 1000, y: 400 }), 400);
    assert.equal(distanceToLine(ANGLE, { x: 3000, y: 3700 }), 700);
  });
});
