/**
 * A tiny OpenID Connect provider: one client, one person, authorization code with PKCE (RFC 7636), access tokens after
 * RFC 9068, and a key that the test rotates.
 */

import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const TOKEN_SECONDS = 600;
/** The life of an access token as the pages are told it, in seconds. */
export const TOLD_SECONDS = 2;

export class Issuer {
  #codes = new Map();
  #refreshTokens = new Set();
  #key = newKey();
  /** What was asked for besides pages, such as `/keys`. */
  asked = [];

  /** @param {string} client the only client id */
  static async start(client) {
    const issuer = new Issuer();
    issuer.client = client;
    issuer.server = createServer((request, response) => issuer.#answer(request, response));
    issuer.server.listen(0, '127.0.0.1');
    await once(issuer.server, 'listening');
    issuer.port = issuer.server.address().port;
    issuer.url = `http://127.0.0.1:${issuer.port}`;
    return issuer;
  }

  /** Signs with another key from now on, and no longer shows the one before. */
  rotate() {
    this.#key = newKey();
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    this.asked.push(pathname);
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, this.#configuration());
      case '/keys':
        return json(response, 200, { keys: [this.#key.jwk] });
      case '/authorize':
        return this.#askPerson(searchParams, response);
      case '/agree':
        return this.#sendBack(searchParams, response);
      case '/token':
        return this.#exchange(new URLSearchParams(await bodyOf(request)), response);
      case '/revoke':
        this.#refreshTokens.delete(new URLSearchParams(await bodyOf(request)).get('token'));
        return json(response, 200, {});
      default:
        return json(response, 404, {});
    }
  }

  #configuration() {
    return {
      issuer: this.url,
      jwks_uri: `${this.url}/keys`,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      revocation_endpoint: `${this.url}/revoke`,
    };
  }

  #askPerson(query, response) {
    const isKnown = query.get('client_id') === this.client && query.get('response_type') === 'code';
    if (!isKnown || query.get('code_challenge_method') !== 'S256') return json(response, 400, {});
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<!doctype html><title>Provider</title><a href="/agree?${escape(query)}">Agree</a>`);
  }

  #sendBack(query, response) {
    const code = randomUUID();
    this.#codes.set(code, { challenge: query.get('code_challenge'), redirect: query.get('redirect_uri') });
    const target = new URL(query.get('redirect_uri'));
    target.searchParams.set('code', code);
    target.searchParams.set('state', query.get('state'));
    response.writeHead(302, { Location: target.href });
    response.end();
  }

  #exchange(form, response) {
    if (form.get('grant_type') === 'refresh_token') return this.#refresh(form, response);
    const given = this.#codes.get(form.get('code'));
    this.#codes.delete(form.get('code'));
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fits = given?.challenge === challenge && given.redirect === form.get('redirect_uri');
    if (!fits || form.get('client_id') !== this.client) return json(response, 400, { error: 'invalid_grant' });
    return this.#grant(response);
  }

  /** A refresh token is good once. */
  #refresh(form, response) {
    const fits = this.#refreshTokens.delete(form.get('refresh_token')) && form.get('client_id') === this.client;
    if (!fits) return json(response, 400, { error: 'invalid_grant' });
    this.asked.push('refreshed');
    return this.#grant(response);
  }

  #grant(response) {
    const refresh = randomUUID();
    this.#refreshTokens.add(refresh);
    return json(response, 200, {
      access_token: this.#token(),
      token_type: 'Bearer',
      expires_in: TOLD_SECONDS,
      refresh_token: refresh,
    });
  }

  /** How many refresh tokens are good. */
  get open() {
    return this.#refreshTokens.size;
  }

  #token() {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.url, aud: this.client, sub: 'maria', iat: now, exp: now + TOKEN_SECONDS, scope: 'openid' };
    const message = [{ alg: 'ES256', kid: this.#key.jwk.kid, typ: 'at+jwt' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = sign('sha256', Buffer.from(message), { key: this.#key.secret, dsaEncoding: 'ieee-p1363' });
    return `${message}.${signature.toString('base64url')}`;
  }
}

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES256', use: 'sig' };
  return { secret: privateKey, jwk };
}

function escape(query) {
  return query.toString().replaceAll('&', '&amp;');
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function json(response, status, body) {
  // A page of another origin exchanges its code here.
  response.writeHead(status, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' });
  response.end(JSON.stringify(body));
}
