import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertSound, launch, openPage, PHONE, signIn, stack, until } from './support.mjs';

/** The life of an access token as the pages are told it here, in seconds. */
const TOLD_SECONDS = 2;
const SIGN_IN = '**/v1/auth/token';
const REFRESH = '**/v1/auth/refresh';
const KEY = 'sweepline.session';

/** Staying signed in at the local issuer with access tokens that, as the pages see it, live for two seconds. */
describe('a session', () => {
  let browser;
  let visit;
  let answers;
  before(async () => {
    browser = await launch();
    visit = await openPage(browser, PHONE, 'light');
    answers = [];
    const shorten = async (route) => {
      const response = await route.fetch();
      if (route.request().url().endsWith('/refresh')) answers.push(response.status());
      if (!response.ok()) return route.fulfill({ response });
      return route.fulfill({ response, json: { ...(await response.json()), expires_in: TOLD_SECONDS } });
    };
    await visit.context.route(SIGN_IN, shorten);
    await visit.context.route(REFRESH, shorten);
    await signIn(visit.page, stack().owner);
    await visit.page.locator('.robot-card').first().waitFor();
  });
  after(() => browser?.close());
  const refusals = () => answers.filter((status) => status !== 200);

  it('outlives its access token without a new sign-in', async () => {
    for (const times of [1, 2, 3]) {
      await comeBackLater(visit.page);
      await until('the page refreshes', () => answers.length, (count) => count >= times);
    }
    assert.deepEqual(refusals(), []);
    await assertSound(visit.page, visit.complaints);
  });

  it('goes on in both tabs when the browser makes a copy of one', async () => {
    const session = await visit.page.evaluate((key) => sessionStorage.getItem(key), KEY);
    const copy = await visit.context.newPage();
    await copy.addInitScript(([key, text]) => sessionStorage.getItem(key) ?? sessionStorage.setItem(key, text), [
      KEY,
      session,
    ]);
    await copy.goto(stack().http);
    await copy.locator('.robot-card').first().waitFor();
    for (const _ of [1, 2, 3]) await Promise.all([visit.page, copy].map(comeBackLater));
    assert.deepEqual(refusals(), []);
    await copy.close();
  });

  it('is over everywhere once it is signed out of', async () => {
    const { refresh } = await visit.page.evaluate((key) => JSON.parse(sessionStorage.getItem(key)), KEY);
    const revoked = visit.page.waitForResponse('**/v1/auth/revoke');
    await visit.page.getByRole('button', { name: 'Sign out' }).click();
    assert.equal((await revoked).status(), 200);
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh });
    const answer = await fetch(`${stack().http}/v1/auth/refresh`, { method: 'POST', body });
    assert.equal(answer.status, 400);
    await visit.page.getByLabel('E-mail').waitFor();
  });
});

/** Looks at the page again once its access token is due, and finds it as it was. */
async function comeBackLater(page) {
  const isDue = (key) => JSON.parse(sessionStorage.getItem(key)).renewAt <= Date.now();
  await until('the token is due', () => page.evaluate(isDue, KEY));
  await page.reload();
  await page.locator('.robot-card').first().waitFor();
}
