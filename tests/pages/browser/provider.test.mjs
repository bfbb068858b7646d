import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FunctionHost } from './function-host.mjs';
import { Issuer } from './issuer.mjs';
import { assertSound, launch, openPage, PHONE, stack, until } from './support.mjs';

const CLIENT = 'pages';

/** Signing in as in the cloud: the API's own Lambda program, a provider of another origin, and the stack's table. */
describe('somebody of another identity provider', () => {
  let browser;
  let issuer;
  let host;
  let visit;
  before(async () => {
    issuer = await Issuer.start(CLIENT);
    host = await FunctionHost.start({
      TABLE_NAME: 'sweepline',
      AWS_ENDPOINT_URL_DYNAMODB: stack().store,
      STAGE: 'local',
      IOT_ENDPOINT: 'iot.invalid',
      MQTT_PORT: '8883',
      COMMAND_DELIVERY: 'direct',
      DEVICE_POLICY: 'local_device',
      LIVE_VIEW: 'true',
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: CLIENT,
    });
    browser = await launch();
    visit = await openPage(browser, PHONE, 'light', '/', { at: host.url, friends: [issuer.url] });
  });
  after(async () => {
    await browser?.close();
    host?.stop();
    issuer?.stop();
  });

  it('signs in there with PKCE, and the API takes the token', async () => {
    await signInAtProvider(visit.page);
    await visit.page.getByText('No home yet').waitFor();
    assert.equal(new URL(visit.page.url()).search, '', 'the code is out of the address bar');
    assert.ok(issuer.asked.includes('/token'));
    await assertSound(visit.page, visit.complaints);
  });

  it('makes a home through the Lambda program', async () => {
    await visit.page.getByRole('button', { name: 'Create your home' }).click();
    await visit.page.getByRole('textbox', { name: 'Name' }).fill('Far away');
    await visit.page.getByRole('button', { name: 'Create home' }).click();
    await visit.page.locator('.home-name', { hasText: 'Far away' }).waitFor();
    await assertSound(visit.page, visit.complaints);
  });

  it('comes back after the provider has changed its key, which the program reads once', async () => {
    await visit.page.getByRole('button', { name: 'Sign out' }).click();
    issuer.rotate();
    const read = () => issuer.asked.filter((path) => path === '/keys').length;
    assert.equal(read(), 1);
    await signInAtProvider(visit.page);
    await visit.page.locator('.home-name', { hasText: 'Far away' }).waitFor();
    assert.equal(read(), 2);
    await assertSound(visit.page, visit.complaints);
  });

  it('stays signed in at the provider after the access token has run out, and signs out there', async () => {
    const refreshed = () => issuer.asked.filter((path) => path === 'refreshed').length;
    const before = refreshed();
    const comeBack = async () => {
      await visit.page.reload();
      await visit.page.locator('.home-name', { hasText: 'Far away' }).waitFor();
      return refreshed();
    };
    await until('the page refreshes', comeBack, (count) => count > before + 1);
    await visit.page.getByRole('button', { name: 'Sign out' }).click();
    await until('nothing is left at the provider', () => issuer.open, (open) => open === 0);
    await assertSound(visit.page, visit.complaints);
  });

  it('deletes the account, which opens nothing any more, not even after signing in again', async () => {
    const { page } = visit;
    await signInAtProvider(page);
    await page.getByRole('button', { name: 'Home', exact: true }).click();
    await page.getByRole('button', { name: 'Delete account' }).click();
    await page.getByText('Your sign-in at 127.0.0.1').waitFor();
    await page.getByLabel('Confirmation').fill('no');
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('to go on').waitFor();
    await assertSound(page, visit.complaints);
    await page.getByLabel('Confirmation').fill('delete');
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Your account is deleted.').waitFor();
    await signInAtProvider(page);
    await page.getByText('Your session has ended').waitFor();
  });

  it('cannot be made to send anything elsewhere', async () => {
    // The same server under another name is another origin, and would answer.
    const elsewhere = `http://localhost:${issuer.port}/keys`;
    const asked = issuer.asked.length;
    const outcome = await visit.page.evaluate(
      (target) =>
        fetch(target).then(
          () => 'answered',
          () => 'blocked',
        ),
      elsewhere,
    );
    assert.equal(outcome, 'blocked');
    assert.equal(issuer.asked.length, asked);
  });
});

async function signInAtProvider(page) {
  await page.getByRole('button', { name: /^Continue at 127\.0\.0\.1/ }).click();
  await page.getByRole('link', { name: 'Agree' }).click();
}
