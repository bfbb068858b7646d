/**
 * The home itself: who belongs to it, its data, and what happened to it lately.
 */

import { openDeleteAccount } from './account.js';
import { explain, get, path } from './api.js';
import { el, fill } from './dom.js';
import { openErase, openLeave, saveExport } from './home-data.js';
import { openHandOn, openInvite, openRemove } from './members.js';
import { ago, dayAndClock } from './words.js';

/** @typedef {import('./types.js').Home} Home */
/** @typedef {import('./types.js').Member} Member */
/** @typedef {import('./types.js').AccessEntry} AccessEntry */

/** How many entries of the access log are shown. */
const SHOWN_ENTRIES = 8;

const ROLES = { owner: 'Owner', member: 'Member', guest: 'Guest' };

/**
 * @param {Home} home
 * @param {() => Promise<void>} onGone the caller is no member any more
 */
export function openHomePanel(home, onGone) {
  const message = el('p', { class: 'dialog-message', attrs: { role: 'alert' } });
  const people = el('ul', 'people');
  const log = el('ul', 'access-log');
  const isOwner = home.role === 'owner';
  const close = el('button', { class: 'button', text: 'Close', on: { click: () => dialog.close() } });
  const dialog = el(
    'dialog',
    { class: 'dialog home-panel', attrs: { 'aria-labelledby': 'home-title' }, on: { close: () => dialog.remove() } },
    el('h2', { text: home.name, attrs: { id: 'home-title' } }),
    el('section', {}, el('h3', { text: 'People' }), people, isOwner && inviteButton()),
    isOwner && el('section', {}, el('h3', { text: 'Lately' }), log),
    el('section', {}, el('h3', { text: 'Your data' }), ...dataRows()),
    el('section', {}, el('h3', { text: 'Your account' }), accountRow()),
    message,
    close,
  );

  function accountRow() {
    const open = () => {
      dialog.close();
      openDeleteAccount();
    };
    return row('You and your homes are forgotten for good.', 'Delete account', open, 'button-quiet-danger');
  }

  function inviteButton() {
    return el('button', { class: 'button', text: 'Invite somebody', on: { click: () => openInvite(home.id, load) } });
  }

  function dataRows() {
    if (!isOwner) return [row('You stop seeing this home at once.', 'Leave', () => openLeave(home, gone))];
    return [
      row('Maps, runs, robots and settings in one archive.', 'Export', () => saveExport(home).catch(fail)),
      row('Everything of this home is deleted for good.', 'Erase', () => openErase(home, gone), 'button-quiet-danger'),
    ];
  }

  async function gone() {
    dialog.close();
    await onGone();
  }

  /** @param {unknown} error */
  function fail(error) {
    fill(message, explain(error));
  }

  async function load() {
    try {
      const { items } = await get(path`/v1/homes/${home.id}/members`);
      fill(people, ...items.map(/** @param {Member} member */ (member) => personRow(home, member, load, gone)));
      if (!isOwner) return;
      const entries = await get(`${path`/v1/homes/${home.id}/access-log`}?limit=${SHOWN_ENTRIES}`);
      fill(log, ...entries.items.map(entryRow));
      if (entries.items.length === 0) fill(log, el('li', { class: 'muted', text: 'Nothing yet.' }));
    } catch (error) {
      fail(error);
    }
  }

  document.body.append(dialog);
  dialog.showModal();
  return load();
}

/**
 * @param {string} text
 * @param {string} action
 * @param {() => void} onClick
 * @param {string} [className]
 */
function row(text, action, onClick, className = '') {
  const button = el('button', { class: `button ${className}`.trim(), text: action, on: { click: onClick } });
  return el('div', 'home-row', el('p', { class: 'muted', text }), button);
}

/**
 * @param {Home} home
 * @param {Member} member
 * @param {() => Promise<void>} onChange
 * @param {() => Promise<void>} onHandedOn
 */
function personRow(home, member, onChange, onHandedOn) {
  const until = member.ends_at ? ` until ${dayAndClock(member.ends_at)}` : '';
  const who = el(
    'div',
    'person',
    el('strong', { text: member.you ? 'You' : (member.name ?? 'The owner') }),
    el('span', { class: 'muted', text: ROLES[member.role] + until }),
  );
  if (home.role !== 'owner' || member.you) return el('li', 'home-row', who);
  const label = (/** @type {string} */ action) => ({ 'aria-label': `${action} ${member.name ?? ''}`.trim() });
  const heir = el('button', {
    class: 'button button-quiet',
    text: 'Make owner',
    attrs: label('Make owner:'),
    on: { click: () => openHandOn(home, member, onHandedOn) },
  });
  const remove = el('button', {
    class: 'button button-quiet',
    text: 'Remove',
    attrs: label('Remove'),
    on: { click: () => openRemove(home, member, onChange) },
  });
  return el('li', 'home-row', who, el('div', 'person-actions', member.role === 'member' && heir, remove));
}

/** @param {AccessEntry} entry */
function entryRow(entry) {
  const who = entry.you ? 'You' : (entry.who ?? 'The owner');
  const subject = entry.subject ?? 'somebody';
  /** @type {Record<import('./types.js').AccessAction, string>} */
  const told = {
    invited: `invited ${subject}`,
    joined: 'joined',
    left: 'left',
    removed: `removed ${subject}`,
    handed_on: `made ${subject} the owner`,
    paired: `added ${subject}`,
    unpaired: `removed the robot ${subject}`,
    settings_changed: `changed the settings of ${subject}`,
    exported: 'exported the data',
    imported: 'brought floors from elsewhere',
  };
  return el('li', {}, `${who} ${told[entry.action]}`, el('time', { class: 'muted', text: ago(entry.at) }));
}
