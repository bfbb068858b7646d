import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import {
  assertSound,
  control,
  DESKTOP,
  launch,
  openPage,
  openRobot,
  PHONE,
  readMap,
  signIn,
  stack,
  until,
} from './support.mjs';

const { owner } = stack();
/** The robot in the largest home, so that its run goes on long enough. */
const ROBOT = 2;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const [device, scheme] of [
  [PHONE, 'dark'],
  [DESKTOP, 'light'],
]) {
  describe(`the owner's page in trouble, ${device.name}, ${scheme}`, () => {
    let visit;
    beforeEach(async () => {
      visit = await openPage(browser, device, scheme);
      await signIn(visit.page, owner);
      await until('robots', () => visit.page.locator('.robot-card').count());
    });
    afterEach(() => visit.close());

    it('says since when it knows nothing new, and recovers', async () => {
      await visit.page.locator('.freshness', { hasText: 'As of' }).waitFor();
      await visit.page.route('**/v1/**', (route) => route.abort());
      await visit.page.locator('.freshness', { hasText: /No connection · as of/ }).waitFor();
      await visit.shoot('api-down');
      await assertSound(visit.page, visit.complaints);
      await visit.page.unroute('**/v1/**');
      await visit.page.locator('.freshness', { hasText: /^As of/ }).waitFor();
    });

    it('does not claim to know what became of a request without an answer', async () => {
      await openRobot(visit.page, ROBOT);
      await visit.page.route('**/commands', (route) => route.abort());
      await control(visit.page, /Start|Pause|Resume/).click();
      await visit.page.getByText('it is not known whether this arrived').waitFor();
      await visit.page.getByRole('button', { name: 'Ask again' }).waitFor();
      await visit.shoot('no-answer');
      await assertSound(visit.page, visit.complaints);
    });

    it('passes on that a robot is offline or busy', async () => {
      await openRobot(visit.page, ROBOT);
      for (const [code, words] of [
        ['robot_offline', /is offline.*Nothing was sent/],
        ['robot_busy', /is busy with a run/],
      ]) {
        await visit.page.route('**/commands', (route) => route.fulfill(conflict(code)));
        await control(visit.page, /Start|Pause|Resume/).click();
        await visit.page.getByText(words).waitFor();
        await visit.page.unroute('**/commands');
      }
      await visit.shoot('robot-busy');
    });

    it('asks to sign in again when the session has ended', async () => {
      await visit.page.evaluate(() => {
        const session = JSON.parse(sessionStorage.getItem('sweepline.session') ?? '{}');
        sessionStorage.setItem('sweepline.session', JSON.stringify({ ...session, token: 'no longer good' }));
      });
      await visit.page.getByText('Your session has ended.').waitFor();
      await visit.shoot('session-ended');
      await signIn(visit.page, owner);
      await until('robots', () => visit.page.locator('.robot-card').count());
      await assertSound(visit.page, visit.complaints);
    });
  });
}

describe('a live view that loses its connection', () => {
  it('says so, takes a new lease, and goes on', async () => {
    const visit = await openPage(browser, PHONE, 'dark');
    const sockets = [];
    await visit.page.routeWebSocket(/.*/, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    await visit.page.reload();
    await signIn(visit.page, owner);
    await openRobot(visit.page, ROBOT);
    await control(visit.page, /Start|Pause|Resume/).waitFor();
    if (await control(visit.page, 'Start').isVisible()) await control(visit.page, 'Start').click();
    await visit.page.locator('.badge', { hasText: 'Live' }).waitFor();
    sockets.at(-1).close();
    await visit.page.locator('.badge', { hasText: 'Reconnecting' }).waitFor();
    await visit.shoot('reconnecting');
    await visit.page.locator('.badge', { hasText: 'Live' }).waitFor();
    await until(
      'the map again',
      () => readMap(visit.page),
      ({ area, robot }) => area > 0 && robot !== null,
    );
    await control(visit.page, 'Stop').click();
    await visit.page.getByText(/agreed to stop/).waitFor();
    await visit.close();
  });
});

describe('an installation without a live view', () => {
  it('shows what is stored of the run, and asks once', async () => {
    const visit = await openPage(browser, PHONE, 'light');
    let asked = 0;
    await visit.page.route('**/live', (route) => {
      asked += 1;
      return route.fulfill(problem(404, 'live_unavailable'));
    });
    await signIn(visit.page, owner);
    await openRobot(visit.page, ROBOT);
    await control(visit.page, /Start|Pause|Resume/).waitFor();
    if (await control(visit.page, 'Start').isVisible()) await control(visit.page, 'Start').click();
    await visit.page.getByText('no live view here').waitFor();
    await visit.shoot('no-live-view');
    await control(visit.page, 'Stop').click();
    await visit.page.getByText(/agreed to stop/).waitFor();
    assert.equal(asked, 1);
    await assertSound(visit.page, visit.complaints);
    await visit.close();
  });
});

function conflict(code) {
  return problem(409, code);
}

function problem(status, code) {
  const body = JSON.stringify({ type: `urn:sweepline:problem:${code}`, title: code, status, code });
  return { status, contentType: 'application/problem+json', body };
}
