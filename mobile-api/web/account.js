/**
 * Deleting one's account.
 */

import { explain, path, Problem, request } from './api.js';
import { openFormDialog } from './form-dialog.js';
import { currentSession, endSession } from './session.js';

/** What has to be typed. */
const WORD = 'delete';
const SHARED = [
  ['', 'Stop and tell me'],
  ['erase', 'Erase them for everybody'],
];

export function openDeleteAccount() {
  openFormDialog({
    title: 'Delete your account?',
    text:
      'Homes that you own are erased for good, and you leave all others. ' +
      `You are signed out everywhere.${providerRemains()} Type “${WORD}”.`,
    fields: [
      { name: 'homes', label: 'Homes of yours that others use', options: SHARED },
      { name: 'word', label: 'Confirmation', attrs: { maxlength: 16, autocapitalize: 'none', spellcheck: 'false' } },
    ],
    action: 'Delete for good',
    danger: true,
    submit: ({ homes, word }) => deleteAccount(homes ?? '', word ?? ''),
    refusal,
  });
}

/**
 * @param {string} homes
 * @param {string} word
 */
async function deleteAccount(homes, word) {
  if (word !== WORD) throw new Problem(400, { detail: `Type “${WORD}” to go on.` }, null);
  const { id } = (await request('/v1/me')).data;
  const erase = homes ? path`&homes=${homes}` : '';
  await request(path`/v1/me?confirm=${id}` + erase, { method: 'DELETE' });
  endSession('deleted');
}

/** Elsewhere the sign-in is the provider's, and only the person can delete it there. */
function providerRemains() {
  const endpoint = currentSession()?.endpoints?.token_endpoint ?? '';
  return /^https?:/.test(endpoint) ? ` Your sign-in at ${new URL(endpoint).host} stays until you delete it there.` : '';
}

/** @param {unknown} error */
function refusal(error) {
  if (error instanceof Problem && error.code === 'homes_shared')
    return `${error.message.split('; ')[0]}. Make somebody else the owner first, or erase them.`.replace('others', 'Others');
  return explain(error);
}
