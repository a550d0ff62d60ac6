import type { LoadReport } from '../load/load-report.ts';
import { plural } from '../text/plural.ts';
import { short } from './numbers.ts';

type Line = readonly [name: string, value: string];

/** Both amplifications of a load through a gateway. */
export function throughLines({ through }: LoadReport): Line[] {
  if (through === undefined) return [];
  const { url, clients, gateway } = through;
  const answers = Object.entries(clients.answers).map(([status, count]) => `${status}: ${count}`);
  const sent =
    clients.perCall === null
      ? 'not known: they sent nothing to the base URL that they were given; a client with an address of its own cannot be counted'
      : `${plural(clients.requests, 'request')}: mean ${times(clients.perCall.mean)} a call, p99 ${times(clients.perCall.p99)}, max ${times(clients.perCall.max)}; answered ${answers.join(', ') || 'none'}`;
  const arrived = `${plural(gateway.requests, 'request')}: ${times(gateway.perCall)} a call, ${times(gateway.perClientRequest)} a request of a client`;
  return [
    ['gateway', url],
    ['clients → it', sent],
    ['it → the mock', arrived],
  ];
}

/** What came to each target, where there were several. Only what differs between them is named. */
export function targetLines({ targets, targetsLeftOut }: LoadReport): Line[] {
  const differ = (of: (target: LoadReport['targets'][number]) => string | null) => new Set(targets.map(of)).size > 1;
  const byProvider = differ(({ provider }) => provider);
  const byModel = differ(({ model }) => model);
  const byKey = differ(({ key }) => key);
  const lines = targets.map(({ provider, model, key, requests, refused, broken, billedTokens, wastedTokens }): Line => {
    const name = [
      ...(byProvider ? [provider ?? 'the service at /v1'] : []),
      ...(byModel ? [model ?? 'no model'] : []),
      ...(byKey ? [key === null ? 'no key' : `key ${key}`] : []),
    ];
    const tokens = `${wastedTokens.toLocaleString('en-US')} of ${billedTokens.toLocaleString('en-US')} tokens wasted`;
    return ['target', `${name.join(', ')}: ${plural(requests, 'request')}, ${refused} refused, ${broken} broken, ${tokens}`];
  });
  return targetsLeftOut === 0 ? lines : [...lines, ['targets', `${targetsLeftOut} more left out`]];
}

function times(value: number | null): string {
  return value === null ? '–' : `×${short(Math.round(value * 100) / 100)}`;
}
