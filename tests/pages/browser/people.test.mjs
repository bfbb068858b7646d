import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { ask, asOperator, robotAt } from './home.mjs';
import { assertSound, DESKTOP, launch, openPage, PHONE, signIn, stack } from './support.mjs';

const { owner } = stack();
const GUEST = 'Aunt Erna';
/** What a zip archive starts with (APPNOTE.TXT 4.3.7). */
const ZIP = Buffer.from('PK\x03\x04', 'latin1');

let browser;
let home;
before(async () => {
  browser = await launch();
  ({ home } = await robotAt(0));
});
after(() => browser.close());

for (const [device, scheme] of [
  [PHONE, 'light'],
  [DESKTOP, 'dark'],
]) {
  describe(`the home's people and data, ${device.name}, ${scheme}`, () => {
    let visit;
    let page;
    before(async () => {
      visit = await openPage(browser, device, scheme);
      page = visit.page;
      await signIn(page, owner);
    });
    after(() => visit.close());

    const panel = () => page.locator('.home-panel');
    const person = () => panel().getByRole('listitem').filter({ hasText: GUEST }).filter({ hasText: 'Guest until' });
    const lately = (words) => panel().locator('.access-log li', { hasText: words }).first().waitFor();
    const open = () => page.getByRole('button', { name: 'Home', exact: true }).click();
    const close = () => panel().getByRole('button', { name: 'Close' }).click();

    it('asks a guest in with a code, who is among the people once it is used', async () => {
      await open();
      await panel().getByRole('button', { name: 'Invite somebody' }).click();
      await page.getByLabel('Name').fill(GUEST);
      await page.getByRole('dialog').getByRole('combobox').selectOption('Guest for a week');
      await page.getByRole('button', { name: 'Make a code' }).click();
      const code = await page.locator('.code-large').innerText();
      await visit.shoot('invitation');
      await sound();
      assert.equal((await asOperator('POST', '/v1/invitations/accept', { code })).status, 200);
      await page.getByRole('button', { name: 'Done' }).click();
      await close();
      await open();
      await person().waitFor();
      await lately(`You invited ${GUEST}`);
      await lately(`${GUEST} joined`);
      await visit.shoot('people');
      await sound();
    });

    it('saves all data of the home as one archive, and notes that', async () => {
      const saving = page.waitForEvent('download');
      await panel().getByRole('button', { name: 'Export' }).click();
      const saved = await saving;
      assert.match(saved.suggestedFilename(), /\.zip$/);
      const archive = await readFile(await saved.path());
      assert.deepEqual(archive.subarray(0, ZIP.length), ZIP);
      await close();
      await open();
      await lately('You exported the data');
    });

    it('removes the guest, who is out at once', async () => {
      assert.equal((await asOperator('GET', `/v1/homes/${home}/members`)).status, 200);
      await person().getByRole('button', { name: 'Remove' }).click();
      await page.getByText('They stop seeing this home').waitFor();
      await page.locator('dialog').last().getByRole('button', { name: 'Remove', exact: true }).click();
      await person().waitFor({ state: 'detached' });
      await lately(`You removed ${GUEST}`);
      assert.equal((await asOperator('GET', `/v1/homes/${home}/members`)).status, 404);
      assert.equal((await ask('GET', `/v1/homes/${home}/members`)).data.items.length, 1);
      await sound();
    });

    const sound = () => assertSound(page, visit.complaints);
  });
}
