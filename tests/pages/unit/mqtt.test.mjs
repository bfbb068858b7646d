import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  connect,
  disconnect,
  MAX_PACKET_BYTES,
  MqttError,
  PacketReader,
  pingRequest,
  subscribe,
} from '../../../mobile-api/web/mqtt.js';

const OPTIONS = { clientId: 'app_1', username: 'lease', password: 'pw', keepAliveSeconds: 30 };
const CONNACK = [0x20, 2, 0, 0];

describe('packets that the page sends', () => {
  it('connects with MQTT 3.1.1, a clean session, a name and a password', () => {
    const bytes = connect(OPTIONS);
    assert.deepEqual([...bytes.subarray(0, 12)], [0x10, 28, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0xc2, 0, 30]);
    assert.equal(new TextDecoder().decode(bytes.subarray(12)), '\0\x05app_1\0\x05lease\0\x02pw');
  });

  it('writes a length of two bytes from 128 bytes on', () => {
    const bytes = connect({ ...OPTIONS, password: 'p'.repeat(200) });
    assert.equal((bytes[1] & 0x7f) + bytes[2] * 128, bytes.length - 3);
  });

  it('subscribes to each topic at QoS 0', () => {
    assert.deepEqual([...subscribe(7, ['a', 'bc'])], [0x82, 11, 0, 7, 0, 1, 0x61, 0, 0, 2, 0x62, 0x63, 0]);
  });

  it('pings and leaves in two bytes', () => {
    assert.deepEqual([...pingRequest(), ...disconnect()], [0xc0, 0, 0xe0, 0]);
  });

  it('refuses a text that MQTT cannot carry', () => {
    assert.throws(() => connect({ ...OPTIONS, password: 'p'.repeat(70_000) }), MqttError);
  });
});

describe('packets that the page reads', () => {
  it('reads what a broker answers', () => {
    const packets = read([...CONNACK, 0x90, 4, 0, 1, 0, 0x80, 0xd0, 0]);
    const suback = { type: 'suback', id: 1, codes: [0, 0x80] };
    assert.deepEqual(packets, [{ type: 'connack', code: 0 }, suback, { type: 'pingresp' }]);
  });

  it('reads messages however the stream is cut', () => {
    const stream = [...CONNACK, ...publish('live/r/pose', 300), ...publish('live/r/tiles', 3)];
    for (let cut = 1; cut < stream.length; cut += 1) {
      const reader = new PacketReader();
      const packets = [
        ...reader.push(Uint8Array.from(stream.slice(0, cut))),
        ...reader.push(Uint8Array.from(stream.slice(cut))),
      ];
      assert.deepEqual(
        packets.map(({ type }) => type),
        ['connack', 'publish', 'publish'],
        `cut at ${cut}`,
      );
      assert.equal(packets[1].payload.length, 300);
      assert.equal(packets[2].topic, 'live/r/tiles');
    }
  });

  it('reads a stream that comes byte by byte', () => {
    const reader = new PacketReader();
    const packets = publish('t', 200).flatMap((byte) => reader.push(Uint8Array.of(byte)));
    assert.equal(packets.length, 1);
    assert.deepEqual([...packets[0].payload.subarray(0, 3)], [0, 1, 2]);
  });

  const broken = [
    ['a packet larger than the limit', [0x30, ...varint(MAX_PACKET_BYTES + 1)]],
    ['a length without end', [0x30, 0x80, 0x80, 0x80, 0x80, 1]],
    ['a message at QoS 1', [0x32, 5, 0, 1, 0x61, 0, 1]],
    ['a topic that is cut short', [0x30, 3, 0, 9, 0x61]],
    ['a packet of a client', [0x10, 0]],
    ['an empty acknowledgement', [0x20, 0]],
  ];
  for (const [name, bytes] of broken) it(`refuses ${name}`, () => assert.throws(() => read(bytes), MqttError));
});

function read(bytes) {
  return new PacketReader().push(Uint8Array.from(bytes));
}

function publish(topic, length) {
  const name = [...new TextEncoder().encode(topic)];
  const body = [0, name.length, ...name, ...Array.from({ length }, (_, index) => index & 255)];
  return [0x30, ...varint(body.length), ...body];
}

function varint(value) {
  const bytes = [];
  for (let left = value; bytes.length === 0 || left > 0; left >>= 7) bytes.push((left & 127) | (left > 127 ? 128 : 0));
  return bytes;
}
