/**
 * What lies on the map's cells: the cleaned track, the dock, the robot, and a scale.
 */

/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./palette.js').Palette} Palette */

/** How wide a robot sweeps, in metres. */
const SWATH_METRES = 0.28;
const ROBOT_RADIUS_METRES = 0.17;
/** Seen from afar the robot stays large enough to be found, in CSS pixels. */
const LEAST_ROBOT_PX = 8;
const DOCK_METRES = 0.3;
const SCALE_STEPS = [0.5, 1, 2, 5, 10, 20];
const LEAST_SCALE_PX = 44;
const INSET_PX = 16;

/**
 * @param {Context} context
 * @param {Camera} camera
 * @param {Palette} palette
 * @param {[number, number][]} track metres
 */
export function drawTrack(context, camera, palette, track) {
  if (track.length < 2) return;
  context.save();
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = palette.track ?? '';
  context.beginPath();
  for (const [x, y] of track) context.lineTo(...camera.toScreen(x, y));
  context.globalAlpha = 0.16;
  context.lineWidth = SWATH_METRES * camera.scale;
  context.stroke();
  context.globalAlpha = 0.75;
  context.lineWidth = 1.5;
  context.stroke();
  context.restore();
}

/**
 * @param {Context} context
 * @param {Camera} camera
 * @param {Palette} palette
 */
export function drawDock(context, camera, palette) {
  const [x, y] = camera.toScreen(0, 0);
  const side = Math.max(DOCK_METRES * camera.scale, 12);
  context.save();
  context.fillStyle = palette.dock ?? '';
  context.strokeStyle = palette['robot-ink'] ?? '';
  context.lineWidth = 2;
  context.beginPath();
  context.roundRect(x - side / 2, y - side / 2, side, side, side / 4);
  context.fill();
  context.stroke();
  context.restore();
}

/**
 * @param {Context} context
 * @param {Camera} camera
 * @param {Palette} palette
 * @param {{x: number, y: number, heading: number}} robot
 */
export function drawRobot(context, camera, palette, { x, y, heading }) {
  const radius = Math.max(ROBOT_RADIUS_METRES * camera.scale, LEAST_ROBOT_PX);
  context.save();
  context.translate(...camera.toScreen(x, y));
  context.rotate(-heading);
  context.fillStyle = palette.robot ?? '';
  context.globalAlpha = 0.18;
  circle(context, radius * 2);
  context.globalAlpha = 1;
  context.strokeStyle = palette['robot-ink'] ?? '';
  context.lineWidth = 2;
  circle(context, radius);
  context.stroke();
  context.beginPath();
  context.moveTo(radius * 0.7, 0);
  context.lineTo(-radius * 0.3, radius * 0.48);
  context.lineTo(-radius * 0.3, -radius * 0.48);
  context.closePath();
  context.fillStyle = palette['robot-ink'] ?? '';
  context.fill();
  context.restore();
}

/**
 * @param {Context} context
 * @param {Camera} camera
 * @param {Palette} palette
 */
export function drawScale(context, camera, palette) {
  const metres = SCALE_STEPS.find((step) => step * camera.scale >= LEAST_SCALE_PX) ?? 50;
  const [left, bottom, width] = [INSET_PX, camera.height - INSET_PX, metres * camera.scale];
  context.save();
  context.strokeStyle = palette.scale ?? '';
  context.fillStyle = palette.scale ?? '';
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(left, bottom - 5);
  context.lineTo(left, bottom);
  context.lineTo(left + width, bottom);
  context.lineTo(left + width, bottom - 5);
  context.stroke();
  context.font = '600 11px system-ui, sans-serif';
  context.fillText(`${metres} m`, left + 6, bottom - 6);
  context.restore();
}

/** @param {Context} context @param {number} radius */
function circle(context, radius) {
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.fill();
}
