import { expect, test } from 'vitest';
import { parseNetDev } from '../../../exporter/parse/netDev.ts';
import { bytes, kernelText } from './text.ts';

const eth0 = {
  interface: 'eth0',
  fields: {
    receive_bytes: 12884901888,
    receive_packets: 9846127,
    receive_errors: 3,
    receive_drops: 17,
    transmit_bytes: 4831838208,
    transmit_packets: 7120334,
    transmit_errors: 1,
    transmit_drops: 2,
  },
};
const header = Buffer.from(kernelText('6.18/net-dev')).toString().split('\n').slice(0, 2).join('\n');

test('Linux 6.18', () => {
  const interfaces = parseNetDev(kernelText('6.18/net-dev'));
  expect(interfaces.map((each) => each.interface)).toEqual([
    'lo',
    'ifb0',
    'ifb1',
    'eth0',
    'docker0',
    'veth02428ce',
  ]);
  expect(interfaces[3]?.fields).toEqual({
    receive_bytes: 790744262,
    receive_packets: 21203,
    receive_errors: 0,
    receive_drops: 0,
    transmit_bytes: 1451260,
    transmit_packets: 14330,
    transmit_errors: 0,
    transmit_drops: 0,
  });
  expect(interfaces[4]?.fields).toMatchObject({
    transmit_bytes: 526,
    transmit_packets: 5,
    transmit_drops: 2,
  });
});

test('Linux 2.6.32, with no blank after the colon', () => {
  expect(parseNetDev(kernelText('2.6.32/net-dev'))[1]).toEqual(eth0);
});

test('a name holds what its maker put in, printable; of two that print alike the first is given', () => {
  const lines = ['eth0:1: 5', 'a"b\\{\xff: 6', 'x\x1b: 7', 'x\x01: 8'].map((line) => `${line} 0 0 0\n`);
  expect(
    parseNetDev(bytes(`${header}\n${lines.join('')}`)).map((each) => [
      each.interface,
      each.fields['receive_bytes'],
    ]),
  ).toEqual([
    ['eth0:1', 5],
    ['a"b\\{\ufffd', 6],
    ['x', 7],
  ]);
});

test('a line that is cut is left out', () => {
  expect(parseNetDev(bytes(`${header}\n  eth0: 12 3 45`))).toEqual([]);
  expect(parseNetDev(bytes(`${header}\n  et`))).toEqual([]);
  expect(parseNetDev(bytes(header))).toEqual([]);
});
