/** The home as the API tells it, for what the page tests prepare and compare. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { SEAL_MS, stack, until } from './support.mjs';

const { http, owner, operator } = stack();
/** A run that fits no floor makes one with the next; rooms take a vote more at most. */
const MOST_RUNS = 4;

/** Sends a request as the owner and returns the status and the body. */
export const ask = as(owner);
/** Sends a request as the operator, who is nobody in the owner's home. */
export const asOperator = as(operator);

function as({ email, password }) {
  let token = '';
  return async (method, path, body, headers = {}) => {
    token ||= (await send('POST', '/v1/auth/token', { email, password }, {})).data.access_token;
    return send(method, path, body, { Authorization: `Bearer ${token}`, ...headers });
  };
}

/** The robot at `place` in the order of the page's list, with its home. */
export async function robotAt(place) {
  const homes = (await ask('GET', '/v1/homes')).data.items;
  const robots = (await ask('GET', `/v1/homes/${homes[0].id}/robots`)).data.items;
  robots.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
  return robots[place];
}

/** Lets the robot clean the whole home until its floor has a room, and returns the floor's id. */
export async function learnedFloor(robot) {
  for (let runs = 0; runs < MOST_RUNS; runs += 1) {
    const { floor } = (await ask('GET', `/v1/robots/${robot.id}`)).data;
    if (floor && (await roomsOf(robot.home, floor)).items.length > 0) return floor;
    await cleanWholeHome(robot);
  }
  throw new assert.AssertionError({ message: `no rooms after ${MOST_RUNS} runs` });
}

export async function roomsOf(home, floor) {
  const { data, etag } = await ask('GET', `/v1/homes/${home}/floors/${floor}/rooms`);
  return { ...data, etag };
}

/** Waits until the robot has no run and returns its newest one. */
export async function atRest(robot) {
  await until(
    'the robot at rest',
    async () => (await ask('GET', `/v1/robots/${robot.id}`)).data,
    ({ run, state }) => run === null && ['docked', 'charging'].includes(state),
    SEAL_MS,
  );
  return newestRun(robot);
}

export async function newestRun(robot) {
  return (await ask('GET', `/v1/robots/${robot.id}/runs?limit=1`)).data.items[0];
}

export async function order(robot, type, scope) {
  return ask('POST', `/v1/robots/${robot.id}/commands`, { type, scope }, { 'Idempotency-Key': randomUUID() });
}

export async function settingsOf(robot) {
  return ask('GET', `/v1/robots/${robot.id}/settings`);
}

/** Changes some settings; the map that the robot is told of after a run may come between the look and the change. */
export async function changeSettings(robot, some) {
  await until(
    'changed settings',
    async () => {
      const { data, etag } = await settingsOf(robot);
      const { upload_map, child_lock, restrictions } = data;
      const body = { upload_map, child_lock, restrictions, ...some };
      return ask('PUT', `/v1/robots/${robot.id}/settings`, body, { 'If-Match': etag });
    },
    ({ status }) => status === 200,
  );
}

async function cleanWholeHome(robot) {
  const before = await atRest(robot);
  const { status } = await order(robot, 'start', { kind: 'whole_home' });
  assert.equal(status, 202);
  // Until the robot tells of the new run, the newest is the one before, which is sealed already.
  await until(
    'the run sealed',
    () => newestRun(robot),
    (run) => run !== undefined && run.id !== before?.id && run.state === 'sealed',
    SEAL_MS,
  );
}

async function send(method, path, body, headers) {
  const sent = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const answer = await fetch(http + path, {
    method,
    headers: { ...sent, ...headers },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, data: await answer.json().catch(() => null), etag: answer.headers.get('ETag') };
}
