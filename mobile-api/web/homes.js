/**
 * Making a home of one's own, and coming into another one by invitation.
 */

import { explain, post, Problem } from './api.js';
import { CODE_ATTRS, openFormDialog } from './form-dialog.js';
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

/** @param {() => Promise<void>} onAccepted */
export function openInvitation(onAccepted) {
  openFormDialog({
    title: 'Join a home',
    text: 'Enter the code that the owner of the home gave you.',
    fields: [{ name: 'code', label: 'Code', attrs: CODE_ATTRS }],
    action: 'Join',
    refusal: refusedInvitation,
    submit: async ({ code = '' }) => {
      await post('/v1/invitations/accept', { code: code.toUpperCase() });
      await onAccepted();
    },
  });
}

/** @param {unknown} error */
function refusedInvitation(error) {
  if (error instanceof Problem && error.code === 'invitation_unknown')
    return 'This code is not known. It may be mistyped, used, or older than a day.';
  return explain(error);
}
