/**
 * Polygons and lines in whole millimetres of the home frame.
 */

/** @typedef {import('./types.js').Corner} Corner */

/**
 * Whether a point is within a polygon, by the even-odd rule.
 *
 * @param {Corner[]} corners
 * @param {Corner} point
 */
export function contains(corners, { x, y }) {
  let inside = false;
  corners.forEach((to, index) => {
    const from = corners.at(index - 1) ?? to;
    if (from.y > y === to.y > y) return;
    const crossing = from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x);
    if (x < crossing) inside = !inside;
  });
  return inside;
}

/**
 * @param {Corner[]} corners of a line of one piece or more
 * @param {Corner} point
 * @returns {number} millimetres
 */
export function distanceToLine(corners, point) {
  const pieces = corners.slice(1).map((to, index) => toPiece(corners[index] ?? to, to, point));
  return Math.min(...pieces);
}

/** @param {Corner} one @param {Corner} other @returns {number} millimetres */
export function apart(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

/** @param {Corner[]} corners @returns {number} */
export function squareMetres(corners) {
  const twice = corners.reduce((sum, { x, y }, index) => {
    const before = corners.at(index - 1) ?? { x, y };
    return sum + before.x * y - x * before.y;
  }, 0);
  return Math.abs(twice) / 2 / 1e6;
}

/** @param {Corner[]} corners @returns {Corner} the middle of the box around them */
export function middle(corners) {
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  return whole({ x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2 });
}

/** @param {Corner} centre @param {number} width @param {number} height millimetres @returns {Corner[]} */
export function rectangle({ x, y }, width, height) {
  const [left, right] = [x - width / 2, x + width / 2];
  const [bottom, top] = [y - height / 2, y + height / 2];
  const corners = [
    { x: left, y: bottom },
    { x: right, y: bottom },
    { x: right, y: top },
    { x: left, y: top },
  ];
  return corners.map(whole);
}

/** @param {Corner[]} corners @param {number} dx @param {number} dy @returns {Corner[]} */
export function shifted(corners, dx, dy) {
  return corners.map(({ x, y }) => whole({ x: x + dx, y: y + dy }));
}

/**
 * A shape whose corner at `index` was pulled to a point; a rectangle along the axes stays one.
 *
 * @param {Corner[]} corners
 * @param {number} index
 * @param {Corner} to
 * @returns {Corner[]}
 */
export function pulled(corners, index, to) {
  const from = corners[index];
  const upright = from && isUprightRectangle(corners);
  return corners.map((corner, at) => {
    if (at === index) return whole(to);
    if (!upright) return corner;
    return whole({ x: corner.x === from.x ? to.x : corner.x, y: corner.y === from.y ? to.y : corner.y });
  });
}

/** @param {Corner[]} corners */
function isUprightRectangle(corners) {
  const [one, two, three, four] = corners;
  if (!one || !two || !three || !four || corners.length !== 4) return false;
  const flatFirst = one.y === two.y && two.x === three.x && three.y === four.y && four.x === one.x;
  const steepFirst = one.x === two.x && two.y === three.y && three.x === four.x && four.y === one.y;
  return (flatFirst || steepFirst) && one.x !== three.x && one.y !== three.y;
}

/**
 * @param {Corner} from
 * @param {Corner} to
 * @param {Corner} point
 */
function toPiece(from, to, point) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length;
  const at = Math.min(Math.max(share, 0), 1);
  return apart(point, { x: from.x + at * dx, y: from.y + at * dy });
}

/** @param {Corner} corner @returns {Corner} */
function whole({ x, y }) {
  return { x: Math.round(x), y: Math.round(y) };
}
