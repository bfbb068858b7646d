import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertSound, DESKTOP, launch, openPage, PHONE, signIn, stack, until } from './support.mjs';

const { owner, operator } = stack();

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const [device, scheme] of [
  [PHONE, 'light'],
  [PHONE, 'dark'],
  [DESKTOP, 'light'],
  [DESKTOP, 'dark'],
]) {
  describe(`the operators' page, ${device.name}, ${scheme}`, () => {
    let visit;
    const rows = () => visit.page.locator('tbody tr[data-tone]');
    const settled = () =>
      until(
        'an answer',
        () => visit.page.locator('table[aria-busy]').count(),
        (count) => count === 0,
      );
    before(async () => {
      visit = await openPage(browser, device, scheme, '/fleet');
      await signIn(visit.page, operator);
      await until('rows', () => rows().count());
    });
    after(() => visit.close());

    it('counts the robots and lists them', async () => {
      const total = Number((await visit.page.locator('.total', { hasText: 'robots' }).innerText()).match(/\d+/)?.[0]);
      assert.ok(total >= (await rows().count()));
      await visit.shoot('fleet');
      await assertSound(visit.page, visit.complaints);
    });

    it('filters by connection and by state', async () => {
      await visit.page.getByLabel('Connection').selectOption('Connected');
      await settled();
      const seen = await rows().locator('[data-column="Last seen"]').allInnerTexts();
      assert.ok(
        seen.every((text) => /Connected/.test(text)),
        String(seen),
      );
      await visit.page.getByRole('button', { name: /Needs help/ }).click();
      await settled();
      const states = await rows().locator('[data-column="State"]').allInnerTexts();
      assert.ok(
        states.every((text) => /Needs help/.test(text)),
        String(states),
      );
      assert.equal(new URL(visit.page.url()).search, '?state=error&connected=true');
      await visit.shoot('fleet-filtered');
      await assertSound(visit.page, visit.complaints);
      await visit.page.getByRole('button', { name: 'Clear' }).click();
      await until('rows', () => rows().count());
    });

    it('finds a robot by a part of its id', async () => {
      const id = (await rows().first().locator('[data-column="Robot"]').innerText()).trim();
      await visit.page.getByLabel('Search by robot id').fill(id.slice(-8).toLowerCase());
      await visit.page.getByText(/found among \d+ robots/).waitFor();
      const found = await rows().locator('[data-column="Robot"]').allInnerTexts();
      assert.ok(found.map((text) => text.trim()).includes(id), String(found));
      await visit.page.getByRole('button', { name: 'Clear' }).click();
      await visit.page.getByText(/^Page 1/).waitFor();
    });

    it('says when it knows nothing new, and keeps what it knew', async () => {
      const known = await rows().count();
      await visit.page.route('**/v1/**', (route) => route.abort());
      await visit.page.locator('.freshness', { hasText: /No connection · as of/ }).waitFor();
      assert.equal(await rows().count(), known);
      await visit.shoot('fleet-api-down');
      await assertSound(visit.page, visit.complaints);
    });
  });
}

describe('the operators’ page for somebody else', () => {
  it('shows an owner nothing', async () => {
    const visit = await openPage(browser, PHONE, 'light', '/fleet');
    await signIn(visit.page, owner);
    await visit.page.getByText('For operators only').waitFor();
    await visit.shoot('fleet-forbidden');
    await assertSound(visit.page, visit.complaints);
    await visit.close();
  });
});
