/**
 * A made-up stack for working on the pages: `node mock/server.mjs` prints the line that `sweepline up` prints.
 * The tests of record run against the real one.
 */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { acceptWatcher } from './broker.mjs';
import { MockRobot, now } from './robot.mjs';

const WEB = new URL('../../../mobile-api/web/', import.meta.url);
const OWNER = { email: 'owner@example.com', password: 'owner-password' };
const OPERATOR = { email: 'operator@example.com', password: 'operator-password' };
const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
const STATES = [
  'stopped',
  'running',
  'paused',
  'error',
  'seeking_charger',
  'charging',
  'docked',
  'emptying_dust_bin',
  'cleaning_mop',
  'filling_water_tank',
  'updating_maps',
];
const HOME = 'home_01K0000000000000000000000A';

const mocks = [
  new MockRobot({ id: 'robot_01K0000000000000000000000B', name: 'Downstairs', home: HOME }),
  new MockRobot({
    id: 'robot_01K0000000000000000000000C',
    name: 'Upstairs',
    home: HOME,
    state: 'charging',
    battery: 62,
  }),
  new MockRobot({ id: 'robot_01K0000000000000000000000E', name: 'Loft', home: HOME }),
  new MockRobot({
    id: 'robot_01K0000000000000000000000D',
    name: 'Workshop',
    home: HOME,
    connected: false,
    last_seen: '2026-11-21T14:20:00.000Z',
    battery: 12,
    state: 'error',
    error: 'wheels_jammed',
  }),
];
const fleet = Array.from({ length: 137 }, (_, index) => ({
  id: `robot_01K${String(index * 7919 + 100000).padStart(23, '0')}`,
  connected: index % 9 !== 0,
  last_seen: new Date(Date.now() - index * 90_000).toISOString(),
  state: STATES[(index * 5) % 11],
  battery: (index * 37) % 101,
  error: (index * 5) % 11 === 3 ? 'stuck' : null,
  vendor_error: (index * 5) % 11 === 3 ? 'E07' : null,
  firmware: index % 4 ? '1.4.0' : '1.3.2',
  model: 'Sim One',
  waiting: index % 13 === 0 ? 3 : 0,
  dropped: 0,
}));
const commands = new Map();
const leases = new Map();

const routes = [
  [
    'POST',
    /^\/v1\/auth\/token$/,
    ({ body }) => {
      const person = [OWNER, OPERATOR].find(
        ({ email, password }) => email === body.email && password === body.password,
      );
      return person
        ? [200, { access_token: person.email, token_type: 'Bearer', expires_in: 3600 }]
        : problem(401, 'wrong_credentials', 'Wrong e-mail or password.');
    },
  ],
  ['GET', /^\/v1\/auth\/config$/, () => [200, { kind: 'local' }]],
  [
    'GET',
    /^\/v1\/homes$/,
    ({ person }) => [
      200,
      page(person === OWNER.email ? [{ id: HOME, name: 'Lime Street 4', role: 'owner', created_at: now() }] : []),
    ],
  ],
  ['GET', /^\/v1\/homes\/[^/]+\/robots$/, () => [200, page(mocks.map(({ robot }) => robot))]],
  ['POST', /^\/v1\/homes\/[^/]+\/robots$/, () => problem(404, 'claim_unknown', 'No such code.')],
  [
    'GET',
    /^\/v1\/homes\/[^/]+\/floors\/([^/]+)\/map$/,
    ({ match, request }) => {
      const mock = mocks.find(({ robot }) => robot.floor === match[1]);
      const etag = `"${mock?.version}"`;
      if (request.headers['if-none-match'] === etag) return [304, null];
      return mock?.home() ? [200, mock.home(), { ETag: etag }] : problem(404, 'not_found', 'Not found.');
    },
  ],
  ['GET', /^\/v1\/robots\/([^/]+)$/, ({ mock }) => [200, mock.robot]],
  ['PATCH', /^\/v1\/robots\/([^/]+)$/, ({ mock, body }) => [200, Object.assign(mock.robot, { name: body.name })]],
  ['POST', /^\/v1\/robots\/([^/]+)\/commands$/, ({ mock, body }) => command(mock, body)],
  ['GET', /^\/v1\/robots\/[^/]+\/commands\/([^/]+)$/, ({ match }) => [200, commands.get(match[1])]],
  ['GET', /^\/v1\/robots\/([^/]+)\/runs$/, ({ mock }) => [200, page(mock.runs)]],
  [
    'GET',
    /^\/v1\/robots\/([^/]+)\/runs\/([^/]+)$/,
    ({ mock, match }) => [200, mock.runs.find(({ id }) => id === match[2])],
  ],
  [
    'GET',
    /^\/v1\/robots\/([^/]+)\/runs\/([^/]+)\/map$/,
    ({ mock, match }) => [200, mock.maps.get(match[2])?.document()],
  ],
  ['POST', /^\/v1\/robots\/([^/]+)\/live$/, ({ mock, host }) => lease(mock, host)],
  [
    'POST',
    /^\/v1\/robots\/[^/]+\/live\/([^/]+)$/,
    ({ match }) => [200, { ...leases.get(match[1]), expires_at: later(60) }],
  ],
  ['DELETE', /^\/v1\/robots\/[^/]+\/live\/([^/]+)$/, () => [204, null]],
  [
    'GET',
    /^\/v1\/fleet\/robots$/,
    ({ person, query }) =>
      person === OPERATOR.email
        ? [200, fleetPage(query)]
        : problem(403, 'operators_only', 'Only operators may see this.'),
  ],
  [
    'GET',
    /^\/v1\/fleet\/summary$/,
    ({ person }) =>
      person === OPERATOR.email ? [200, summary()] : problem(403, 'operators_only', 'Only operators may see this.'),
  ],
];

