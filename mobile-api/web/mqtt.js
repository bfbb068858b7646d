/**
 * The few packets of MQTT 3.1.1 that a watcher needs, as bytes: no socket here.
 */

/** The largest packet that the reader takes, in bytes; a broker that sends more is refused. */
export const MAX_PACKET_BYTES = 256 * 1024;

const CONNECT = 1;
const CONNACK = 2;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const SUBACK = 9;
const PINGREQ = 12;
const PINGRESP = 13;
const DISCONNECT = 14;

const CLEAN_SESSION = 0x02;
const HAS_PASSWORD = 0x40;
const HAS_USERNAME = 0x80;

/** Bytes that are not the MQTT that was expected. */
export class MqttError extends Error {}

/**
 * @typedef {{type: 'connack', code: number}
 *   | {type: 'suback', id: number, codes: number[]}
 *   | {type: 'publish', topic: string, payload: Uint8Array}
 *   | {type: 'pingresp'}} Packet
 */

/**
 * @param {{clientId: string, username: string, password: string, keepAliveSeconds: number}} options
 */
export function connect({ clientId, username, password, keepAliveSeconds }) {
  const flags = CLEAN_SESSION | HAS_PASSWORD | HAS_USERNAME;
  const variable = [...text('MQTT'), 4, flags, ...u16(keepAliveSeconds)];
  return packet(CONNECT, 0, [...variable, ...text(clientId), ...text(username), ...text(password)]);
}

/**
 * @param {number} id
 * @param {string[]} topics each at QoS 0
 */
export function subscribe(id, topics) {
  return packet(SUBSCRIBE, 2, [...u16(id), ...topics.flatMap((topic) => [...text(topic), 0])]);
}

export function pingRequest() {
  return packet(PINGREQ, 0, []);
}

export function disconnect() {
  return packet(DISCONNECT, 0, []);
}

/** Puts the packets of a byte stream together: websocket frames need not end where packets do. */
export class PacketReader {
  /** @type {Uint8Array} */
  #rest = new Uint8Array(0);

  /**
   * @param {Uint8Array} bytes the next bytes of the stream
   * @returns {Packet[]} the packets that they complete
   * @throws {MqttError}
   */
  push(bytes) {
    let rest = joined(this.#rest, bytes);
    const packets = [];
    for (let frame = splitFrame(rest); frame; frame = splitFrame(rest)) {
      packets.push(parse(frame.header, frame.body));
      rest = rest.subarray(frame.end);
    }
    this.#rest = rest.slice();
    return packets;
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {{header: number, body: Uint8Array, end: number}|null} null until the frame is whole
 */
function splitFrame(bytes) {
  let length = 0;
  for (let index = 1; index <= 4; index += 1) {
    const digit = bytes[index];
    if (digit === undefined) return null;
    length |= (digit & 0x7f) << (7 * (index - 1));
    if (length > MAX_PACKET_BYTES)
      throw new MqttError(`a packet of ${length} bytes is larger than ${MAX_PACKET_BYTES}`);
    if (digit < 0x80) {
      const end = index + 1 + length;
      return bytes.length < end ? null : { header: bytes[0] ?? 0, body: bytes.subarray(index + 1, end), end };
    }
  }
  throw new MqttError('the length of a packet does not end');
}

/**
 * @param {number} header
 * @param {Uint8Array} body
 * @returns {Packet}
 */
function parse(header, body) {
  switch (header >> 4) {
    case CONNACK:
      return { type: 'connack', code: at(body, 1) };
    case SUBACK:
      return { type: 'suback', id: readU16(body, 0), codes: [...body.subarray(2)] };
    case PUBLISH:
      return parsePublish(header, body);
    case PINGRESP:
      return { type: 'pingresp' };
    default:
      throw new MqttError(`a packet of type ${header >> 4} was not expected`);
  }
}

/**
 * @param {number} header
 * @param {Uint8Array} body
 * @returns {Packet}
 */
function parsePublish(header, body) {
  if (header & 0x06) throw new MqttError('a message above QoS 0 was not asked for');
  const end = 2 + readU16(body, 0);
  if (end > body.length) throw new MqttError('a topic is cut short');
  const topic = new TextDecoder().decode(body.subarray(2, end));
  return { type: 'publish', topic, payload: body.slice(end) };
}

/**
 * @param {number} type
 * @param {number} flags
 * @param {number[]} body
 */
function packet(type, flags, body) {
  const length = [];
  let rest = body.length;
  do {
    length.push((rest % 128) | (rest > 127 ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Uint8Array.from([(type << 4) | flags, ...length, ...body]);
}

/** @param {string} value */
function text(value) {
  const bytes = new TextEncoder().encode(value);
  if (bytes.length > 0xffff) throw new MqttError('a text is longer than 65,535 bytes');
  return [...u16(bytes.length), ...bytes];
}

/** @param {number} value */
function u16(value) {
  return [value >> 8, value & 0xff];
}

/** @param {Uint8Array} bytes @param {number} index */
function readU16(bytes, index) {
  return (at(bytes, index) << 8) | at(bytes, index + 1);
}

/** @param {Uint8Array} bytes @param {number} index */
function at(bytes, index) {
  const value = bytes[index];
  if (value === undefined) throw new MqttError('a packet is cut short');
  return value;
}

/** @param {Uint8Array} head @param {Uint8Array} tail */
function joined(head, tail) {
  if (head.length === 0) return tail;
  const all = new Uint8Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}
