/**
 * One MQTT connection over a websocket: it connects, subscribes, keeps itself alive, and ends once.
 * It does not reconnect; whoever holds it decides that.
 */

import { connect, disconnect, PacketReader, pingRequest, subscribe } from './mqtt.js';

const KEEP_ALIVE_SECONDS = 30;
/** How long the broker may take for connecting and subscribing, or for answering a ping, in milliseconds. */
const ANSWER_WITHIN_MS = 8_000;
const SUBSCRIBE_ID = 1;
const REFUSED = 0x80;

/**
 * @typedef {object} MqttOptions
 * @property {string} url
 * @property {string} clientId
 * @property {string} username
 * @property {string} password
 * @property {string[]} topics
 * @property {() => void} onReady the broker granted every topic
 * @property {(topic: string, payload: Uint8Array) => void} onMessage
 * @property {(reason: string) => void} onEnd called once, unless `close` was
 */

export class MqttClient {
  #reader = new PacketReader();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #deadline;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  #pings;
  #ended = false;

  /** @param {MqttOptions} options */
  constructor(options) {
    this.options = options;
    this.socket = new WebSocket(options.url, 'mqtt');
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => this.#send(connect({ ...options, keepAliveSeconds: KEEP_ALIVE_SECONDS }));
    this.socket.onmessage = ({ data }) => this.#receive(data);
    this.socket.onclose = () => this.#end('the connection closed');
    this.#expectAnswer();
  }

  /** Leaves without a word to `onEnd`. */
  close() {
    if (this.#ended) return;
    if (this.socket.readyState === WebSocket.OPEN) this.#send(disconnect());
    this.#stop();
  }

  /** @param {unknown} data */
  #receive(data) {
    if (this.#ended) return;
    if (!(data instanceof ArrayBuffer)) return this.#end('the broker sent text');
    try {
      this.#reader.push(new Uint8Array(data)).forEach((packet) => this.#handle(packet));
    } catch (error) {
      this.#end(error instanceof Error ? error.message : 'the broker sent something unknown');
    }
  }

  /** @param {import('./mqtt.js').Packet} packet */
  #handle(packet) {
    if (this.#ended) return;
    switch (packet.type) {
      case 'connack':
        if (packet.code !== 0) return this.#end(`the broker refused the connection (${packet.code})`);
        return this.#send(subscribe(SUBSCRIBE_ID, this.options.topics));
      case 'suback':
        if (packet.codes.some((code) => code >= REFUSED)) return this.#end('the broker refused a topic');
        return this.#ready();
      case 'pingresp':
        return clearTimeout(this.#deadline);
      case 'publish':
        return this.options.onMessage(packet.topic, packet.payload);
    }
  }

  #ready() {
    clearTimeout(this.#deadline);
    this.#pings = setInterval(
      () => {
        this.#send(pingRequest());
        this.#expectAnswer();
      },
      (KEEP_ALIVE_SECONDS * 1000) / 2,
    );
    this.options.onReady();
  }

  #expectAnswer() {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#end('the broker did not answer'), ANSWER_WITHIN_MS);
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  #send(bytes) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(bytes);
  }

  /** @param {string} reason */
  #end(reason) {
    if (this.#ended) return;
    this.#stop();
    this.options.onEnd(reason);
  }

  #stop() {
    this.#ended = true;
    clearTimeout(this.#deadline);
    clearInterval(this.#pings);
    this.socket.onclose = null;
    this.socket.close();
  }
}
