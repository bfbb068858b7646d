import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { changeSettings, learnedFloor, robotAt, roomsOf, settingsOf } from './home.mjs';
import { assertSound, DESKTOP, launch, openPage, openRobot, PHONE, signIn, stack, until } from './support.mjs';

const { owner } = stack();
/** The robot in the smallest home, whose floor is learnt soonest. */
const ROBOT = 0;
const OFF = { schedule: [], do_not_disturb: { enabled: false, from: '22:00', to: '07:00' }, child_lock: false };

let browser;
let robot;
let room;
before(async () => {
  browser = await launch();
  robot = await robotAt(ROBOT);
  [room] = (await roomsOf(robot.home, await learnedFloor(robot))).items;
});
after(() => browser.close());

for (const [device, scheme] of [
  [PHONE, 'light'],
  [DESKTOP, 'dark'],
]) {
  describe(`the schedule, ${device.name}, ${scheme}`, () => {
    let visit;
    let page;
    let card;
    before(async () => {
      await changeSettings(robot, OFF);
      visit = await openPage(browser, device, scheme);
      page = visit.page;
      await signIn(page, owner);
      await openRobot(page, ROBOT);
      card = page.getByRole('region', { name: 'Schedule' });
    });
    after(async () => {
      await visit.close();
      await changeSettings(robot, OFF);
    });

    const dialog = () => page.getByRole('dialog');
    const save = async () => {
      await dialog().getByRole('button', { name: 'Save' }).click();
      await dialog().waitFor({ state: 'detached' });
    };

    it('begins without times, and takes one on workdays', async () => {
      await card.getByText('It starts only when somebody asks.').waitFor();
      await card.getByRole('button', { name: 'Add a time' }).click();
      await dialog().getByLabel('Time').fill('09:30');
      await visit.shoot('schedule-dialog');
      await save();
      await card.getByText('Mon to Fri · Whole home').waitFor();
      const [entry] = (await settingsOf(robot)).data.schedule;
      assert.deepEqual([entry.at, entry.days.length, entry.enabled], ['09:30', 5, true]);
    });

    it('changes days and rooms, and says what is missing', async () => {
      await card.getByRole('button', { name: /^09:30/ }).click();
      await dialog().getByRole('button', { name: 'Rooms' }).click();
      await dialog().getByRole('button', { name: 'Save' }).click();
      await dialog().getByText('Choose a room.').waitFor();
      await dialog()
        .getByLabel(room.name ?? `Room ${room.number}`)
        .check();
      await dialog().getByLabel('Mon').uncheck();
      await save();
      await card.getByText(/^Tue to Fri · /).waitFor();
      assert.deepEqual((await settingsOf(robot)).data.schedule[0].scope, { kind: 'rooms', rooms: [room.id] });
    });

    it('switches a time off and keeps what somebody else changed meanwhile', async () => {
      await changeSettings(robot, { child_lock: true });
      await card.getByRole('switch', { name: /^09:30/ }).click();
      await until(
        'the time switched off',
        async () => (await settingsOf(robot)).data,
        ({ schedule, child_lock: locked }) => schedule[0].enabled === false && locked,
      );
      await card.getByText('The button only stops').waitFor();
    });

    it('sets quiet hours in the zone of who sets the first time', async () => {
      await card.getByRole('button', { name: /^Quiet hours/ }).click();
      await dialog().getByLabel('From').fill('21:15');
      await save();
      await card.getByText('21:15 to 07:00').waitFor();
      const { time_zone: zone, do_not_disturb: quiet } = (await settingsOf(robot)).data;
      assert.equal(zone, await page.evaluate(() => new Intl.DateTimeFormat().resolvedOptions().timeZone));
      assert.deepEqual(quiet, { enabled: true, from: '21:15', to: '07:00' });
      await card.scrollIntoViewIfNeeded();
      await visit.shoot('schedule');
      await assertSound(page, visit.complaints);
    });

    it('removes a time', async () => {
      await card.getByRole('button', { name: /^09:30/ }).click();
      await dialog().getByRole('button', { name: 'Remove' }).click();
      await card.getByText('It starts only when somebody asks.').waitFor();
      assert.deepEqual((await settingsOf(robot)).data.schedule, []);
      await assertSound(page, visit.complaints);
    });
  });
}
