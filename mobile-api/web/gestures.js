/**
 * Moving a map with fingers, mouse, wheel and keys.
 */

/**
 * @typedef {object} GestureHandlers
 * @property {(dx: number, dy: number) => void} pan CSS pixels
 * @property {(factor: number, x: number, y: number) => void} zoom around a pixel of the element
 * @property {() => void} reset
 */

const KEY_STEP = 48;
const KEY_ZOOM = 1.25;
const WHEEL_ZOOM = 1.0015;

/**
 * @param {HTMLElement} element
 * @param {GestureHandlers} handlers
 */
export function listenForGestures(element, handlers) {
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();
  const place = (/** @type {MouseEvent} */ event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
  });
  element.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) pinch(before, now, other, handlers);
    else handlers.pan(now.x - before.x, now.y - before.y);
    fingers.set(event.pointerId, now);
  });
  const lift = (/** @type {PointerEvent} */ event) => fingers.delete(event.pointerId);
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
function pressKey(event, element, { pan, zoom, reset }) {
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
