/** What the page says about schedules. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { byTime, daysWords, skippedWords, whereWords } from '../../../mobile-api/web/schedule-words.js';

it('names days by the ends of their span', () => {
  assert.equal(daysWords(['mon', 'tue', 'wed', 'thu', 'fri']), 'Mon to Fri');
  assert.equal(daysWords(['sun', 'sat']), 'Sat, Sun');
  assert.equal(daysWords(['mon', 'wed', 'thu', 'fri', 'sun']), 'Mon, Wed to Fri, Sun');
  assert.equal(daysWords(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), 'Every day');
});

it('names rooms that are known, and counts others', () => {
  const rooms = [
    { id: 'room_1', name: 'Kitchen' },
    { id: 'room_2', name: 'Room 2' },
  ];
  const where = (...ids) => whereWords({ scope: { kind: 'rooms', rooms: ids } }, rooms);
  assert.equal(where('room_2', 'room_1'), 'Room 2, Kitchen');
  assert.equal(where('room_1', 'room_9'), '2 rooms');
  assert.equal(where('room_9'), 'One room');
  assert.equal(whereWords({ scope: { kind: 'whole_home' } }, rooms), 'Whole home');
});

it('says why the last scheduled run did not start', () => {
  const due_at = new Date().toISOString();
  const said = skippedWords({ entry: 'entry_1', due_at, reason: 'low_battery' });
  assert.match(said, /^The run of today at \d\d:\d\d did not start: its battery is too low\.$/);
  assert.equal(skippedWords(null), '');
});

it('lists times in the order of the day', () => {
  const at = (time) => ({ at: time });
  assert.deepEqual(byTime([at('18:00'), at('07:30')]), [at('07:30'), at('18:00')]);
});
