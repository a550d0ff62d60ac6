import type { Sent } from './clients.ts';

/** A kind of calls, which one part of the scenario speaks of: no other counts them. */
interface Kind {
  readonly name: string;
  /** Where its calls go, one target after the other when the one before has failed. Default: to `/v1`, with one of two keys and one of two models. */
  readonly targets?: readonly Target[];
  /** It is asked once, however it ends. */
  readonly once?: true;
}

export type Target = Pick<Sent, 'path' | 'key' | 'model'>;

const AT_DEFAULT = { path: '/v1', key: 'sk-a', model: 'gpt-4o' };

export const KINDS: readonly Kind[] = [
  { name: 'first' },
  { name: 'after' },
  { name: 'every' },
  { name: 'by key' },
  { name: 'by model' },
  { name: 'times' },
  { name: 'steps' },
  { name: 'call steps' },
  { name: 'attempts' },
  { name: 'chance' },
  { name: 'told' },
  { name: 'limited', targets: [{ ...AT_DEFAULT, model: 'gpt-4.1' }] },
  { name: 'in flight', targets: [{ ...AT_DEFAULT, model: 'gpt-4.1-mini' }], once: true },
  { name: 'other key', targets: [{ ...AT_DEFAULT, key: 'sk-small' }, AT_DEFAULT] },
  { name: 'other model', targets: [AT_DEFAULT, { ...AT_DEFAULT, model: 'gpt-4o-mini' }] },
  {
    name: 'other provider',
    targets: [
      { ...AT_DEFAULT, path: '/s/primary/v1' },
      { ...AT_DEFAULT, path: '/s/backup/v1' },
    ],
  },
  { name: 'crowd', targets: [{ ...AT_DEFAULT, path: '/s/narrow/v1' }], once: true },
];

/** The requests of one kind may go to any key and model of these. */
export function targetsOf({ targets }: Kind, call: number): readonly Target[] {
  if (targets !== undefined) return targets;
  return [{ path: '/v1', key: call % 2 === 0 ? 'sk-a' : 'sk-b', model: call % 3 === 0 ? 'gpt-4o-mini' : 'gpt-4o' }];
}

/** Everything that is counted over all requests: `some` is what is used up by a part of so many. */
export function everything(some: number): object {
  const rule = (kind: string, when: object) => ({ name: kind, match: { prompt: `${kind} *` }, ...when });
  return {
    seed: 11,
    latency: { ttft: '2ms' },
    rules: [
      rule('first', { first: some, fault: 'overloaded' }),
      rule('after', { after: some, times: some, fault: 'server_error' }),
      rule('every', { every: 3, fault: 'bad_gateway' }),
      rule('by key', { every: 4, per: 'key', fault: 'overloaded' }),
      rule('by model', { every: 5, per: 'model', fault: 'connection_reset' }),
      rule('times', { every: 2, times: some, fault: 'server_error' }),
      rule('steps', { sequence: ['overloaded', 'server_error', 'ok', 'bad_gateway'], repeat: true }),
      rule('call steps', { sequence: ['overloaded', [{ latency: '2ms' }, 'server_error'], 'ok'], per: 'call' }),
      rule('attempts', { attempts: '1..2', fault: { overloaded: { retry_after_ms: 1 } } }),
      rule('chance', { probability: 0.4, one_of: { server_error: 2, overloaded: 1 } }),
      rule('other model', { match: { prompt: 'other model *', model: 'gpt-4o' }, every: 2, fault: 'overloaded' }),
    ],
    replies: [{ match: { prompt: 'told *' }, sequence: ['one', 'two', 'three'].map((content) => ({ content })), repeat: true }],
    limits: {
      keys: { 'sk-small': { '*': { rpd: some, window: 'fixed' } } },
      'gpt-4.1': { rpd: some, window: 'fixed' },
      'gpt-4.1-mini': { in_flight: 1 },
    },
    providers: {
      primary: { rules: [{ every: 2, fault: 'overloaded' }], limits: {} },
      backup: { rules: [], limits: {} },
      narrow: { rules: [], limits: {}, capacity: { rate: '0.1/h', burst: some, queue: 0, refusal_cost: 0 } },
    },
  };
}
