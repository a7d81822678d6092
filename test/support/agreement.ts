import { expect, test } from 'vitest';
import type { Observation } from './observe.ts';

/** What must hold wherever an exporter observes a busy fleet. */
export function testAgreement(observation: () => Observation): void {
  test('every value of node, containers and processes is what the kernel says', () => {
    expect(observation().disagreements).toEqual([]);
    const { node = 0, container = 0, process = 0 } = observation().compared;
    expect(node).toBeGreaterThan(60);
    expect(container).toBeGreaterThan(7 * 25);
    expect(process).toBeGreaterThan(10 * 20);
  });

  test('a metric of the table has samples, or a reason why not', () => {
    expect(observation().unexplained).toEqual([]);
  });

  test('values are exact decimals', () => {
    expect(observation().inexact).toEqual([]);
  });

  test("containers have Docker's names", () => {
    expect(observation().names.exporter).toEqual(observation().names.docker);
  });

  test('every process that Docker lists is shown, grandchildren of init included', () => {
    expect(observation().processes.exporter).toEqual(observation().processes.docker);
    expect(observation().processes.docker.length).toBe(7);
  });

  test('a process may call itself what it likes', () => {
    expect(observation().oddComms).toBe(1);
  });

  test("a container on the host's network has no network of its own, and the reason is told", () => {
    expect(observation().hostNetwork).toEqual([]);
    expect(observation().hostNetworkReasons).toContain('host_network');
  });
}
