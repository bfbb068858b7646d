/**
 * Taking a home's data along, leaving a home, and erasing it.
 */

import { path, post, Problem, request } from './api.js';
import { el } from './dom.js';
import { openFormDialog } from './form-dialog.js';
import { freshToken } from './refresh.js';

/** @typedef {import('./types.js').Home} Home */

/**
 * Saves the archive of a home as a file.
 *
 * @param {Home} home
 */
export async function saveExport(home) {
  const headers = { Authorization: `Bearer ${(await freshToken()) ?? ''}` };
  const answer = await fetch(path`/v1/homes/${home.id}/export`, { headers, cache: 'no-store' });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})), null);
  const url = URL.createObjectURL(await answer.blob());
  el('a', { attrs: { href: url, download: `${home.name}.zip` } }).click();
  URL.revokeObjectURL(url);
}

/**
 * @param {Home} home
 * @param {() => Promise<void>} onGone
 */
export function openLeave(home, onGone) {
  openFormDialog({
    title: `Leave ${home.name}?`,
    text: 'You stop seeing this home and its robots. Its owner can invite you again.',
    action: 'Leave',
    danger: true,
    submit: async () => {
      const { items } = (await request(path`/v1/homes/${home.id}/members`)).data;
      const you = items.find(/** @param {import('./types.js').Member} member */ (member) => member.you);
      await request(path`/v1/homes/${home.id}/members/${you.id}`, { method: 'DELETE' });
      await onGone();
    },
  });
}

/**
 * @param {Home} home
 * @param {() => Promise<void>} onGone
 */
export function openErase(home, onGone) {
  openFormDialog({
    title: `Erase ${home.name}?`,
    text: 'Its maps, runs, members and settings are deleted for good, and its robots are unpaired. Type its name.',
    fields: [{ name: 'name', label: 'Name of the home', attrs: { maxlength: 64 } }],
    action: 'Erase for good',
    danger: true,
    submit: async ({ name }) => {
      await post(path`/v1/homes/${home.id}/erasure`, { name });
      await onGone();
    },
    refusal: (error) =>
      error instanceof Problem && error.field === 'name'
        ? 'That is not the name of this home.'
        : error instanceof Error
          ? error.message
          : '',
  });
}
