import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertSound, launch, openPage, PHONE, signIn, stack, until } from './support.mjs';

const { http, owner } = stack();
/** What a robot sends to be paired. Its key is gone, as this robot never connects. */
const CSR = [
  '-----BEGIN CERTIFICATE REQUEST-----',
  'MIG6MGICAQAwADBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKehmskSZ1EycHee',
  '2K4b8QmxUvrJh9viu2LMv1vgSzNKizo1qtN8jzoLD/+YHdFxr2edjMfyVFRCCh11',
  'R5QOWdSgADAKBggqhkjOPQQDAgNIADBFAiAOrCxIsNPx3b+mcPYR44EdtoDqLZEz',
  'IT4OmgHBQ6pbzAIhANRvrbNsl8Iax1MmCOMq1IOvWKnYpdwG8TLQetpN+xqZ',
  '-----END CERTIFICATE REQUEST-----',
  '',
].join('\n');

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

describe('pairing, phone, light', () => {
  it('adds a robot by its code, shows what is known of it, and removes it', async () => {
    const visit = await openPage(browser, PHONE, 'light');
    const { page } = visit;
    await signIn(page, owner);
    const before = await until('robots', () => page.locator('.robot-card').count());

    await page.getByRole('button', { name: 'Add robot' }).click();
    await page.getByLabel('Code').fill((await waitingRobot()).toLowerCase());
    await page.getByRole('textbox', { name: 'Name' }).fill('Attic');
    await visit.shoot('pairing');
    await page.getByRole('dialog').getByRole('button', { name: 'Add robot' }).click();
    await page.getByRole('heading', { name: 'Attic', level: 1 }).waitFor();
    await page.getByText('No map yet').waitFor();
    await page.getByText('No runs yet.').waitFor();
    await visit.shoot('robot-never-heard');
    await assertSound(page, visit.complaints);

    await page.getByRole('button', { name: 'Remove' }).click();
    await visit.shoot('remove');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('heading', { name: 'Robots', level: 1 }).waitFor();
    await until(
      'the robots before',
      () => page.locator('.robot-card').count(),
      (count) => count === before,
    );
    await page.getByText('Attic').waitFor({ state: 'detached' });
    await assertSound(page, visit.complaints);
    await visit.close();
  });
});

/** Lets a robot wait to be paired, and returns its code. */
async function waitingRobot() {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${http}/v1/provisioning/claims`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ csr: CSR }),
  });
  assert.equal(answer.status, 201);
  return (await answer.json()).code;
}
