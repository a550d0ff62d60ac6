import { unservedRequests, unservedText } from '../core/backoff/verdict/unserved-requests.ts';
import type { PolicyInput } from '../core/policy/policy-schema.ts';
import { describeValue, percentage, unknownName } from '../core/schema/fields.ts';
import { plural } from '../core/text/plural.ts';
import type { VerdictOptions } from '../mock.ts';
import { backedOff } from './backed-off.ts';
import { type Equals, shown } from './differences.ts';
import { honouredRetryAfter } from './honoured-retry-after.ts';
import { type Matched, type MatcherContext, type MatcherResult, matcher, receivedBy } from './matcher.ts';
import { receivedBody, receivedHeader } from './received-messages.ts';

export interface BackoffExpectation {
  /** How much longer each wait is than the one before it; above 1, default 2. */
  readonly factor?: number;
}

/** Matchers for `expect.extend`, of vitest and of Jest. They look at what was received until they are called. */
export const matchers = {
  toHaveReceivedCalls(this: MatcherContext, received: unknown, count: number): MatcherResult {
    return matcher(this, received, {
      expected: `to make ${plural(count, 'call')}`,
      judge: (mock) => {
        const made = mock.calls().length;
        return { holds: made === count, found: `it made ${plural(made, 'call')}` };
      },
    });
  },

  toHaveReceivedAttempts(this: MatcherContext, received: unknown, count: number): MatcherResult {
    return matcher(this, received, {
      expected: `to make ${plural(count, 'attempt')}`,
      judge: (mock) => {
        const made = receivedBy(mock).length;
        return { holds: made === count, found: `it made ${made}` };
      },
    });
  },

  toHaveHonouredRetryAfter(this: MatcherContext, received: unknown): MatcherResult {
    return matcher(this, received, {
      expected: 'to wait as long as answers asked',
      judge: (_mock, calls) => honouredRetryAfter(calls),
    });
  },

  toHaveBackedOff(this: MatcherContext, received: unknown, options: BackoffExpectation = {}): MatcherResult {
    const { factor = 2, ...others } = options;
    for (const name of Object.keys(others)) throw new TypeError(unknownName('option', name, ['factor']));
    if (!(factor > 1)) throw new TypeError(`factor: expected a number above 1, found ${describeValue(factor)}`);
    return matcher(this, received, {
      expected: `to back off by a factor of ${factor}`,
      judge: (_mock, calls) => backedOff(calls, factor),
    });
  },

  toHaveNotRetried(this: MatcherContext, received: unknown): MatcherResult {
    return matcher(this, received, {
      expected: this.isNot === true ? 'to give up at once' : 'not to retry',
      judge: (mock, calls) => {
        if (calls.length === 0) return { holds: 'undecided', found: nothingToJudge(mock) };
        const retried = calls.filter(({ tries }) => tries.length > 1);
        const certain = retried.filter(({ certainty }) => certainty !== 'ambiguous');
        if (retried.length > 0 && certain.length === 0)
          return { holds: 'undecided', found: 'equal calls may be retries; give each call a base URL of its own (mock.callURL)' };
        return { holds: retried.length === 0, found: `it retried ${retried.length} of ${plural(calls.length, 'call')}` };
      },
    });
  },

  toHaveReceivedBody(this: MatcherContext, received: unknown, expected: unknown): MatcherResult {
    return matcher(this, received, {
      expected: `to send a request whose body has ${shown(expected)}`,
      judge: (mock) => receivedBody(receivedBy(mock), expected, equalsOf(this)),
    });
  },

  toHaveReceivedHeader(this: MatcherContext, received: unknown, name: string, value?: unknown): MatcherResult {
    if (typeof name !== 'string' || name === '')
      throw new TypeError(`name: expected that of a header field, found ${describeValue(name)}`);
    return matcher(this, received, {
      expected: `to send a request with the header ${name}${value === undefined ? '' : `: ${shown(value)}`}`,
      judge: (mock) => receivedHeader(receivedBy(mock), name, value, equalsOf(this)),
    });
  },

  toHaveFailedOver(this: MatcherContext, received: unknown): MatcherResult {
    return matcher(this, received, {
      expected: 'to go on at another target with each call that failed at its first',
      judge: (mock) => {
        const finding = mock.verdict(undefined, { ended: true }).findings.find(({ rule }) => rule === 'fails_over');
        if (finding === undefined || finding.verdict === 'not_applicable' || finding.verdict === 'inconclusive')
          return { holds: 'undecided', found: finding?.explain ?? 'the policy turns fails_over off' };
        return { holds: finding.verdict === 'pass', found: finding.explain };
      },
    });
  },

  toHaveWastedAtMost(this: MatcherContext, received: unknown, limit: number | string): MatcherResult {
    const share = percentage().safeParse(limit);
    if (!share.success) throw new TypeError(`limit: expected a share such as '5%' or 0.05, found ${describeValue(limit)}`);
    return matcher(this, received, {
      expected: `to waste at most ${share.data * 100} % of the tokens that it is billed`,
      judge: (mock) => {
        const { billed, wasted } = mock.verdict(undefined, { ended: true }).tokens;
        if (billed === 0) return { holds: 'undecided', found: 'nothing was billed' };
        return { holds: wasted / billed <= share.data, found: `${wasted} of ${plural(billed, 'token')} were of no use` };
      },
    });
  },

  toPassVerdict(this: MatcherContext, received: unknown, policy?: string | PolicyInput, options?: VerdictOptions): MatcherResult {
    return matcher(this, received, {
      expected: 'to pass the verdict',
      judge: (mock) => {
        const { verdict, explain, findings } = mock.verdict(policy, options);
        const bad = findings.filter(
          (finding) => finding.verdict === 'fail' || (verdict !== 'fail' && finding.verdict === 'warn'),
        );
        const lines = bad.map((finding) => `\n  ${finding.rule}: ${finding.explain}${evidenceOf(finding.evidence)}`);
        return { holds: verdict === 'inconclusive' ? 'undecided' : verdict !== 'fail', found: explain + lines.join('') };
      },
    });
  },
};

/** How the test runner compares values. */
function equalsOf(context: MatcherContext): Equals {
  return (actual, expected) => context.equals?.(actual, expected) ?? Object.is(actual, expected);
}

/** Why there are no calls. */
function nothingToJudge(mock: Matched): string {
  const unserved = unservedRequests(receivedBy(mock));
  return unserved.length === 0 ? 'no request reached the mock' : unservedText(unserved);
}

function evidenceOf([first]: readonly { readonly line: string }[]): string {
  return first === undefined ? '' : `\n    ${first.line}`;
}
