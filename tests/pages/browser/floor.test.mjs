import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ask, atRest, learnedFloor, newestRun, robotAt, roomsOf } from './home.mjs';
import { assertSound, control, DESKTOP, launch, openPage, openRobot, PHONE, signIn, stack, until } from './support.mjs';

const { owner } = stack();
/** The robot in the smallest home, whose runs end soon. */
const ROBOT = 0;
/** The choice of rooms, in force. */
const PICKED = '.segment[aria-pressed=true]:text-is("Rooms")';

/** A floor beside the real one, whose map is copied from that. */
const UPSTAIRS = { id: 'floor_00000000000000000000000000', name: 'Upstairs', votes: 1, map_tag: null };

let browser;
let robot;
let floor;
before(async () => {
  browser = await launch();
  robot = await robotAt(ROBOT);
  floor = await learnedFloor(robot);
  await atRest(robot);
});
after(() => browser.close());

for (const [device, scheme] of [
  [PHONE, 'light'],
  [DESKTOP, 'dark'],
]) {
  describe(`rooms, ${device.name}, ${scheme}`, () => {
    let visit;
    let page;
    before(async () => {
      visit = await openPage(browser, device, scheme);
      page = visit.page;
      await signIn(page, owner);
      await openRobot(page, ROBOT);
    });
    after(() => visit.close());

    const rows = () => page.getByRole('list', { name: 'Rooms' }).getByRole('checkbox');
    const open = (tab) => page.getByRole('tab', { name: tab }).click();
    const sound = () => assertSound(page, visit.complaints);

    it('shows the plan of the whole home with its minutes, room by room', async () => {
      await page.locator('.plan-minutes', { hasText: /\d min/ }).waitFor();
      const legs = await page.locator('.rows .row-figure:visible').allInnerTexts();
      assert.ok(legs.length > 0 && legs.every((text) => /\d min/.test(text)), String(legs));
      // The robot may still be on its way to the dock when the machine has other work.
      await control(page, 'Start').waitFor({ timeout: 120_000 });
      assert.match(await control(page, 'Start').innerText(), /Whole home · \d/);
      await visit.shoot('plan');
      await sound();
    });

    it('asks once for its first screen when nothing has changed', async () => {
      const asked = [];
      const note = (request) => asked.push(new URL(request.url()).pathname);
      page.on('request', note);
      const expected = device === PHONE ? ['/v1/overview'] : ['/v1/overview', `/v1/robots/${robot.id}/runs`];
      await until(
        'no more questions than needed',
        async () => {
          asked.length = 0;
          await page.reload();
          await page.locator('.plan-minutes', { hasText: /\d min/ }).waitFor();
          await page.waitForLoadState('networkidle');
          return asked.filter((path) => path.startsWith('/v1/')).sort();
        },
        (paths) => String(paths) === String(expected),
      );
      page.off('request', note);
      await sound();
    });

    it('gives a room a name that outlives the page', async () => {
      await open('Rooms');
      const name = `Pantry ${unique()}`;
      await rows().first().click();
      await page.getByRole('button', { name: 'Name', exact: true }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill(name);
      await page.getByLabel('Kind of room').selectOption('Other');
      await visit.shoot('room-name');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('checkbox', { name }).waitFor();
      await page.reload();
      if (device === DESKTOP) await openRobot(page, ROBOT);
      await open('Rooms');
      await page.getByRole('checkbox', { name: `${name} Other` }).waitFor();
      await sound();
    });

    it('splits a room along a line', async () => {
      const { items } = await roomsOf(robot.home, floor);
      await pickOnly(largest(items));
      await page.getByRole('button', { name: 'Split', exact: true }).click();
      await visit.shoot('split');
      await page.getByRole('button', { name: 'Split here' }).click();
      await page.getByText('The room is two now.').waitFor();
      await until(
        'one more room',
        () => rows().count(),
        (count) => count === items.length + 1,
      );
      assert.equal((await roomsOf(robot.home, floor)).items.length, items.length + 1);
      await visit.shoot('rooms');
      await sound();
    });

    it('starts in the room that is tapped on the map, and the robot cleans it', async () => {
      await open('Clean');
      assert.ok(await touchMap(PICKED), 'no touch met a room');
      await page.locator('.plan-minutes', { hasText: /\d min/ }).waitFor();
      await visit.shoot('room-picked');
      const sent = page.waitForRequest('**/commands');
      await control(page, 'Start').click();
      const { scope } = (await sent).postDataJSON();
      const { items } = await roomsOf(robot.home, floor);
      assert.equal(scope.kind, 'rooms');
      assert.deepEqual(
        items.map(({ id }) => id).filter((id) => scope.rooms.includes(id)),
        scope.rooms,
      );
      await page.getByText(/agreed to start: about \d+ min/).waitFor();
      await page.locator('.badge', { hasText: 'Live' }).waitFor();
      await visit.shoot('room-cleaning');
      await atRest(robot);
      assert.equal((await newestRun(robot)).outcome, 'completed');
      await sound();
    });

    it('does not start what is no longer there, says so, and starts the next time', async () => {
      await page.getByRole('button', { name: 'Rooms', exact: true }).click();
      await rows().first().setChecked(true);
      const known = await rows().count();
      // The page must not hear of the split before it asks for a start.
      await page.route('**/map', (route) => route.abort());
      await splitBehindThePage();
      await control(page, 'Start').click();
      await page.getByText('Not started: the rooms have changed.').waitFor();
      await visit.shoot('rooms-changed');
      await page.unroute('**/map');
      await until(
        'the rooms as they are now',
        () => rows().count(),
        (count) => count > known,
      );
      await rows().first().setChecked(true);
      await control(page, 'Start').click();
      await page.getByText(/agreed to start/).waitFor();
      await control(page, 'Dock').click();
      await atRest(robot);
      await sound();
    });

    it('refuses to merge what changed meanwhile, shows what it is now, and then merges', async () => {
      await open('Rooms');
      const [kept, ...others] = bySize((await roomsOf(robot.home, floor)).items);
      const name = `Hall ${unique()}`;
      await pickOnly(kept, others[0]);
      await ask('PATCH', roomPath(kept), { name });
      await merge();
      await page.getByText('Somebody else or a new run changed this meanwhile.').waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('checkbox', { name }).waitFor();
      await merge();
      await page.getByText('The rooms are one now.').waitFor();
      await until(
        'one room less',
        () => rows().count(),
        (count) => count === others.length,
      );
      await visit.shoot('rooms-merged');
      await sound();
    });

    it('tells of a thing that moves how often it is there', async () => {
      const objects = [await wardrobe()];
      await changeAnswers('**/map', (map) => ({ ...map, objects }));
      await changeAnswers('**/v1/overview**', (seen) => ({ ...seen, floors: seen.floors.map(changed) }));
      await page.reload();
      if (device === DESKTOP) await openRobot(page, ROBOT);
      await open('Things');
      await page.getByRole('button', { name: /70 %/ }).click();
      await page.getByText('Here in 70 % of runs, last seen 3 Nov').waitFor();
      await open('Clean');
      await until('a touch that meets it', () => touchMap('.map-note:not(:empty)'));
      await visit.shoot('thing');
      await sound();
    });

    it('shows another floor of the home, and says that the robot is not there', async () => {
      await changeAnswers('**/v1/overview**', (seen) => ({ ...seen, floors: [...seen.floors, UPSTAIRS] }));
      await page.route(`**/*${UPSTAIRS.id}**`, async (route) => {
        const url = route.request().url().replace(UPSTAIRS.id, floor);
        await route.fulfill({ response: await route.fetch({ url }) });
      });
      await page.reload();
      if (device === DESKTOP) await openRobot(page, ROBOT);
      await page.getByLabel('Floor', { exact: true }).selectOption('Upstairs');
      await page.getByText('is on another floor: a start cleans that one').waitFor();
      assert.equal(await control(page, 'Start').innerText(), 'Start');
      await visit.shoot('upstairs');
      await page.getByLabel('Floor', { exact: true }).selectOption({ index: 0 });
      await control(page, /Start\s+Whole home/).waitFor();
      await sound();
    });

    /** What the server answers with a body, changed on its way. */
    const changeAnswers = (pattern, change) =>
      page.route(pattern, async (route) => {
        const answer = await route.fetch();
        if (answer.status() !== 200) return route.fulfill({ response: answer });
        return route.fulfill({ response: answer, json: change(await answer.json()) });
      });
    const roomPath = ({ id }) => `/v1/homes/${robot.home}/floors/${floor}/rooms/${id}`;
    /** Where a room stands in the list, which goes by names. */
    const placeOf = async (room) => {
      const words = room.name ?? `Room ${room.number}`;
      const names = await page.getByRole('list', { name: 'Rooms' }).locator('.row-name').allInnerTexts();
      return names.indexOf(words);
    };
    const pickOnly = async (...rooms) => {
      const places = await Promise.all(rooms.map(placeOf));
      const count = await rows().count();
      for (let place = 0; place < count; place += 1) await rows().nth(place).setChecked(places.includes(place));
    };
    const merge = async () => {
      await page.getByRole('button', { name: 'Merge' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Merge' }).click();
    };
    /** Touches the map here and there until `wanted` is to be seen. */
    const touchMap = async (wanted) => {
      const canvas = page.locator('.map-canvas');
      const { width, height } = await canvas.boundingBox();
      for (const share of [0.5, 0.4, 0.6, 0.45, 0.55, 0.35, 0.65]) {
        await canvas.click({ position: { x: width * share, y: height * share } });
        if (await page.locator(wanted).isVisible()) return true;
      }
      return false;
    };
    /** Splits the largest room; the last run's vote may come between the look at the rooms and the split. */
    const splitBehindThePage = () => until('a split room', trySplit, ({ status }) => status === 200);
    const trySplit = async () => {
      const { items, etag } = await roomsOf(robot.home, floor);
      const room = largest(items);
      const { left, right, bottom, top } = boxOf(room);
      const x = Math.round((left + right) / 2);
      const line = [
        { x, y: bottom },
        { x, y: top },
      ];
      return ask('POST', `${roomPath(room)}/split`, { line }, { 'If-Match': etag });
    };
    /** A thing as large as the floor's largest room. */
    const wardrobe = async () => {
      const { left, right, bottom, top } = boxOf(largest((await roomsOf(robot.home, floor)).items));
      const outline = [
        { x: left, y: bottom },
        { x: right, y: bottom },
        { x: right, y: top },
        { x: left, y: top },
      ];
      const times = { first_seen: '2025-11-01T10:00:00.000Z', last_seen: '2025-11-03T10:00:00.000Z' };
      return { id: 'obj_00000000000000000000000000', outline, presence: 70, ...times };
    };
  });
}

/** A floor whose map is another one than the page keeps. */
function changed(floor) {
  return { ...floor, map_tag: '"another"' };
}

/** Something that no earlier name ends with. */
function unique() {
  return Date.now().toString(36);
}

function bySize(rooms) {
  return rooms.toSorted((one, other) => other.area_m2 - one.area_m2);
}

function largest(rooms) {
  return bySize(rooms)[0];
}

function boxOf({ outlines }) {
  const [xs, ys] = [outlines[0].map(({ x }) => x), outlines[0].map(({ y }) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), bottom: Math.min(...ys), top: Math.max(...ys) };
}
