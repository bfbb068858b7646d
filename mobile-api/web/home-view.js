/**
 * The signed-in owner's page: the homes, the robots of one home as cards, and one robot beside or over them.
 */

import { get, path, Problem } from './api.js';
import { el, fill, keepInStep } from './dom.js';
import { Freshness } from './freshness.js';
import { openHomePanel } from './home-panel.js';
import { openInvitation, openNewHome } from './homes.js';
import { loadOverview, OverviewMemory } from './overview.js';
import { emptyState } from './page.js';
import { openPairing } from './pairing.js';
import { isOutage, Poll } from './poll.js';
import { robotCard } from './robot-card.js';
import { RobotView } from './robot-view.js';
import { topBar } from './top-bar.js';

/** @typedef {import('./types.js').Home} Home */
/** @typedef {import('./types.js').Robot} Robot */
/** @typedef {import('./types.js').Page<Robot>} RobotPage */

const HOME_KEY = 'sweepline.home';
/**
 * How often the robots are looked at, in milliseconds: at rest, while one works, and while the one that is watched
 * tells of every change itself.
 */
const CALM_MS = 15_000;
const ACTIVE_MS = 3_000;
const LIVE_MS = 120_000;
/** How long after a robot's work its state and its map may still change, in milliseconds. */
const SETTLING_MS = 60_000;
const ROUTE = /^#\/robots\/([^/]+)$/;

export class HomeView {
  /** @type {Home|null} */
  #home = null;
  /** @type {Robot[]} */
  #robots = [];
  /** @type {RobotView|null} */
  #open = null;
  #overview = new OverviewMemory();
  /** When a robot was last seen at work. */
  #busyAt = 0;
  /** @type {Map<string, ReturnType<typeof robotCard>>} */
  #cards = new Map();

