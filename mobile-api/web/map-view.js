/**
 * The map on a canvas: cells, the robot's track, the dock and the robot, which glides between its positions.
 */

import { Camera } from './camera.js';
import { el } from './dom.js';
import { listenForGestures } from './gestures.js';
import { drawDock, drawRobot, drawScale, drawTrack } from './map-marks.js';
import { paintRaster, readPalette } from './palette.js';
import { knownArea, knownBounds } from './raster.js';

/** @typedef {import('./raster.js').Raster} Raster */
/** @typedef {import('./types.js').Corner} Corner */
/** @typedef {{x: number, y: number, heading: number}} Pose metres and radians */

/**
 * What lies over the map's cells and may be touched; places in millimetres.
 *
 * @typedef {object} Overlay
 * @property {(context: CanvasRenderingContext2D, camera: Camera, palette: import('./palette.js').Palette) => void} draw
 * @property {(at: Corner, reach: number) => void} tap
 * @property {(at: Corner, reach: number) => Drag|null} grab
 * @property {(event: KeyboardEvent) => boolean} press
 *
 * @typedef {object} Drag
 * @property {(to: Corner) => void} move
 * @property {() => void} drop
 */

/** Room for the badges above the map and the tools below it, in CSS pixels. */
const MARGINS = { top: 62, side: 16, bottom: 60 };
/** How far beside a thing a finger may touch it, in CSS pixels. */
const REACH_PX = 22;
/** Positions come every half second; the robot takes as long to get from one to the next. */
const GLIDE_MS = 550;

export class MapView {
  #camera = new Camera();
  /** @type {Raster|null} */
  #raster = null;
  /** @type {HTMLCanvasElement|null} */
  #picture = null;
  /** @type {[number, number][]} */
  #track = [];
  /** @type {{from: Pose, to: Pose, at: number}|null} */
  #glide = null;
  /** @type {Overlay|null} */
  #overlay = null;
  /** @type {import('./palette.js').Tints} */
  #tints = new Map();
  #words = 'Map.';
  #area = 0;
  #followsFit = true;
  #frame = 0;

