/**
 * Asking people into a home, and ending or changing what they are there.
 */

import { path, post, request } from './api.js';
import { el } from './dom.js';
import { openFormDialog } from './form-dialog.js';
import { dayAndClock } from './words.js';

/** @typedef {import('./types.js').Home} Home */
/** @typedef {import('./types.js').Member} Member */

const DAY_MS = 24 * 60 * 60 * 1000;
/** What somebody is asked in as: a member for good, or a guest for some days. */
const STAYS = [
  ['member', 'Member: also changes settings'],
  ['1', 'Guest for a day'],
  ['7', 'Guest for a week'],
  ['30', 'Guest for 30 days'],
];

/**
 * @param {string} home
 * @param {() => Promise<void>} onChange
 */
export function openInvite(home, onChange) {
  openFormDialog({
    title: 'Invite somebody',
    text: 'They get a code from you, and see this home once they have entered it.',
    fields: [
      { name: 'name', label: 'Name', attrs: { maxlength: 64, placeholder: 'What you call them' } },
      { name: 'stay', label: 'As', value: 'member', options: STAYS },
    ],
    action: 'Make a code',
    submit: async ({ name, stay = 'member' }) => {
      const guest = { role: 'guest', ends_at: new Date(Date.now() + Number(stay) * DAY_MS).toISOString() };
      const as = stay === 'member' ? { role: 'member' } : guest;
      const invitation = await post(path`/v1/homes/${home}/invitations`, { name, ...as });
      showCode(invitation);
      await onChange();
    },
  });
}

/** @param {{code: string, name: string, expires_at: string}} invitation */
function showCode({ code, name, expires_at }) {
  const close = el('button', { class: 'button button-primary', text: 'Done', on: { click: () => dialog.close() } });
  const dialog = el(
    'dialog',
    { class: 'dialog code-shown', attrs: { 'aria-labelledby': 'code-title' }, on: { close: () => dialog.remove() } },
    el('h2', { text: `A code for ${name}`, attrs: { id: 'code-title' } }),
    el('output', { class: 'code-large', text: code }),
    el('p', { class: 'muted', text: `It works once, until ${dayAndClock(expires_at)}.` }),
    close,
  );
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * @param {Home} home
 * @param {Member} member
 * @param {() => Promise<void>} onChange
 */
export function openRemove(home, member, onChange) {
  openFormDialog({
    title: `Remove ${member.name ?? 'this person'}?`,
    text: 'They stop seeing this home and its robots at once.',
    action: 'Remove',
    danger: true,
    submit: async () => {
      await request(path`/v1/homes/${home.id}/members/${member.id}`, { method: 'DELETE' });
      await onChange();
    },
  });
}

/**
 * @param {Home} home
 * @param {Member} member
 * @param {() => Promise<void>} onChange
 */
export function openHandOn(home, member, onChange) {
  openFormDialog({
    title: `Make ${member.name ?? 'this person'} the owner?`,
    text: 'The home is theirs then: they decide who belongs to it. You stay as a member.',
    action: 'Make owner',
    danger: true,
    submit: async () => {
      await post(path`/v1/homes/${home.id}/transfer`, { to: member.id });
      await onChange();
    },
  });
}
