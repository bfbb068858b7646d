/**
 * The way that the robot is going to take, drawn thin enough that the rooms stay legible under it.
 */

/** @typedef {import('./types.js').Plan} Plan */
/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {import('./camera.js').Camera} Camera */

/**
 * @param {Context} context
 * @param {Camera} camera
 * @param {import('./palette.js').Palette} palette
 * @param {Plan} plan
 */
export function drawPlan(context, camera, palette, { legs, way_home: home }) {
  context.save();
  context.strokeStyle = context.fillStyle = palette.plan ?? '';
  context.lineCap = context.lineJoin = 'round';
  context.lineWidth = 1.25;
  context.globalAlpha = 0.42;
  for (const { path } of legs) line(context, camera, path);
  context.setLineDash([2, 5]);
  line(context, camera, home);
  context.restore();
}

/** @param {Context} context @param {Camera} camera @param {[number, number][]} path millimetres */
function line(context, camera, path) {
  context.beginPath();
  for (const [x, y] of path) context.lineTo(...camera.toScreen(x / 1000, y / 1000));
  context.stroke();
}
