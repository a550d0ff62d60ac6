import { plural } from '../../text/plural.ts';
import type { Try } from '../history/call-history.ts';
import { callObservation } from '../kit/observation.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

export const freshConnection = defineRule({
  id: 'fresh_connection',
  summary: 'comes back on a live connection after one broke',
  source: sources.retriedConnections,
  severity: 'medium',
  confidence: 'deterministic',
  measures: 'connections of the retries after a broken one; fails when every retry took a pooled connection that died, too',
  falseAlarmBound: 0,
  advice: 'throw away pooled connections to a host after one of them broke, and retry on a new one',
  bearsHidden: true,
  probe: {
    ...probeOf('fresh-connection', 15_000, { rules: [{ first: 1, fault: 'early_close' }], calls: 3, sequential: true }),
    oneProcess: true,
  },
  looksAt: 'eventful calls',
  check: ({ calls }) => {
    const broken = calls.filter(
      ({ tries, gaps, replays }) => tries[0] !== undefined && brokeConnection(tries[0]) && gaps.length + replays.length > 0,
    );
    const replayed = calls.filter(({ replays }) => replays.length > 0).length;
    if (broken.length + replayed === 0) return notApplicable('no call was retried after a broken connection');
    const stale = broken.filter(({ tries, replays }) => replays.length === 0 && tries.slice(1).every(metDeadConnection));
    return {
      verdict: stale.length > 0 ? 'fail' : 'pass',
      explain:
        stale.length > 0
          ? `${plural(stale.length, 'call')} spent all retries on pooled connections that were dead`
          : `${plural(Math.max(broken.length, replayed), 'call')} came back on another connection${replayed > 0 ? `, ${replayed} by a replay of the network stack` : ''}`,
      n: Math.max(broken.length, replayed),
      statistic: { name: 'calls that met only dead connections', value: stale.length, unit: 'calls' },
      threshold: 1,
      evidence: stale.map((call) => callObservation(call)),
    };
  },
});

/** A stream of HTTP/2 that is reset leaves its connection alive, and a retry may come on the same one. */
function brokeConnection({ failure, entry }: Try): boolean {
  return failure === 'transport' && entry.closedHow !== 'rst_stream';
}

/**
 * The connection had died in the pool; what a fault breaks as the request arrives was alive. So was a connection of HTTP/2, which took
 * the stream with it because of another.
 */
function metDeadConnection({ failure, entry }: Try): boolean {
  return failure === 'transport' && entry.connReqSeq > 1 && entry.faultApplied === null && entry.streamId === null;
}
