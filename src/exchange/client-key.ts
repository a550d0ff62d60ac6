import type { Plan } from '../core/plan/compile.ts';

/** A key of the form that OpenAI's have. */
const API_KEY = 'sk-mock-0123456789abcdefghijklmnopqrstuvwxyzABCD';

/** An API key that the plan takes for good. */
export function clientKey({ auth }: Plan): string {
  return typeof auth === 'string' ? API_KEY : (auth[0] ?? API_KEY);
}
