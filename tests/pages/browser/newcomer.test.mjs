import { after, before, describe, it } from 'node:test';
import { assertSound, DESKTOP, launch, openPage, PHONE, signIn, stack } from './support.mjs';

const { operator } = stack();

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

describe('somebody without a home', () => {
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
