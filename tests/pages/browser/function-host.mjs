/**
 * The API's Lambda program behind HTTP: requests become events of payload version 2.0, as API Gateway makes them, and
 * go one at a time through the Runtime API that the program asks.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const PROGRAM = process.env.SWEEPLINE_API ?? fileURLToPath(new URL('../../../target/debug/mobile-api', import.meta.url));
const NEXT = '/2018-06-01/runtime/invocation/next';
const DEADLINE_MS = '9999999999999';

export class FunctionHost {
  /** Requests that wait to be asked for. */
  #waiting = [];
  /** Requests that the program works on, by id. */
  #running = new Map();
  /** The program's question for the next event, while there is none. */
  #idle = null;
  #count = 0;
  #hasEnded = false;

  /** @param {Record<string, string>} variables what the template sets */
  static async start(variables) {
    const host = new FunctionHost();
    host.runtime = await listen((request, response) => host.#serveRuntime(request, response));
    host.front = await listen((request, response) => host.#take(request, response));
    host.url = `http://127.0.0.1:${host.front.address().port}`;
    const env = {
      AWS_LAMBDA_FUNCTION_NAME: 'api',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_VERSION: '1',
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${host.runtime.address().port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...variables,
    };
    host.program = spawn(PROGRAM, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    host.program.stdout.on('data', (lines) => (host.log = `${host.log ?? ''}${lines}`));
    host.program.on('exit', () => host.#fail());
    return host;
  }

  stop() {
    this.program.kill();
    for (const server of [this.runtime, this.front]) {
      server.closeAllConnections();
      server.close();
    }
  }

  async #take(request, response) {
    if (this.#hasEnded) return reply(response, { statusCode: 502, body: this.log });
    const event = eventOf(request, await bodyOf(request), (this.#count += 1));
    this.#waiting.push({ id: `request-${this.#count}`, event, response });
    this.#hand();
  }

  async #serveRuntime(request, response) {
    if (request.url === NEXT) {
      this.#idle = response;
      return this.#hand();
    }
    const body = await bodyOf(request);
    const id = request.url.split('/').at(-2);
    reply(this.#running.get(id), request.url.endsWith('/response') ? JSON.parse(body.toString()) : { statusCode: 502 });
    this.#running.delete(id);
    response.writeHead(202).end('{}');
  }

  #hand() {
    if (!this.#idle || this.#waiting.length === 0) return;
    const { id, event, response } = this.#waiting.shift();
    this.#running.set(id, response);
    this.#idle.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': id,
      'Lambda-Runtime-Deadline-Ms': DEADLINE_MS,
      'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:000000000000:function:api',
    });
    this.#idle.end(JSON.stringify(event));
    this.#idle = null;
  }

  /** A program that ended answers nobody any more. */
  #fail() {
    this.#hasEnded = true;
    const open = [...this.#running.values(), ...this.#waiting.map(({ response }) => response)];
    open.forEach((response) => reply(response, { statusCode: 502, body: this.log }));
  }
}

async function listen(answer) {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function eventOf(request, body, count) {
  const { pathname, search } = new URL(request.url, 'http://host');
  const http = { method: request.method, path: pathname, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'page' };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: request.headers,
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: request.headers.host,
      domainPrefix: 'api',
      http,
      requestId: String(count),
      routeKey: '$default',
      stage: '$default',
      time: '12/Mar/2026:19:03:58 +0000',
      timeEpoch: Date.now(),
    },
    body: body.length > 0 ? body.toString('base64') : undefined,
    isBase64Encoded: body.length > 0,
  };
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function reply(response, { statusCode, headers = {}, multiValueHeaders = {}, body, isBase64Encoded }) {
  response.writeHead(statusCode, { ...multiValueHeaders, ...headers });
  response.end(Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'));
}
