import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { atRest, changeSettings, learnedFloor, robotAt, settingsOf } from './home.mjs';
import { assertSound, control, DESKTOP, launch, openPage, openRobot, PHONE, signIn, stack, until } from './support.mjs';

const { owner } = stack();
/** The robot in the smallest home, whose floor is learnt soonest. */
const ROBOT = 0;

let browser;
let robot;
before(async () => {
  browser = await launch();
  robot = await robotAt(ROBOT);
  await learnedFloor(robot);
  await atRest(robot);
});
after(() => browser.close());

for (const [device, scheme] of [
  [PHONE, 'dark'],
  [DESKTOP, 'light'],
]) {
  describe(`limits and zones, ${device.name}, ${scheme}`, () => {
    let visit;
    let page;
    before(async () => {
      await changeSettings(robot, { restrictions: [] });
      visit = await openPage(browser, device, scheme);
      page = visit.page;
      await signIn(page, owner);
      await openRobot(page, ROBOT);
      await page.getByRole('tab', { name: 'Limits' }).click();
    });
    after(() => visit.close());

    const sound = () => assertSound(page, visit.complaints);
    const add = (name) => page.locator('.add-button', { hasText: name }).click();

    it('saves a zone that was dragged into place on the map', async () => {
      await add('No-go zone');
      await dragFromMiddle(40, -30);
      await add('Virtual wall');
      await visit.shoot('limits');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
      const { restrictions } = (await settingsOf(robot)).data;
      assert.deepEqual(
        restrictions.map(({ kind }) => kind),
        ['no_go_zone', 'virtual_wall'],
      );
      const [zone, wall] = restrictions.map(({ corners }) => middleOf(corners));
      assert.ok(zone.x > wall.x + 200 && zone.y > wall.y + 200, 'the zone is up and to the right of the middle');
      await sound();
    });

    it('keeps what two people change at once, and says so', async () => {
      const before = (await settingsOf(robot)).data.restrictions;
      await page.getByRole('button', { name: 'Remove Virtual wall 1' }).click();
      await add('No-mop zone');
      const theirs = { ...before[1], corners: before[1].corners.map(({ x, y }) => ({ x, y: y + 900 })) };
      await changeSettings(robot, { restrictions: [...before, theirs] });
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('somebody else changed the limits meanwhile').waitFor();
      await visit.shoot('limits-changed');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
      const { restrictions } = (await settingsOf(robot)).data;
      assert.deepEqual(
        restrictions.map(({ kind }) => kind),
        ['no_go_zone', 'virtual_wall', 'no_mop_zone'],
      );
      assert.deepEqual(restrictions[1], theirs);
      await sound();
    });

    it('takes changes back that were not saved, and marks them until then', async () => {
      const list = page.getByRole('list', { name: 'Limits' }).getByRole('listitem');
      await page.getByRole('button', { name: 'Remove No-go zone 1' }).click();
      await page.getByRole('tab', { name: 'Clean' }).click();
      await page.locator('.tab[data-unsaved]', { hasText: 'Limits' }).waitFor();
      await page.getByRole('tab', { name: 'Limits' }).click();
      await page.getByRole('button', { name: 'Discard' }).click();
      await until(
        'all limits',
        () => list.count(),
        (count) => count === 3,
      );
      await sound();
    });

    it('cleans a zone that is placed with keys alone', async () => {
      await changeSettings(robot, { restrictions: [] });
      await page.getByRole('tab', { name: 'Clean' }).click();
      await page.getByRole('button', { name: 'Zones', exact: true }).press('Enter');
      await control(page, 'Start').click();
      await page.getByText('Add a zone first').waitFor();
      await page.getByRole('button', { name: 'Add a zone' }).press('Enter');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Shift+ArrowUp');
      await visit.shoot('zone');
      const sent = page.waitForRequest('**/commands');
      await control(page, 'Start').press('Enter');
      const { scope } = (await sent).postDataJSON();
      assert.equal(scope.kind, 'zones');
      assert.equal(scope.zones[0].length, 4);
      await page.getByText(/agreed to start/).waitFor();
      await control(page, 'Dock').click();
      await atRest(robot);
      await sound();
    });

    const dragFromMiddle = async (dx, dy) => {
      const { x, y, width, height } = await page.locator('.map-canvas').boundingBox();
      const [middleX, middleY] = [x + width / 2, y + height / 2];
      await page.mouse.move(middleX, middleY);
      await page.mouse.down();
      await page.mouse.move(middleX + dx, middleY + dy, { steps: 4 });
      await page.mouse.up();
    };
  });
}

function middleOf(corners) {
  const sum = (axis) => corners.reduce((total, corner) => total + corner[axis], 0) / corners.length;
  return { x: sum('x'), y: sum('y') };
}
