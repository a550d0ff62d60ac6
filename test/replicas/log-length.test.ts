import { expect, test } from 'vitest';
import { LogLength } from '../../src/replicas/log-length.ts';

const MIB = 1024 * 1024;

test('that a log becomes too long, and that it is, is told once each, with what to do', () => {
  const said: string[] = [];
  const length = new LogLength((message) => said.push(message));
  for (const mib of [0, 200, 210, 211, 250]) length.look({ bytes: mib * MIB, isCut: false });
  expect(said).toEqual(['the log in the store has 210 MiB: beyond 256 no replica can be added']);
  for (const mib of [1, 2, 220]) length.look({ bytes: mib * MIB, isCut: true });
  expect(said).toHaveLength(2);
  expect(said[1]).toContain(
    'no replica can be added. To change that, delete the keys mock-openai:{world}:log and mock-openai:{world}:state',
  );
});
