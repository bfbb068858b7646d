import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../../../mobile-api/web/api.js';
import { CleanChoice } from '../../../mobile-api/web/clean-choice.js';
import { minutesWords, noPlanWords, planWords, refusalWords } from '../../../mobile-api/web/floor-words.js';
import { isSame, merged } from '../../../mobile-api/web/robot-settings.js';

const ZONE = [
  { x: 0, y: 0 },
  { x: 1000, y: 0 },
  { x: 1000, y: 1000 },
];
const limit = (x, kind = 'virtual_wall') => ({
  kind,
  corners: [
    { x, y: 0 },
    { x, y: 1000 },
  ],
});

describe('what shall be cleaned', () => {
  it('is the whole home until rooms are picked, and then those of the list that was shown', () => {
    const choice = new CleanChoice();
    assert.deepEqual(choice.order(3, []), { scope: { kind: 'whole_home' } });
    choice.toggle('room_a');
    assert.deepEqual(choice.order(3, []), { scope: { kind: 'rooms', rooms: ['room_a'] }, rooms_version: 3 });
    assert.equal(choice.words(0), '1 room');
  });

  it('is never everything because nothing is picked', () => {
    const choice = new CleanChoice();
    choice.toggle('room_a');
    choice.toggle('room_a');
    assert.match(choice.order(3, []).missing, /Pick a room first/);
    choice.kind = 'zones';
    assert.match(choice.order(3, []).missing, /Add a zone first/);
    assert.deepEqual(choice.order(3, [ZONE]), { scope: { kind: 'zones', zones: [ZONE] } });
  });

  it('keeps the picked rooms that are still there', () => {
    const choice = new CleanChoice();
    ['room_a', 'room_b'].forEach((room) => choice.toggle(room));
    assert.equal(choice.keep([{ id: 'room_b' }, { id: 'room_c' }]), 1);
    assert.deepEqual([...choice.rooms], ['room_b']);
  });
});

describe('limits that two people change at once', () => {
  it('keep what each added and lose what either removed', () => {
    const [old, gone, theirs, mine] = [limit(1), limit(2), limit(3), limit(4)];
    assert.deepEqual(merged([old, gone], [old, gone, theirs], [old, mine]), [old, theirs, mine]);
    assert.deepEqual(merged([old, gone], [old], [old, gone, mine]), [old, mine]);
  });

  it('are the same whatever their order, and not when the kind differs', () => {
    assert.equal(isSame([limit(1), limit(2)], [limit(2), limit(1)]), true);
    assert.equal(isSame([limit(1)], [limit(1, 'no_go_zone')]), false);
  });
});

describe('what is said of a plan', () => {
  it('is how long, how far, and whether it recharges', () => {
    assert.deepEqual([0.2, 14.4, 75].map(minutesWords), ['1 min', '14 min', '1 h 15 min']);
    assert.equal(planWords({ metres: 371.6, recharges: 0 }), '372 m, no recharge');
    assert.equal(planWords({ metres: 371.6, recharges: 2 }), '372 m, 2 recharges on the way');
  });

  it('is why there is none, and what to do', () => {
    const young = new Problem(409, { code: 'no_plan', detail: 'The map is too young.' }, null);
    assert.equal(noPlanWords(young), 'No plan yet: the map is too young. The robot can still clean the whole home.');
  });

  it('tells every refusal of an edit with what to do next', () => {
    for (const code of ['rooms_changed', 'precondition_failed', 'rooms_not_adjacent', 'line_divides_nothing']) {
      assert.match(refusalWords(new Problem(409, { code }, null)), /try once more|Pick|Pull/, code);
    }
  });
});
