/**
 * Two errors that say what went wrong with a request.
 */

/** The API answered, and the answer is a problem document (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {Record<string, unknown>} body
   * @param {number|null} retryAfter seconds
   */
  constructor(status, body, retryAfter) {
    super(String(body.detail ?? body.title ?? `The server answered ${status}.`));
    this.status = status;
    this.code = String(body.code ?? '');
    this.field = typeof body.field === 'string' ? body.field : null;
    this.run = typeof body.run === 'string' ? body.run : null;
    this.retryAfter = retryAfter;
  }
}

/** No answer came: no network, a stopped server, or too slow. */
export class Unreachable extends Error {
  /** @param {unknown} cause */
  constructor(cause) {
    super('Sweepline cannot be reached.', { cause });
  }
}
