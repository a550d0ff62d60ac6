import { z } from 'zod';
import { record } from '../schema/fields.ts';
import { defineFault } from './fault.ts';

/** A handshake by TLS that a careful client does not finish. */
export const tlsFailure = defineFault({
  name: 'tls_failure',
  summary: 'spoils the handshake of a connection by TLS: refused, or with a certificate that a client must not trust',
  leaves: 'disconnected',
  kind: 'transport',
  terminal: true,
  injectedAt: 'accept',
  needsTls: true,
  source: 'https://www.rfc-editor.org/rfc/rfc8446.html#section-6.2',
  params: record({
    how: z
      .enum(['refuse', 'expired', 'wrong_host', 'untrusted'])
      .default('refuse')
      .describe(
        'an alert in the place of a certificate; one that has expired; one for another host; one of an authority that nobody trusts',
      ),
  }).prefault({}),
  *apply(_reply, { how }) {
    yield { type: 'fail_handshake', how };
  },
});
