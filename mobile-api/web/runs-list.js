/**
 * The robot's last runs: when, how long, how much, and how they ended. A run can be opened on the map.
 */

import { get, path } from './api.js';
import { el, fill, keepInStep, say, setAttributes } from './dom.js';
import { icon } from './icons.js';
import { capital, dayAndClock, outcomeWords } from './words.js';

/** @typedef {import('./types.js').Run} Run */
/** @typedef {import('./types.js').Page<Run>} RunPage */

const SHOWN = 8;
const TONES = /** @type {Record<string, string>} */ ({
  completed: 'calm',
  stopped: 'wait',
  interrupted: 'wait',
  failed: 'alarm',
});

export class RunsList {
  /** @type {Map<string, ReturnType<typeof runRow>>} */
  #rows = new Map();
  #loadedAt = 0;
  #isSeen = false;
  /** @type {Run[]|null} */
  #runs = null;

  /**
   * @param {string} robot
   * @param {{lastRun: Run|null}|null} known
   * @param {(run: Run) => void} onChoose
   * @param {() => void} onLoad
   */
  constructor(robot, known, onChoose, onLoad) {
    this.#runs = known && [known.lastRun].filter((run) => run !== null);
    this.robot = robot;
    this.onChoose = onChoose;
    this.onLoad = onLoad;
    this.list = el(
      'ol',
      'runs',
      ...[1, 2, 3].map(() => el('li', { class: 'skeleton skeleton-run', attrs: { 'aria-hidden': 'true' } })),
    );
    this.note = el('p', { class: 'muted runs-note', attrs: { hidden: true } });
    this.node = el(
      'section',
      { class: 'side-card', attrs: { 'aria-label': 'Last runs' } },
      el('h2', { text: 'Last runs' }),
      this.list,
      this.note,
    );
    this.sight = new IntersectionObserver((entries) => this.#see(entries.at(-1)?.isIntersecting ?? false));
    this.sight.observe(this.node);
  }

  dispose() {
    this.sight.disconnect();
  }

  /** The list is not the present one any more. */
  expire() {
    this.#loadedAt = 0;
  }

  /**
   * Looks again if somebody sees the list, or needs it.
   *
   * @param {number} maxAge unless the list is younger than this, in milliseconds
   * @param {boolean} [isNeeded]
   */
  async refresh(maxAge, isNeeded = false) {
    if (this.#runs && !this.#isSeen && !isNeeded) return;
    if (Date.now() - this.#loadedAt < maxAge) return;
    this.#loadedAt = Date.now();
    try {
      const { items } = /** @type {RunPage} */ (await get(path`/v1/robots/${this.robot}/runs` + `?limit=${SHOWN}`));
      this.#show(items);
      this.onLoad();
    } catch {
      this.#loadedAt = 0;
      if (this.#rows.size === 0) this.#note('The last runs cannot be shown now.');
    }
  }

  /** @returns {string|null|undefined} the floor of the newest run that has one; undefined until the list is there */
  lastFloor() {
    return this.#runs ? (this.#runs.find(({ floor }) => floor)?.floor ?? null) : undefined;
  }

  /** @returns {boolean} whether the newest run is over and fits no floor that is known */
  isLastParked() {
    const last = this.#runs?.[0];
    return last?.state === 'sealed' && last.floor === null && !last.in_map;
  }

  /** @param {string|null} run the one that the map shows */
  select(run) {
    for (const row of this.#rows.values()) row.select(row.id === run);
  }

  /** @param {boolean} isSeen */
  #see(isSeen) {
    this.#isSeen = isSeen;
    if (isSeen && this.#rows.size === 0) this.refresh(1);
  }

  /** @param {Run[]} runs */
  #show(runs) {
    if (this.#rows.size === 0) fill(this.list);
    this.#runs = runs;
    keepInStep(this.list, runs, this.#rows, (run) => runRow(run, this.onChoose));
    this.#note(runs.length === 0 ? 'No runs yet. The first one will be listed here.' : '');
  }

  /** @param {string} text */
  #note(text) {
    if (text) fill(this.list);
    say(this.note, text);
    this.note.hidden = text === '';
  }
}

/**
 * @param {Run} run
 * @param {(run: Run) => void} onChoose
 */
function runRow(run, onChoose) {
  const when = el('span', 'run-when');
  const outcome = el('span', 'run-outcome');
  const figures = el('span', 'run-figures');
  let latest = run;
  const button = el(
    'button',
    { class: 'run-row', attrs: { type: 'button' }, on: { click: () => onChoose(latest) } },
    el('span', 'run-words', when, outcome),
    figures,
    icon('chevron', 'run-chevron'),
  );
  return {
    id: run.id,
    node: el('li', {}, button),
    /** @param {boolean} chosen */
    select: (chosen) => setAttributes(button, { 'aria-pressed': String(chosen) }),
    /** @param {Run} now */
    update(now) {
      latest = now;
      say(when, capital(dayAndClock(now.started_at)));
      say(outcome, outcomeWords(now));
      outcome.dataset.tone = now.finished_at ? (TONES[now.outcome ?? ''] ?? 'calm') : 'active';
      say(figures, figuresOf(now));
    },
  };
}

/** @param {Run} run */
function figuresOf({ area_m2: area, minutes: reported, started_at: started, finished_at: finished }) {
  const minutes = reported ?? (finished ? null : (Date.now() - Date.parse(started)) / 60_000);
  const parts = [
    area === null ? null : `${area.toFixed(1)} m²`,
    minutes === null ? null : `${Math.round(minutes) || '<1'} min`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
