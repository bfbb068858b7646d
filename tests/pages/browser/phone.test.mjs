import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newestRun, robotAt } from './home.mjs';
import {
  assertSound,
  control,
  DESKTOP,
  launch,
  openPage,
  openRobot,
  PHONE,
  readMap,
  SEAL_MS,
  signIn,
  stack,
  until,
} from './support.mjs';

const { owner } = stack();
/** Each drives another robot, and not the one in the smallest home, whose runs end soon. */
const VISITS = [
  { device: PHONE, scheme: 'light', robot: 2 },
  { device: DESKTOP, scheme: 'dark', robot: 1 },
];

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const { device, scheme, robot } of VISITS) {
  describe(`the owner's page, ${device.name}, ${scheme}`, () => {
    let visit;
    before(async () => {
      visit = await openPage(browser, device, scheme);
    });
    after(() => visit.close());

    it('refuses a wrong password and says so', async () => {
      await signIn(visit.page, { ...owner, password: 'not the password' });
      await visit.page.getByText('E-mail and password do not match.').waitFor();
      await visit.shoot('sign-in-refused');
      await assertSound(visit.page, visit.complaints);
    });

    it('lists the robots after the right one', async () => {
      await signIn(visit.page, owner);
      await until('robots', () => visit.page.locator('.robot-card').count());
      await until('connected robots', () => visit.page.locator('.card-heard', { hasText: 'Connected' }).count());
      await visit.shoot('robots');
      await assertSound(visit.page, visit.complaints);
    });

    it('starts a run, and the map grows while the robot moves', async () => {
      await openRobot(visit.page, robot);
      await comeToRest(visit.page);
      await control(visit.page, 'Start').click();
      await visit.page.getByText(/agreed to start/).waitFor();
      await visit.page.locator('.badge', { hasText: 'Live' }).waitFor();
      const first = await until(
        'the first of the map',
        () => readMap(visit.page),
        ({ area, robot: at }) => area > 0 && at !== null,
      );
      await until(
        'more of the map',
        () => readMap(visit.page),
        ({ area }) => area > first.area,
      );
      await until(
        'another position',
        () => readMap(visit.page),
        ({ robot: at }) => String(at) !== String(first.robot),
      );
      await visit.shoot('cleaning');
      await assertSound(visit.page, visit.complaints);
    });

    it('pauses and resumes', async () => {
      await control(visit.page, 'Pause').click();
      await visit.page.getByText(/agreed to pause/).waitFor();
      await control(visit.page, 'Resume').waitFor();
      await visit.shoot('paused');
      await control(visit.page, 'Resume').click();
      await control(visit.page, 'Pause').waitFor();
      await assertSound(visit.page, visit.complaints);
    });

    it('shows the run that goes on to somebody who comes later', async () => {
      await visit.page.reload();
      if (device === DESKTOP) await openRobot(visit.page, robot);
      await visit.page.locator('.badge', { hasText: 'Live' }).waitFor();
      await until(
        'the map so far',
        () => readMap(visit.page),
        ({ area, robot: at }) => area > 0 && at !== null,
      );
    });

    it('sends the robot to the dock, and the run joins the last runs and the map of the home, if it fits', async () => {
      await control(visit.page, 'Dock').click();
      await visit.page.getByText(/agreed to go to the dock/).waitFor();
      const newest = visit.page.locator('.run-row').first();
      await until(
        'the end of the run',
        () => newest.innerText(),
        (text) => /m²/.test(text) && !/Going on|Paused/.test(text),
        SEAL_MS,
      );
      const place = await until('what became of it', () => shownPlace(visit.page), Boolean, SEAL_MS);
      assert.equal(place === 'home', (await newestRun(await robotAt(robot))).in_map);
      await visit.shoot('docked');
      await assertSound(visit.page, visit.complaints);
    });

    it('opens an earlier run on the map and comes back', async () => {
      await visit.page.locator('.run-row').first().click();
      await until(
        'the map of the run',
        () => readMap(visit.page),
        ({ label, area }) => label.includes('Earlier run') && area > 0,
      );
      await visit.shoot('earlier-run');
      await visit.page.getByRole('button', { name: 'Back to now' }).click();
      await until('what is now', () => shownPlace(visit.page));
      await assertSound(visit.page, visit.complaints);
    });

    it('refuses a pairing code that nobody was given', async () => {
      if (device === PHONE) await visit.page.getByRole('link', { name: 'Back to all robots' }).click();
      await visit.page.getByRole('button', { name: 'Add robot' }).click();
      await visit.page.getByLabel('Code').fill('zzzz-9999');
      await visit.page.getByRole('dialog').getByRole('button', { name: 'Add robot' }).click();
      await visit.page.getByText('This code is not known.').waitFor();
      await visit.shoot('pairing-refused');
      await assertSound(visit.page, visit.complaints);
      await visit.page.getByRole('button', { name: 'Cancel' }).click();
    });

    it('renames a robot and back', async () => {
      const name = await openRobot(visit.page, robot);
      for (const wanted of [`${name} <b>2</b>`, name]) {
        await visit.page.getByRole('button', { name: 'Rename' }).click();
        await visit.page.getByRole('textbox', { name: 'Name' }).fill(wanted);
        await visit.page.getByRole('button', { name: 'Save' }).click();
        await visit.page.getByRole('heading', { name: wanted, exact: true, level: 1 }).waitFor();
      }
      await assertSound(visit.page, visit.complaints);
    });
  });
}

/** Whether the page shows the map of the home, or says that the last run fits no floor of it. */
async function shownPlace(page) {
  if (await page.getByText('Not on a known floor yet').isVisible()) return 'nowhere';
  return (await readMap(page)).label.includes('Home map') ? 'home' : null;
}

/** Ends a run that an earlier visit may have left. */
async function comeToRest(page) {
  const primary = page.locator('.action-main');
  await until('the controls', () => primary.innerText());
  if (/Start/.test(await primary.innerText())) return;
  await control(page, 'Stop').click();
  await until(
    'the robot at rest',
    () => primary.innerText(),
    (text) => /Start/.test(text),
  );
}
