/**
 * Making a home of one's own.
 */

import { post } from './api.js';
import { openFormDialog } from './form-dialog.js';
import { randomText } from './random.js';

/** @param {() => Promise<void>} onCreated */
export function openNewHome(onCreated) {
  // Asking again after a lost answer is the same request; another name is another one.
  let asked = { name: '', key: '' };
  openFormDialog({
    title: 'Create your home',
    text: 'Its robots, floors and maps belong to it, and you own it.',
    fields: [{ name: 'name', label: 'Name', value: 'My home', attrs: { maxlength: 64 } }],
    action: 'Create home',
    submit: async ({ name = '' }) => {
      if (asked.name !== name) asked = { name, key: randomText() };
      await post('/v1/homes', { name }, { 'Idempotency-Key': asked.key });
      await onCreated();
    },
  });
}