  constructor() {
    this.canvas = el('canvas', { class: 'map-canvas', attrs: { tabindex: 0, role: 'img', 'aria-label': 'Map' } });
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.stillness = matchMedia('(prefers-reduced-motion: reduce)');
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const recolour = () => this.#paint();
    scheme.addEventListener('change', recolour);
    const resizes = new ResizeObserver(() => this.#resize());
    resizes.observe(this.canvas);
    this.dispose = () => {
      scheme.removeEventListener('change', recolour);
      resizes.disconnect();
      cancelAnimationFrame(this.#frame);
    };
    listenForGestures(this.canvas, {
      pan: (dx, dy) => this.#move(() => this.#camera.pan(dx, dy)),
      zoom: (factor, x, y) => this.#move(() => this.#camera.zoom(factor, x, y)),
      reset: () => this.fit(),
      tap: (x, y) => this.#overlay?.tap(this.#placeAt(x, y), this.#reach()),
      grab: (x, y) => this.#grab(x, y),
      press: (event) => this.#overlay?.press(event) ?? false,
    });
  }

  /** @param {Raster|null} raster */
  setRaster(raster) {
    const first = this.#raster === null || raster?.kind !== this.#raster.kind;
    this.#raster = raster;
    this.#area = raster ? knownArea(raster) : 0;
    this.#label();
    this.#paint();
    if (this.#followsFit) this.#fitCamera(first || this.stillness.matches);
  }

  /** @param {Overlay|null} overlay */
  setOverlay(overlay) {
    this.#overlay = overlay;
    this.#draw();
  }

  /** @param {import('./palette.js').Tints} tints */
  setTints(tints) {
    this.#tints = tints;
    this.#paint();
  }

  /** Draws again what the overlay has changed. */
  redraw() {
    this.#draw();
  }

  /** @returns {{centre: Corner, metres: number}} the middle of what the canvas shows, and how much that is at least */
  window() {
    const { width, height, scale } = this.#camera;
    return { centre: this.#placeAt(width / 2, height / 2), metres: Math.min(width, height) / scale };
  }

  /** Brings the map back under the eyes of somebody who has scrolled away from it, and the keys to it. */
  reveal() {
    this.canvas.focus({ preventScroll: true });
    this.canvas.scrollIntoView({ block: 'nearest', behavior: this.stillness.matches ? 'auto' : 'smooth' });
  }

  /** @param {[number, number][]} track metres */
  setTrack(track) {
    this.#track = track;
    this.#draw();
  }

  /** @param {Pose|null} pose */
  setRobot(pose) {
    const shown = this.#robotNow();
    this.#glide = pose && { from: shown && !this.stillness.matches ? shown : pose, to: pose, at: performance.now() };
    this.#label();
    this.#draw();
  }

  /** Shows the whole map, and keeps showing it whole as it grows. */
  fit() {
    this.#followsFit = true;
    this.#fitCamera();
  }

  /** @param {number} factor */
  zoomBy(factor) {
    this.#move(() => this.#camera.zoom(factor, this.#camera.width / 2, this.#camera.height / 2));
  }

  /** @param {string} text what the map is; how much it shows and where the robot is are added */
  describe(text) {
    this.#words = text;
    this.#label();
  }

  #label() {
    const area = `${this.#area.toFixed(1)} m² known.`;
    const robot = this.#glide?.to;
    const place = robot && `Robot ${robot.x.toFixed(1)} m ahead and ${robot.y.toFixed(1)} m left of the dock.`;
    this.canvas.setAttribute('aria-label', [this.#words, area, place].filter(Boolean).join(' '));
  }

  /** @param {number} x @param {number} y CSS pixels @returns {Corner} */
  #placeAt(x, y) {
    const [metresX, metresY] = this.#camera.toPlace(x, y);
    return { x: Math.round(metresX * 1000), y: Math.round(metresY * 1000) };
  }

  #reach() {
    return (REACH_PX / this.#camera.scale) * 1000;
  }

  /** @param {number} x @param {number} y CSS pixels @returns {import('./gestures.js').Grip|null} */
  #grab(x, y) {
    const drag = this.#overlay?.grab(this.#placeAt(x, y), this.#reach());
    if (!drag) return null;
    return { move: (toX, toY) => drag.move(this.#placeAt(toX, toY)), drop: () => drag.drop() };
  }

  /** @param {() => void} change */
  #move(change) {
    this.#followsFit = false;
    change();
    this.#draw();
  }

  /** @param {boolean} [atOnce] */
  #fitCamera(atOnce = this.stillness.matches) {
    const bounds = this.#raster && knownBounds(this.#raster);
    const sight = bounds && this.#camera.fitting(bounds, MARGINS);
    if (sight && atOnce) this.#camera.jumpTo(sight);
    else if (sight) this.#camera.glideTo(sight, performance.now());
    this.#draw();
  }

  #resize() {
    const { clientWidth, clientHeight } = this.canvas;
    const density = devicePixelRatio;
    this.canvas.width = Math.round(clientWidth * density);
    this.canvas.height = Math.round(clientHeight * density);
    this.#camera.resize(clientWidth, clientHeight);
    if (this.#followsFit) this.#fitCamera(true);
    this.#drawNow();
  }

  #paint() {
    this.palette = readPalette(this.canvas);
    this.#picture = this.#raster && paintRaster(this.#raster, this.palette, this.#tints);
    this.#draw();
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#drawNow());
  }

  #drawNow() {
    const { context } = this;
    const palette = (this.palette ??= readPalette(this.canvas));
    const moves = this.#camera.advance(performance.now());
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this.#camera.width, this.#camera.height);
    this.#drawPicture();
    this.#overlay?.draw(context, this.#camera, palette);
    drawTrack(context, this.#camera, palette, this.#track);
    if (this.#raster) {
      drawDock(context, this.#camera, palette);
      drawScale(context, this.#camera, palette);
    }
    const robot = this.#robotNow();
    if (robot) drawRobot(context, this.#camera, palette, robot);
    if (moves || this.#isGliding()) this.#draw();
  }

  #drawPicture() {
    if (!this.#raster || !this.#picture) return;
    const { x, y, width, height, cellMetres } = this.#raster;
    const [left, top] = this.#camera.toScreen(x * cellMetres, (y + height) * cellMetres);
    const pixel = cellMetres * this.#camera.scale;
    this.context.imageSmoothingEnabled = pixel * devicePixelRatio < 1;
    this.context.drawImage(this.#picture, left, top, width * pixel, height * pixel);
  }

  #isGliding() {
    return this.#glide !== null && performance.now() - this.#glide.at < GLIDE_MS;
  }

  /** @returns {Pose|null} */
  #robotNow() {
    if (!this.#glide) return null;
    const { from, to, at } = this.#glide;
    const share = Math.min((performance.now() - at) / GLIDE_MS, 1);
    const turn = Math.atan2(Math.sin(to.heading - from.heading), Math.cos(to.heading - from.heading));
    return {
      x: from.x + (to.x - from.x) * share,
      y: from.y + (to.y - from.y) * share,
      heading: from.heading + turn * share,
    };
  }
}
