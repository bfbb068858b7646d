/**
 * Moving a map with fingers, mouse, wheel and keys.
 */

/**
 * @typedef {object} GestureHandlers
 * @property {(dx: number, dy: number) => void} pan CSS pixels
 * @property {(factor: number, x: number, y: number) => void} zoom around a pixel of the element
 * @property {() => void} reset
 * @property {(x: number, y: number) => void} tap a touch that neither moved nor lasted
 * @property {(x: number, y: number) => Grip|null} grab what lies there and is to be moved instead of the map
 * @property {(event: KeyboardEvent) => boolean} press whether the key was meant for something on the map
 *
 * @typedef {object} Grip
 * @property {(x: number, y: number) => void} move
 * @property {() => void} drop
 */

const KEY_STEP = 48;
const KEY_ZOOM = 1.25;
const WHEEL_ZOOM = 1.0015;
/** A finger that moves no farther than this, in CSS pixels, and is gone within the time, in milliseconds, taps. */
const TAP_PX = 8;
const TAP_MS = 600;

/** @typedef {{x: number, y: number}} Pixel */

/**
 * @param {HTMLElement} element
 * @param {GestureHandlers} handlers
 */
export function listenForGestures(element, handlers) {
  /** @type {Map<number, Pixel>} */
  const fingers = new Map();
  /** @type {Grip|null} */
  let grip = null;
  /** @type {Pixel & {at: number}|null} */
  let tap = null;
  const place = (/** @type {MouseEvent} */ event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    const at = place(event);
    fingers.set(event.pointerId, at);
    tap = fingers.size === 1 ? { ...at, at: event.timeStamp } : null;
    if (fingers.size === 1) grip = handlers.grab(at.x, at.y);
  });
  element.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (tap && Math.hypot(now.x - tap.x, now.y - tap.y) > TAP_PX) tap = null;
    if (grip) grip.move(now.x, now.y);
    else if (other) pinch(before, now, other, handlers);
    else handlers.pan(now.x - before.x, now.y - before.y);
    fingers.set(event.pointerId, now);
  });
  element.addEventListener('pointerup', (event) => {
    if (tap && event.timeStamp - tap.at < TAP_MS) handlers.tap(tap.x, tap.y);
  });
  const lift = (/** @type {PointerEvent} */ event) => {
    fingers.delete(event.pointerId);
    grip?.drop();
    [grip, tap] = [null, null];
  };
  element.addEventListener('pointerup', lift);
  element.addEventListener('pointercancel', lift);
  element.addEventListener('dblclick', (event) => handlers.zoom(2, place(event).x, place(event).y));
  listenForWheel(element, handlers, place);
  element.addEventListener('keydown', (event) => pressKey(event, element, handlers));
}

/**
 * @param {HTMLElement} element
 * @param {GestureHandlers} handlers
 * @param {(event: MouseEvent) => {x: number, y: number}} place
 */
function listenForWheel(element, handlers, place) {
  const turn = (/** @type {WheelEvent} */ event) => {
    event.preventDefault();
    const { x, y } = place(event);
    handlers.zoom(WHEEL_ZOOM ** -event.deltaY, x, y);
  };
  element.addEventListener('wheel', turn, { passive: false });
}

/**
 * @param {{x: number, y: number}} before
 * @param {{x: number, y: number}} now
 * @param {{x: number, y: number}} other the finger that rests
 * @param {GestureHandlers} handlers
 */
function pinch(before, now, other, { pan, zoom }) {
  const apart = (/** @type {{x: number, y: number}} */ point) => Math.hypot(point.x - other.x, point.y - other.y);
  pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  if (apart(before) > 0) zoom(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} element
 * @param {GestureHandlers} handlers
 */
function pressKey(event, element, { pan, zoom, reset, press }) {
  if (press(event)) return event.preventDefault();
  const middle = /** @type {const} */ ([element.clientWidth / 2, element.clientHeight / 2]);
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowLeft: () => pan(KEY_STEP, 0),
    ArrowRight: () => pan(-KEY_STEP, 0),
    ArrowUp: () => pan(0, KEY_STEP),
    ArrowDown: () => pan(0, -KEY_STEP),
    '+': () => zoom(KEY_ZOOM, ...middle),
    '=': () => zoom(KEY_ZOOM, ...middle),
    '-': () => zoom(1 / KEY_ZOOM, ...middle),
    0: reset,
  };
  const act = keys[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
}
