interface Variety {
  /** It tells the state of the rate limits. */
  readonly limits: boolean;
  /** It is open to every origin, and names no organization. */
  readonly open?: boolean | undefined;
}

/** The header names of a success, in the order of the wire (wire.md 2.1). Tests have this list of their own: it is what the code must send. */
export function successHeaders({ limits, open = false }: Variety): string[] {
  return [
    'date',
    'content-type',
    'transfer-encoding',
    'connection',
    'cf-ray',
    'cf-cache-status',
    'server',
    'strict-transport-security',
    'x-content-type-options',
    ...(open ? ['access-control-allow-origin'] : []),
    'access-control-expose-headers',
    'access-control-expose-headers',
    'access-control-expose-headers',
    ...(open ? [] : ['openai-organization']),
    'openai-processing-ms',
    'openai-project',
    'openai-version',
    'x-openai-proxy-wasm',
    ...(limits ? RATE_LIMITS : []),
    'x-request-id',
    'set-cookie',
    'alt-svc',
  ];
}

const RATE_LIMITS = ['limit', 'remaining', 'reset'].flatMap((kind) =>
  ['requests', 'tokens'].map((unit) => `x-ratelimit-${kind}-${unit}`),
);
