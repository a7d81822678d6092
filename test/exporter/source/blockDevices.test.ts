import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openBlockDevices } from '../../../exporter/source/blockDevices.ts';

let sysfs: string;
let now = 0;

beforeEach(() => {
  sysfs = mkdtempSync(join(tmpdir(), 'source-sys-'));
  mkdirSync(join(sysfs, 'block'));
  return () => {
    rmSync(sysfs, { recursive: true });
  };
});

function open() {
  return openBlockDevices(sysfs, () => now);
}

/** Adds a disk as sysfs shows it: a link to the device's own folder, with more than partitions in it. */
function plug(disk: string, number: string, partitions: Readonly<Record<string, string>> = {}): void {
  const folder = join(sysfs, 'devices', disk);
  mkdirSync(join(folder, 'queue'), { recursive: true });
  writeFileSync(join(folder, 'dev'), `${number}\n`);
  for (const [name, partition] of Object.entries(partitions)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'dev'), `${partition}\n`);
  }
  symlinkSync(folder, join(sysfs, 'block', disk));
}

function unplug(disk: string): void {
  rmSync(join(sysfs, 'block', disk));
}

test('disks are listed, disks and partitions named', () => {
  plug('sda', '8:0', { sda1: '8:1', sda2: '8:2' });
  plug('nvme0n1', '259:0', { nvme0n1p1: '259:1' });
  plug('dm-0', '253:0');
  const devices = open();
  expect(devices.disks()).toEqual(['dm-0', 'nvme0n1', 'sda']);
  const numbers = ['8:0', '8:1', '8:2', '259:0', '259:1', '253:0', '7:0'];
  const names = ['sda', 'sda1', 'sda2', 'nvme0n1', 'nvme0n1p1', 'dm-0', undefined];
  expect(numbers.map((number) => devices.name(number))).toEqual(names);
});

test('an unknown number is looked for, at most once a second', () => {
  plug('sda', '8:0');
  const devices = open();
  expect(devices.name('8:16')).toBeUndefined();
  plug('sdb', '8:16');
  now += 0.999;
  expect(devices.name('8:16')).toBeUndefined();
  now += 0.001;
  expect(devices.name('8:16')).toBe('sdb');
});

test('a number that went to another device has the new name once the disks were listed', () => {
  plug('loop0', '259:1');
  const devices = open();
  devices.disks();
  expect(devices.name('259:1')).toBe('loop0');
  unplug('loop0');
  plug('nvme1n1', '259:1');
  expect(devices.disks()).toEqual(['nvme1n1']);
  expect(devices.name('259:1')).toBe('nvme1n1');
});

test('a machine without SYSFS_PATH/block has no names, and its list is an error', () => {
  rmSync(join(sysfs, 'block'), { recursive: true });
  const devices = open();
  expect(devices.name('8:0')).toBeUndefined();
  expect(() => devices.disks()).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});

test("this machine's own disks", () => {
  const devices = openBlockDevices('/sys');
  const disks = devices.disks();
  expect(disks).toEqual(readdirSync('/sys/block').toSorted());
  const numbers = disks.map((disk) => readFileSync(`/sys/class/block/${disk}/dev`, 'latin1').trim());
  expect(numbers.map((number) => devices.name(number))).toEqual(disks);
});
