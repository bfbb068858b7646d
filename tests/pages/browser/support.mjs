/** What the page tests share: the stack they run against, the browser, and what must hold on every page. */

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/** How long a step may take, in milliseconds: longer than any pause that the pages make between two looks. */
export const STEP_MS = 30_000;
/** How long a run may take to end, be sealed and change the home's map, in milliseconds. */
export const SEAL_MS = 180_000;

export const PHONE = {
  name: 'phone',
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};
export const DESKTOP = { name: 'desktop', viewport: { width: 1440, height: 900 } };

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SCREENSHOTS = process.env.SWEEPLINE_SCREENSHOTS ?? `${ROOT}target/screenshots`;
const LEAST_TOUCH_PX = 44;
/** The most that a page may move under the reader: web.dev calls up to 0.1 good. */
const MOST_LAYOUT_SHIFT = 0.1;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The line that `sweepline up` printed when it was ready. */
export function stack() {
  const line = process.env.SWEEPLINE_READY;
  assert.ok(line, 'SWEEPLINE_READY must hold the JSON line that `sweepline up` prints');
  return JSON.parse(line);
}

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/**
 * A page in its own context, with everything noted that should not happen. It is opened `at` an address, the stack's
 * unless given, and may ask that and its `friends`.
 */
export async function openPage(
  browser,
  { name, ...device },
  scheme,
  path = '/',
  { at = stack().http, friends = [] } = {},
) {
  const context = await browser.newContext({ ...device, colorScheme: scheme, locale: 'en-GB' });
  await context.addInitScript(countLayoutShift);
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_MS);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error.stack)));
  page.on('console', (message) => isComplaint(message) && complaints.push(message.text()));
  const known = [at, ...friends, 'blob:'];
  page.on('request', (request) => {
    if (!known.some((start) => request.url().startsWith(start))) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(at + path);
  const shoot = (what) => takeScreenshot(page, `${name}-${scheme}-${what}`);
  return { page, context, complaints, shoot, close: () => context.close() };
}

export async function signIn(page, { email, password }) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Opens the robot at `place` in the list and returns its name. */
export async function openRobot(page, place) {
  const card = page.locator('.robot-card').nth(place);
  const name = await card.locator('.card-name').innerText();
  await card.click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  return name;
}

/** The button under the map with this name; a row of the last runs may have the same words. */
export function control(page, name) {
  return page.getByRole('group', { name: 'Controls' }).getByRole('button', { name });
}

/** Waits until `read` gives something that `accept` takes, and returns it. */
export async function until(what, read, accept = Boolean, within = STEP_MS) {
  const deadline = Date.now() + within;
  let last;
  do {
    last = await read();
    if (accept(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < deadline);
  throw new assert.AssertionError({ message: `${what}: not within ${within} ms, last seen ${JSON.stringify(last)}` });
}

/** What the map says of itself to somebody who cannot see it. */
export async function readMap(page) {
  const label = (await page.locator('.map-canvas').getAttribute('aria-label')) ?? '';
  const area = Number(/([\d.]+) m² known/.exec(label)?.[1] ?? 0);
  const place = /Robot (-?[\d.]+) m ahead and (-?[\d.]+) m left/.exec(label);
  return { label, area, robot: place && [Number(place[1]), Number(place[2])] };
}

/** What holds on every page at any time. */
export async function assertSound(page, complaints) {
  assert.deepEqual(complaints, []);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(overflow <= 0, `the page scrolls sideways by ${overflow} px`);
  assert.deepEqual(await page.evaluate(smallTargets, LEAST_TOUCH_PX), [], `targets smaller than ${LEAST_TOUCH_PX} px`);
  assert.deepEqual(await page.evaluate(namelessControls), [], 'controls without a name');
  const shift = await page.evaluate(() => globalThis.layoutShift);
  assert.ok(shift <= MOST_LAYOUT_SHIFT, `the layout shifted by ${shift}`);
}

async function takeScreenshot(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
}

/** Refusals that a test provokes are logged by the browser itself; everything else is a complaint. */
function isComplaint(message) {
  const provoked = /the server responded with a status of (401|403|404|409|412|422|429)|net::ERR_FAILED/;
  return ['error', 'warning'].includes(message.type()) && !provoked.test(message.text());
}

/* Run in the page. */

function countLayoutShift() {
  globalThis.layoutShift = 0;
  const add = (list) =>
    list.getEntries().forEach((entry) => {
      globalThis.layoutShift += entry.hadRecentInput ? 0 : entry.value;
    });
  new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
}

function smallTargets(least) {
  const targets = [...document.querySelectorAll('a, button, select, input, label:has(input[type=checkbox])')];
  const small = targets.filter((target) => {
    const { width, height } = target.getBoundingClientRect();
    return (
      width > 0 &&
      !target.closest('label:has(input[type=checkbox])')?.contains(target.parentElement) &&
      (height < least || width < least)
    );
  });
  return small.map((target) => target.outerHTML.slice(0, 120));
}

function namelessControls() {
  const controls = [...document.querySelectorAll('a, button, select, input')].filter(
    (control) => control.getClientRects().length > 0,
  );
  const name = (control) =>
    control.getAttribute('aria-label') || control.closest('label')?.textContent || control.textContent;
  return controls.filter((control) => !name(control)?.trim()).map((control) => control.outerHTML.slice(0, 120));
}
