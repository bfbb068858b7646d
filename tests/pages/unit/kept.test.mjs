import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

/** As much of a browser's storage as is needed: its entries are its own properties. */
class Storage {
  getItem(name) {
    return this[name] ?? null;
  }
  setItem(name, text) {
    if (text.length > 1_000) throw new DOMException('full', 'QuotaExceededError');
    this[name] = text;
  }
  removeItem(name) {
    delete this[name];
  }
}

globalThis.sessionStorage = new Storage();
const { keep, kept } = await import('../../../mobile-api/web/kept.js');
const { beginSession, endSession } = await import('../../../mobile-api/web/session.js');

describe('what a tab keeps', () => {
  beforeEach(() => keep('/map', '"1"', { version: 1 }));

  it('is used while it is the present answer', () => {
    assert.deepEqual(kept('/map', '"1"'), { version: 1 });
    assert.equal(kept('/map', '"2"'), null);
    assert.equal(kept('/plan', '"1"'), null);
    keep('/map', '"2"', { version: 2 });
    assert.deepEqual(kept('/map', '"2"'), { version: 2 });
  });

  it('outlives a session that has run out, and not a sign-out', () => {
    beginSession({ access_token: 'token' });
    endSession('expired');
    assert.deepEqual(kept('/map', '"1"'), { version: 1 });
    beginSession({ access_token: 'token' });
    endSession('signed-out');
    assert.equal(kept('/map', '"1"'), null);
  });

  it('is let go when there is no room for more', () => {
    keep('/plan', '"1"', 'x'.repeat(2_000));
    assert.equal(kept('/plan', '"1"'), null);
    assert.equal(kept('/map', '"1"'), null);
  });

  it('is nothing when it cannot be read', () => {
    sessionStorage.setItem('sweepline.kept /map', '{');
    assert.equal(kept('/map', '"1"'), null);
  });
});