function command(mock, { type }) {
  const code = mock.refuses(type);
  if (code) return problem(409, code, code === 'robot_busy' ? 'A run is under way.' : 'The robot is not connected.');
  const id = `cmd_${commands.size}`;
  const made = {
    id,
    state: 'delivered',
    type,
    robot: mock.robot.id,
    issued_at: now(),
    expires_at: later(60),
    run: null,
    reason: null,
  };
  commands.set(id, made);
  setTimeout(() => {
    made.state = 'accepted';
    mock.obey(type);
  }, 900);
  return [202, made];
}

function lease(mock, host) {
  const id = `lease_${leases.size}`;
  const topics = { pose: `live/${mock.robot.id}/pose`, tiles: `live/${mock.robot.id}/tiles` };
  const made = {
    id,
    url: `ws://${host}/mqtt`,
    client_id: `app_${id}`,
    username: 'lease',
    topics,
    expires_at: later(60),
  };
  leases.set(id, made);
  return [201, { ...made, password: 'secret' }];
}

function fleetPage(query) {
  const wanted = ['state', 'firmware', 'connected'].filter((name) => query.get(name));
  const all = fleet.filter((robot) => wanted.every((name) => String(robot[name]) === query.get(name)));
  const from = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 50);
  return { items: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null };
}

function summary() {
  const count = (key) =>
    Object.groupBy?.(fleet, key) ??
    fleet.reduce((all, robot) => ({ ...all, [key(robot)]: [...(all[key(robot)] ?? []), robot] }), {});
  const sizes = (groups) => Object.fromEntries(Object.entries(groups).map(([name, robots]) => [name, robots.length]));
  return {
    total: fleet.length,
    connected: fleet.filter(({ connected }) => connected).length,
    by_state: sizes(count(({ state }) => state)),
    by_firmware: sizes(count(({ firmware }) => firmware)),
  };
}

function page(items) {
  return { items, next: null };
}

function problem(status, code, detail) {
  return [status, { type: `urn:sweepline:problem:${code}`, title: detail, status, detail, code }];
}

function later(seconds) {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://mock');
  const asset =
    { '/': 'index.html', '/fleet': 'fleet.html' }[url.pathname] ??
    (url.pathname.startsWith('/web/') ? url.pathname.slice(5) : null);
  if (asset) return serveAsset(asset, response);
  const chunks = (await Array.fromAsync?.(request)) ?? (await collect(request));
  const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
  const [status, data, headers = {}] = answer(request, url, body);
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'Content-Type': type, ...headers });
  response.end(data === null ? undefined : JSON.stringify(data));
});

function answer(request, url, body) {
  for (const [method, pattern, handle] of routes) {
    const match = pattern.exec(url.pathname);
    if (!match || method !== request.method) continue;
    const person = request.headers.authorization?.slice(7);
    const known = [OWNER, OPERATOR].some(({ email }) => email === person);
    if (!known && !url.pathname.startsWith('/v1/auth')) return problem(401, 'unauthorized', 'Sign in.');
    const mock = mocks.find(({ robot }) => robot.id === match[1]);
    return handle({ match, mock, body, person, request, query: url.searchParams, host: request.headers.host });
  }
  return problem(404, 'not_found', 'Not found.');
}

async function serveAsset(name, response) {
  const bytes = await readFile(new URL(name, WEB)).catch(() => null);
  const policy =
    "default-src 'self'; connect-src 'self' ws:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  response.writeHead(bytes ? 200 : 404, {
    'Content-Type': TYPES[name.split('.').at(-1)] ?? 'text/plain',
    'Content-Security-Policy': policy,
    'Cache-Control': 'no-cache',
  });
  response.end(bytes);
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

server.on('upgrade', (request, socket) => {
  acceptWatcher(request, socket, (topics, send) => {
    const mock = mocks.find(({ robot }) => topics.some((topic) => topic.includes(robot.id)));
    const watcher = { pose: (text) => send(topics[0], text), tiles: (bytes) => send(topics[1], bytes) };
    mock?.watchers.add(watcher);
    return () => mock?.watchers.delete(watcher);
  });
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const http = `http://127.0.0.1:${server.address().port}`;
  console.log(JSON.stringify({ ready: true, http, mqtt: 'mqtts://mock', owner: OWNER, operator: OPERATOR }));
});
