/** A made-up broker: the websocket handshake and frames (RFC 6455) and the MQTT packets that the page uses. */

import { createHash } from 'node:crypto';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Answers one upgrade request; `watch(topics, send)` returns what to call when the socket ends. */
export function acceptWatcher(request, socket, watch) {
  const accept = createHash('sha1')
    .update(request.headers['sec-websocket-key'] + GUID)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`,
  );
  let rest = Buffer.alloc(0);
  let leave = () => {};
  const send = (bytes) => socket.writable && socket.write(frame(bytes));
  socket.on('data', (data) => {
    rest = Buffer.concat([rest, data]);
    for (let next = unframe(rest); next; next = unframe(rest)) {
      rest = rest.subarray(next.end);
      if (next.opcode === 8) return socket.end();
      const answer = packet(next.body, (topics) => {
        leave = watch(topics, (topic, payload) => send(publish(topic, payload)));
      });
      if (answer) send(answer);
    }
  });
  socket.on('close', () => leave());
  socket.on('error', () => leave());
}

function packet(body, subscribed) {
  switch (body[0] >> 4) {
    case 1:
      return Buffer.from([0x20, 2, 0, 0]);
    case 8: {
      const topics = [];
      for (let at = 4; at < body.length;) {
        const length = body.readUInt16BE(at);
        topics.push(body.subarray(at + 2, at + 2 + length).toString());
        at += 3 + length;
      }
      subscribed(topics);
      return Buffer.from([0x90, 2 + topics.length, body[2], body[3], ...topics.map(() => 0)]);
    }
    case 12:
      return Buffer.from([0xd0, 0]);
    default:
      return null;
  }
}

function publish(topic, payload) {
  const name = Buffer.from(topic);
  const head = Buffer.from([name.length >> 8, name.length & 255]);
  const body = Buffer.concat([head, name, Buffer.from(payload)]);
  const length = [];
  let left = body.length;
  do {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left);
  return Buffer.concat([Buffer.from([0x30, ...length]), body]);
}

function frame(bytes) {
  const head = bytes.length < 126 ? [0x82, bytes.length] : [0x82, 126, bytes.length >> 8, bytes.length & 255];
  return Buffer.concat([Buffer.from(head), bytes]);
}

function unframe(bytes) {
  if (bytes.length < 6) return null;
  let [length, at] = [bytes[1] & 127, 2];
  if (length === 126) [length, at] = [bytes.readUInt16BE(2), 4];
  const end = at + 4 + length;
  if (bytes.length < end) return null;
  const mask = bytes.subarray(at, at + 4);
  const body = Buffer.from(bytes.subarray(at + 4, end).map((byte, index) => byte ^ mask[index % 4]));
  return { opcode: bytes[0] & 15, body, end };
}
