import { expect, test } from 'vitest';
import { hasNoBody } from '../../../src/core/wire/has-no-body.ts';

test.each([100, 101, 103, 204, 205, 304])('%i has no body', (status) => {
  expect(hasNoBody(status)).toBe(true);
});

test.each([200, 201, 206, 303, 400, 429, 503])('%i may have one', (status) => {
  expect(hasNoBody(status)).toBe(false);
});
