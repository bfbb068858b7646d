/**
 * The buttons that ask a robot for something, and the line that says what became of it. Every button keeps its place.
 */

import { CommandFlow, isSettled } from './command-flow.js';
import { commandWords, robotWords } from './command-words.js';
import { el, fill, say, setAttributes } from './dom.js';
import { icon } from './icons.js';

/** @typedef {import('./types.js').Robot} Robot */
/** @typedef {import('./types.js').CommandKind} CommandKind */
/** @typedef {import('./command-flow.js').FlowState} FlowState */
/** @typedef {import('./clean-choice.js').Order} Order */

/** How long a settled answer is shown before the robot's state takes its place, in milliseconds. */
const SHOWN_MS = 8_000;
const STEPS = ['Requested', 'Delivered', 'Accepted'];
const AT_DOCK = new Set([
  'docked',
  'charging',
  'seeking_charger',
  'emptying_dust_bin',
  'cleaning_mop',
  'filling_water_tank',
]);
const AT_REST = new Set([
  'docked',
  'charging',
  'stopped',
  'emptying_dust_bin',
  'cleaning_mop',
  'filling_water_tank',
  'updating_maps',
]);

export class Controls {
  /** @type {CommandFlow|null} */
  #flow = null;
  /** @type {FlowState|null} */
  #state = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #fade;
  /** What has to be chosen before a start. */
  #missing = '';
  #remark = '';

  /**
   * @param {Robot} robot
   * @param {object} options
   * @param {(refusal: string|null) => void} options.onProgress something may have changed at the robot; with the code
   *   of a refusal
   * @param {() => Order} options.order what a start means
   */
  constructor(robot, { onProgress, order }) {
    this.robot = robot;
    this.onProgress = onProgress;
    this.order = order;
    this.orderWords = el('span', 'action-order');
    this.primary = actionButton('button-primary action-main', () => this.ask(primaryKind(this.robot)));
    this.dock = actionButton('action', () => this.ask('dock'));
    this.stop = actionButton('action', () => this.ask('stop'));
    fill(this.dock, icon('dock'), el('span', { text: 'Dock' }));
    fill(this.stop, icon('stop'), el('span', { text: 'Stop' }));
    this.text = el('p', { class: 'strip-text', attrs: { role: 'status' } });
    this.steps = STEPS.map((step) => el('li', {}, el('span', 'step-mark', icon('check')), step));
    this.progress = el('ol', { class: 'steps', attrs: { 'aria-label': 'Progress of the request' } }, ...this.steps);
    this.retry = el('button', {
      class: 'button button-quiet',
      text: 'Ask again',
      attrs: { type: 'button' },
      on: { click: () => this.#retry() },
    });
    this.strip = el('div', 'strip', this.text, this.progress, this.retry);
    const buttons = el(
      'div',
      { class: 'actions', attrs: { role: 'group', 'aria-label': 'Controls' } },
      this.primary,
      this.dock,
      this.stop,
    );
    this.node = el('div', 'controls', this.strip, buttons);
    this.update(robot);
  }

  dispose() {
    this.#flow?.leave();
    clearTimeout(this.#fade);
  }

  /** @param {Robot} robot */
  update(robot) {
    this.robot = robot;
    const kind = primaryKind(robot);
    if (this.primary.dataset.kind !== kind) showKind(this.primary, kind, this.orderWords);
    this.dock.disabled = AT_DOCK.has(robot.state);
    this.stop.disabled = AT_REST.has(robot.state);
    this.#say();
  }

  /** @param {string} words what a start would clean @param {string} remark what else is to be known of it */
  showOrder(words, remark) {
    const changed = this.orderWords.textContent !== words;
    say(this.orderWords, words);
    if (this.#missing && changed) this.#forget();
    if (this.#remark === remark) return;
    this.#remark = remark;
    this.#say();
  }

  /** @param {CommandKind} kind */
  ask(kind) {
    const order = kind === 'start' ? this.order() : null;
    this.#flow?.leave();
    clearTimeout(this.#fade);
    if (order && 'missing' in order) return this.#tellMissing(order.missing);
    this.#flow = new CommandFlow(this.robot.id, kind, order ?? {}, (state) => this.#progress(state));
  }

  /** @param {string} text */
  #tellMissing(text) {
    this.#missing = text;
    this.#state = null;
    this.#say();
    this.#fade = setTimeout(() => this.#forget(), SHOWN_MS);
  }

  /** @param {FlowState} state */
  #progress(state) {
    this.#missing = '';
    this.#state = state;
    this.#say();
    const over = state.phase === 'refused' || (state.phase === 'sent' && isSettled(state.command));
    if (!over) return;
    this.onProgress(state.phase === 'refused' ? state.problem.code : null);
    clearTimeout(this.#fade);
    this.#fade = setTimeout(() => this.#forget(), SHOWN_MS);
  }

  #forget() {
    this.#missing = '';
    this.#state = null;
    this.#say();
  }

  #retry() {
    if (this.#state?.phase === 'unknown') this.#state.retry();
  }

  #say() {
    const message = this.#message();
    say(this.text, message.text);
    this.strip.dataset.tone = message.tone;
    this.progress.hidden = this.#state === null || message.retry !== undefined || this.#state.phase === 'refused';
    this.retry.hidden = message.retry === undefined;
    this.steps.forEach((step, index) => setAttributes(step, { 'data-done': index < message.steps }));
    this.#markBusy();
  }

  /** @returns {import('./command-words.js').Message} */
  #message() {
    if (this.#missing) return { text: this.#missing, tone: 'wait', steps: 0 };
    if (this.#state) return commandWords(this.#state, this.robot);
    return this.#remark ? { text: this.#remark, tone: 'wait', steps: 0 } : robotWords(this.robot);
  }

  #markBusy() {
    const waits =
      this.#state?.phase === 'sending' || (this.#state?.phase === 'sent' && !isSettled(this.#state.command));
    const busy = waits ? this.#state?.kind : null;
    setAttributes(this.primary, { 'aria-busy': busy === this.primary.dataset.kind && 'true' });
    setAttributes(this.dock, { 'aria-busy': busy === 'dock' && 'true' });
    setAttributes(this.stop, { 'aria-busy': busy === 'stop' && 'true' });
  }
}

/** @param {Robot} robot @returns {'start'|'pause'|'resume'} */
function primaryKind(robot) {
  if (robot.state === 'running') return 'pause';
  return robot.state === 'paused' ? 'resume' : 'start';
}

/**
 * @param {HTMLButtonElement} button
 * @param {'start'|'pause'|'resume'} kind
 * @param {Element} order what a start would clean
 */
function showKind(button, kind, order) {
  const name = { start: 'Start', pause: 'Pause', resume: 'Resume' }[kind];
  button.dataset.kind = kind;
  const words = el('span', 'action-words', el('span', { text: name }), kind === 'start' && order);
  fill(button, icon(kind === 'pause' ? 'pause' : 'play'), words);
}

/** @param {string} className @param {() => void} act */
function actionButton(className, act) {
  return el('button', {
    class: `button ${className}`,
    attrs: { type: 'button' },
    on: { click: (event) => event.currentTarget.getAttribute('aria-busy') || act() },
  });
}
