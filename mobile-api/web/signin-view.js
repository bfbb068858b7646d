/**
 * The sign-in: a form for the local issuer, or the way to an OpenID provider.
 */

import { explain, Problem } from './api.js';
import { authConfig, finishAtProvider, isProviderAnswer, leaveForProvider, signInLocally } from './auth.js';
import { brand } from './brand.js';
import { el, fill, say } from './dom.js';

export class SignInView {
  /**
   * @param {string} purpose what one signs in for
   * @param {string} message why one is here, if there is a reason
   */
  constructor(purpose, message) {
    this.form = el('form', {
      class: 'signin-form',
      attrs: { novalidate: true },
      on: { submit: (event) => this.#submit(event) },
    });
    this.message = el('p', { class: 'signin-message', text: message, attrs: { role: 'alert' } });
    this.node = el(
      'main',
      'signin',
      el(
        'div',
        'signin-card',
        brand('signin-mark'),
        el('h1', { text: 'Sweepline' }),
        el('p', { class: 'muted', text: purpose }),
        this.form,
        this.message,
      ),
    );
    this.#showSkeleton();
    this.#load();
  }

  async #load() {
    try {
      const config = await authConfig();
      if (config.kind === 'local') return this.#showLocal(config);
      this.#showProvider(config);
      if (isProviderAnswer()) await finishAtProvider(config);
    } catch (error) {
      if (!this.form.querySelector('button')) this.#showRetry();
      say(this.message, explain(error));
    }
  }

  #showSkeleton() {
    fill(this.form, ...['field', 'field', 'button'].map((kind) => el('div', `skeleton skeleton-${kind}`)));
  }

  #showRetry() {
    const again = () => {
      say(this.message, '');
      this.#showSkeleton();
      this.#load();
    };
    fill(
      this.form,
      el('button', { class: 'button', text: 'Try again', attrs: { type: 'button' }, on: { click: again } }),
    );
  }

  /** @param {import('./types.js').LocalAuth} config */
  #showLocal(config) {
    this.config = config;
    const email = { type: 'email', name: 'email', autocomplete: 'username', required: true, maxlength: 254 };
    const password = {
      type: 'password',
      name: 'password',
      autocomplete: 'current-password',
      required: true,
      maxlength: 256,
    };
    this.button = el('button', { class: 'button button-primary', text: 'Sign in', attrs: { type: 'submit' } });
    fill(
      this.form,
      el(
        'label',
        'field',
        el('span', { text: 'E-mail' }),
        el('input', { attrs: { ...email, spellcheck: 'false', autocapitalize: 'none' } }),
      ),
      el('label', 'field', el('span', { text: 'Password' }), el('input', { attrs: password })),
      this.button,
    );
  }

  /** @param {import('./types.js').OidcAuth} config */
  #showProvider(config) {
    const host = new URL(config.issuer).host;
    const leave = () => leaveForProvider(config).catch((error) => say(this.message, explain(error)));
    fill(
      this.form,
      el('button', {
        class: 'button button-primary',
        text: `Continue at ${host}`,
        attrs: { type: 'button' },
        on: { click: leave },
      }),
    );
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    if (!this.config || !this.button || this.button.disabled) return;
    const data = new FormData(this.form);
    const [email, password] = [String(data.get('email')).trim(), String(data.get('password'))];
    if (!email || !password) return say(this.message, 'Enter your e-mail and your password.');
    this.#busy(this.button, true);
    say(this.message, '');
    try {
      await signInLocally(this.config, email, password);
    } catch (error) {
      say(this.message, refusal(error));
      this.#busy(this.button, false);
      /** @type {HTMLInputElement|null} */ (this.form.querySelector('[name=password]'))?.select();
    }
  }

  /** @param {HTMLButtonElement} button @param {boolean} busy */
  #busy(button, busy) {
    button.disabled = busy;
    button.textContent = busy ? 'Signing in…' : 'Sign in';
  }
}

/** @param {unknown} error */
function refusal(error) {
  if (error instanceof Problem && error.status === 401) return 'E-mail and password do not match.';
  if (error instanceof Problem && error.status === 429) {
    const minutes = Math.ceil((error.retryAfter ?? 60) / 60);
    return `Too many attempts. Try again in ${minutes} min.`;
  }
  return explain(error);
}
