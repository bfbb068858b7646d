import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { middle, rectangle, squareMetres } from '../../../mobile-api/web/geometry.js';
import { ShapeEditor } from '../../../mobile-api/web/shape-editor.js';

const REACH = 300;
const WALL = [
  { x: 0, y: 5000 },
  { x: 2000, y: 5000 },
];

function editor() {
  const made = new ShapeEditor(() => {});
  made.replace([
    { kind: 'no_go_zone', corners: rectangle({ x: 0, y: 0 }, 2000, 2000) },
    { kind: 'virtual_wall', corners: WALL },
  ]);
  return made;
}

describe('shapes on the map', () => {
  it('are chosen by a touch, a line also by one beside it', () => {
    const shapes = editor();
    assert.equal(shapes.tap({ x: 1000, y: 5200 }, REACH), true);
    assert.equal(shapes.chosen, shapes.shapes[1].id);
    assert.equal(shapes.tap({ x: 9000, y: 9000 }, REACH), false);
    assert.equal(shapes.chosen, null);
  });

  it('leave the map to be moved until one is chosen', () => {
    const shapes = editor();
    assert.equal(shapes.grab({ x: 0, y: 0 }, REACH), null);
    shapes.tap({ x: 0, y: 0 }, REACH);
    assert.notEqual(shapes.grab({ x: 0, y: 0 }, REACH), null);
    assert.equal(shapes.grab({ x: 5000, y: 0 }, REACH), null);
  });

  it('follow the finger as a whole, or by the corner that it holds', () => {
    const shapes = editor();
    shapes.tap({ x: 0, y: 0 }, REACH);
    shapes.grab({ x: 100, y: 0 }, REACH).move({ x: 600, y: 500 });
    assert.deepEqual(middle(shapes.shapes[0].corners), { x: 500, y: 500 });
    shapes.grab({ x: 1600, y: 1400 }, REACH).move({ x: 2600, y: 1400 });
    assert.equal(squareMetres(shapes.shapes[0].corners), 6);
  });

  it('never become too thin to hold', () => {
    const shapes = editor();
    shapes.tap({ x: 0, y: 0 }, REACH);
    shapes.grab({ x: 1000, y: 1000 }, REACH).move({ x: -950, y: 1000 });
    assert.equal(squareMetres(shapes.shapes[0].corners), 4);
  });

  it('can be moved, resized and removed with keys alone', () => {
    const shapes = editor();
    assert.equal(shapes.press({ key: 'ArrowLeft' }), false);
    shapes.choose(shapes.shapes[0].id);
    assert.equal(shapes.press({ key: 'ArrowLeft' }), true);
    assert.deepEqual(middle(shapes.shapes[0].corners), { x: -100, y: 0 });
    shapes.press({ key: 'ArrowUp', shiftKey: true });
    assert.equal(squareMetres(shapes.shapes[0].corners).toFixed(1), '4.2');
    shapes.press({ key: 'Delete' });
    assert.deepEqual(
      shapes.shapes.map(({ kind }) => kind),
      ['virtual_wall'],
    );
    assert.equal(shapes.press({ key: 'ArrowLeft' }), false);
  });
});
