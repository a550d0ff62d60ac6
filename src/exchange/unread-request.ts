import type { Plan } from '../core/plan/compile.ts';
import { readingOf } from './body-reading.ts';
import { apiRequestOf, type Incoming } from './incoming.ts';
import type { Received } from './record.ts';

/** A request as it is read and recorded. */
export type ReadRequest = Pick<Received, 'incoming' | 'request' | 'bodySha256' | 'letThrough' | 'recorded'>;

/** A request whose body was not read to its end. */
export function unreadRequest(incoming: Incoming, path: string, { dialect }: Pick<Plan, 'dialect'>): ReadRequest {
  const reading = readingOf(incoming.body);
  return { incoming, request: apiRequestOf(incoming, path, reading, { dialect }), bodySha256: reading.sha256 };
}
