/*
 * For `setupFiles` of vitest: under `mock-openai run`, the requests of a test are the attempts of one call, which the base URL
 * names. Tests that run concurrently share the environment, and are left as they are.
 */
import { beforeEach, expect } from 'vitest';
import { nameCall } from './call-of-test.ts';

beforeEach(({ task }) => (task.concurrent === true ? undefined : nameCall(process.env, process.cwd(), expect.getState())));
