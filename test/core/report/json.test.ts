import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { jsonPieces, renderJson } from '../../../src/core/report/json.ts';
import { reportJsonSchema, reportSchema } from '../../../src/core/report/json-schema.ts';
import { naiveRun, RUNS } from '../../support/runs.ts';

const path = fileURLToPath(new URL('../../../schemas/report.schema.json', import.meta.url));
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(reportJsonSchema());

test('the checked-in JSON Schema is the generated one (npm run schema)', async () => {
  await expect(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(path);
});

test.each(Object.entries(RUNS))('%s satisfies the JSON Schema', (_name, run) => {
  const report = JSON.parse(renderJson(run()));
  validate(report);
  expect(validate.errors ?? []).toEqual([]);
  expect(reportSchema.safeParse(report).error).toBeUndefined();
});

test('attempts have their answer, the wait it asked for, and how early the next one was', () => {
  const { calls, verdict, schema_version } = reportSchema.parse(JSON.parse(renderJson(naiveRun())));
  expect({ schema_version, verdict: verdict.verdict }).toEqual({ schema_version: 1, verdict: 'fail' });
  expect(calls[0]?.attempts.map(({ atMs, gapMs, earlyMs, asked }) => ({ atMs, gapMs, earlyMs, asked }))).toEqual([
    { atMs: 0, gapMs: null, earlyMs: 0, asked: { text: 'Retry-After 30', waitMs: 30_000 } },
    { atMs: 2_014, gapMs: 2_004, earlyMs: 27_996, asked: { text: 'Retry-After 30', waitMs: 30_000 } },
    { atMs: 6_020, gapMs: 3_996, earlyMs: 26_004, asked: null },
  ]);
});

test.each([0, 1, 500, 1_001])('with %s calls its pieces are one JSON text, and none holds them all', (count) => {
  const run = naiveRun();
  const histories = Array.from({ length: count }, (_, at) => ({ ...run.histories[at % run.histories.length], id: `c${at}` }));
  const pieces = [...jsonPieces({ ...run, histories } as typeof run)];
  const report = JSON.parse(pieces.join(''));
  expect(report.calls.map(({ id }: { id: string }) => id)).toEqual(histories.map(({ id }) => id));
  expect(pieces.join('')).toBe(`${JSON.stringify(report, null, 2)}\n`);
  expect(Math.max(...pieces.map((piece) => piece.split('"attempts"').length))).toBeLessThan(502);
});

test('a reader of this version bears with fields of a later one', () => {
  const report = JSON.parse(renderJson(naiveRun()));
  expect(validate({ ...report, new: 1, verdict: { ...report.verdict, new: 1 } })).toBe(true);
  expect(validate({ ...report, schema_version: 2 })).toBe(false);
});