  constructor() {
    this.freshness = new Freshness();
    this.bar = topBar(this.freshness.node, (home) => this.#enter(home));
    this.about = el('button', {
      class: 'button button-quiet',
      text: 'Home',
      attrs: { hidden: true },
      on: { click: () => this.#openHome() },
    });
    this.cards = el('div', { class: 'cards', attrs: { role: 'list' } }, ...skeletons());
    this.notice = el('div', 'list-notice');
    this.list = el(
      'section',
      { class: 'list-pane', attrs: { 'aria-label': 'Robots' } },
      this.#heading(),
      this.cards,
      this.notice,
    );
    this.detail = el('main', 'detail-pane');
    this.node = el('div', 'app', this.bar.node, el('div', 'panes', this.list, this.detail));
    this.node.classList.toggle('has-robot', ROUTE.test(location.hash));
    this.poll = new Poll({
      load: () => this.#load(),
      every: () => this.#interval(),
      onData: (page) => this.#show(page),
      onError: (error) => this.#fail(error),
    });
    this.route = () => this.#openRouted();
    addEventListener('hashchange', this.route);
    this.poll.start();
  }

  dispose() {
    removeEventListener('hashchange', this.route);
    this.poll.stop();
    this.#open?.dispose();
    this.freshness.dispose();
  }

  #heading() {
    const add = el('button', { class: 'button button-quiet', text: 'Add robot', on: { click: () => this.#pair() } });
    return el('div', 'list-head', el('h1', { text: 'Robots' }), el('div', 'list-actions', this.about, add));
  }

  /** @returns {Promise<RobotPage>} */
  async #load() {
    if (this.#home) return get(path`/v1/homes/${this.#home.id}/robots`);
    const overview = await loadOverview(localStorage.getItem(HOME_KEY));
    this.#overview.take(overview);
    this.#home = overview.homes.find(({ id }) => id === overview.home) ?? null;
    this.bar.setHomes(overview.homes, this.#home);
    this.about.hidden = !this.#home;
    return { items: overview.robots, next: null };
  }

  /** @param {Home} home */
  #enter(home) {
    this.#home = null;
    this.#robots = [];
    localStorage.setItem(HOME_KEY, home.id);
    location.hash = '';
    this.#cards.clear();
    fill(this.cards, ...skeletons());
    this.poll.now();
  }

  /** @param {RobotPage} page */
  #show({ items }) {
    this.freshness.succeed();
    if (this.#cards.size === 0) fill(this.cards);
    this.#robots = items.sort(byName);
    fill(this.notice, items.length === 0 && this.#emptyNotice());
    keepInStep(this.cards, this.#robots, this.#cards, robotCard);
    this.#openRouted();
  }

  #interval() {
    if (this.#robots.some(({ run, state }) => run || state === 'seeking_charger')) this.#busyAt = Date.now();
    if (this.#open?.isLive) return LIVE_MS;
    return Date.now() - this.#busyAt < SETTLING_MS ? ACTIVE_MS : CALM_MS;
  }

  #emptyNotice() {
    if (!this.#home) return this.#noHome();
    const add = el('button', { class: 'button button-primary', text: 'Add robot', on: { click: () => this.#pair() } });
    return emptyState('No robots yet', 'Turn a robot on and add it with the code that it shows.', add);
  }

  #noHome() {
    const create = el('button', {
      class: 'button button-primary',
      text: 'Create your home',
      on: { click: () => this.#create() },
    });
    const join = el('button', { class: 'button', text: 'Use an invitation', on: { click: () => this.#join() } });
    const fleet = el('a', { class: 'button', text: 'To the fleet', attrs: { href: '/fleet' } });
    return emptyState(
      'No home yet',
      'Robots live in a home: create yours, then add a robot. Operators find their robots in the fleet.',
      create,
      join,
      fleet,
    );
  }

  /** @param {unknown} error */
  #fail(error) {
    this.freshness.fail(isOutage(error) ? 'No connection' : 'Could not update');
    if (error instanceof Problem && error.status === 404) this.#home = null;
    if (this.#cards.size > 0) return;
    this.node.classList.remove('has-robot');
    fill(this.cards);
    fill(this.notice, emptyState('Sweepline cannot be reached', 'This page tries again by itself.'));
  }

  #openRouted() {
    const wanted = ROUTE.exec(location.hash)?.[1];
    const wide = matchMedia('(min-width: 64rem)').matches;
    const robot = this.#robots.find(({ id }) => id === wanted) ?? (wide ? this.#robots[0] : undefined);
    document.title = robot ? `${robot.name} · Sweepline` : 'Sweepline';
    this.node.classList.toggle('has-robot', robot !== undefined && wanted === robot.id);
    for (const card of this.#cards.values()) card.select(card.id === robot?.id);
    if (robot && this.#open?.id === robot.id) return this.#open.update(robot);
    this.#open?.dispose();
    this.bar.words.append(this.freshness.node);
    this.#open = robot ? new RobotView(robot, this.#overview.of(robot.id), () => this.poll.now()) : null;
    fill(this.detail, this.#open?.node);
    if (!wide) this.#open?.now.append(this.freshness.node);
    if (wanted) scrollTo(0, 0);
    if (wanted && !wide) this.#open?.name.focus({ preventScroll: true });
  }

  #openHome() {
    if (this.#home) openHomePanel(this.#home, () => this.#leave());
  }

  /** The home on the page is not the caller's any more, or not as it was. */
  async #leave() {
    localStorage.removeItem(HOME_KEY);
    location.hash = '';
    this.#cards.clear();
    fill(this.cards, ...skeletons());
    await this.#lookAgain();
  }

  #create() {
    openNewHome(() => this.#lookAgain());
  }

  #join() {
    openInvitation(() => this.#lookAgain());
  }

  /** Another home is there now. */
  async #lookAgain() {
    this.#home = null;
    await this.poll.now();
  }

  #pair() {
    const home = this.#home;
    if (!home) return this.#create();
    openPairing(home.id, async (robot) => {
      await this.poll.now();
      location.hash = `#/robots/${robot}`;
    });
  }
}

/** @param {Robot} one @param {Robot} other */
function byName(one, other) {
  return one.name.localeCompare(other.name, undefined, { numeric: true });
}

function skeletons() {
  return [1, 2, 3].map(() => el('div', { class: 'card skeleton', attrs: { 'aria-hidden': 'true' } }));
}
