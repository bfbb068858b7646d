import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ask, robotAt } from './home.mjs';
import { assertSound, DESKTOP, launch, openPage, PHONE, signIn, stack, until } from './support.mjs';

const { operator } = stack();

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

describe('somebody without a home', () => {
  it('comes into a home by invitation, and is out when the owner ends it', async () => {
    const { home } = await robotAt(0);
    const invited = await ask('POST', `/v1/homes/${home}/invitations`, { name: 'Olga', role: 'member' });
    assert.equal(invited.status, 201);
    const visit = await openPage(browser, PHONE, 'dark');
    const { page } = visit;
    await signIn(page, operator);
    await page.getByRole('button', { name: 'Use an invitation' }).click();
    await page.getByLabel('Code').fill('ABCD-0000');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('This code is not known').waitFor();
    await page.getByLabel('Code').fill(invited.data.code.toLowerCase());
    await page.getByRole('button', { name: 'Join' }).click();
    await until('robots', () => page.locator('.robot-card').count());
    await assertSound(page, visit.complaints);

    const members = (await ask('GET', `/v1/homes/${home}/members`)).data.items;
    const { id } = members.find(({ you }) => !you);
    assert.equal((await ask('DELETE', `/v1/homes/${home}/members/${id}`)).status, 204);
    await page.getByText('No home yet').waitFor();
    await visit.close();
  });

  it('creates one and can add a robot to it', async () => {
    const visit = await openPage(browser, PHONE, 'light');
    const { page } = visit;
    await signIn(page, operator);
    await page.getByText('No home yet').waitFor();
    await visit.shoot('no-home');
    await assertSound(page, visit.complaints);
    await page.getByRole('button', { name: 'Create your home' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Workshop');
    await visit.shoot('new-home');
    await page.getByRole('button', { name: 'Create home' }).click();
    await page.getByText('No robots yet').waitFor();
    await page.locator('.home-name', { hasText: 'Workshop' }).waitFor();
    await assertSound(page, visit.complaints);
    await visit.close();
  });

  it('finds it again elsewhere', async () => {
    const visit = await openPage(browser, DESKTOP, 'dark');
    await signIn(visit.page, operator);
    await visit.page.locator('.home-name', { hasText: 'Workshop' }).waitFor();
    await visit.page.getByText('No robots yet').waitFor();
    await assertSound(visit.page, visit.complaints);
    await visit.close();
  });
});
