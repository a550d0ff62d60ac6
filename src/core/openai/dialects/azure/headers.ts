import { fork, pick } from '../../../random.ts';
import { USUAL_REGION } from '../../request/answer-settings.ts';
import { type HeaderContext, HeaderProfile, type HeaderSpec } from '../../wire/header-profile.ts';
import { uuidOf } from '../../wire/uuid.ts';

/** Where errors and headers say that the resource is. */
export function regionOf({ settings }: Pick<HeaderContext, 'settings'>): string {
  return settings.azure?.region ?? USUAL_REGION;
}

const FRONT = ['apim-request-id', 'strict-transport-security', 'x-content-type-options'];
/** `date` alone is on every answer: a refused key has neither `strict-transport-security` nor a region (wire-responses.md 8.2). */
const ALWAYS = ['date'];

const CONSTANT: HeaderSpec['constant'] = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
};

const PER_ANSWER: HeaderSpec['perAnswer'] = {
  date: ({ clock }) => new Date(clock.wall()).toUTCString(),
  'apim-request-id': (context) => uuidOf(context.random('apim-request-id')),
  'x-request-id': ({ requestId }) => requestId,
  'x-ms-region': regionOf,
};

/** `d213-20251016082839` (wire-responses.md 8.3). The same for all answers of an account. */
export function modelSession(account: string): string {
  return `${pick(fork(account, 'model session'), '123456789', 3, 'd')}-20251016082839`;
}

/** How the layers of a surface print errors. That errors of the API stand on several lines, as OpenAI's, is unverified. */
const COMPACT = { indent: 0, trailingNewline: false, contentType: 'application/json' };
const LAYERS: HeaderSpec['layers'] = {
  edge: { ...COMPACT, headers: FRONT },
  gateway: { ...COMPACT, headers: [...FRONT, 'x-ms-region'] },
  api: { ...COMPACT, indent: 2, headers: [...FRONT, 'x-ms-region', 'x-request-id'] },
};

/** Of an error. Where its hints stand is unverified. */
const FIRST = ['content-length', 'transfer-encoding', 'content-type', 'retry-after', 'retry-after-ms'];

/**
 * The classic surface (wire-responses.md 8.3): which fields there are. The reference has them in no order: they are sent in that of
 * their names.
 */
export const classicHeaders = new HeaderProfile({
  order: [
    ...FIRST,
    'apim-request-id',
    'azureml-model-session',
    'strict-transport-security',
    'x-accel-buffering',
    'x-content-type-options',
    'x-ms-deployment-name',
    'x-ms-rai-invoked',
    'x-ms-region',
    'x-ratelimit-limit-requests',
    'x-ratelimit-limit-tokens',
    'x-ratelimit-remaining-requests',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-reset-requests',
    'x-ratelimit-reset-tokens',
    'x-request-id',
    'date',
  ],
  always: ALWAYS,
  constant: CONSTANT,
  perAnswer: PER_ANSWER,
  layers: LAYERS,
});

/** The v1 surface, in wire order (wire-responses.md 8.3). */
export const v1Headers = new HeaderProfile({
  order: [
    'content-length',
    'transfer-encoding',
    'content-type',
    'retry-after',
    'retry-after-ms',
    'x-ms-aoai-configured-data-retention-days',
    'skip-error-remapping',
    'x-ms-is-spilled-over',
    'x-ratelimit-key',
    'x-ratelimit-remaining-requests',
    'x-ratelimit-reset-requests',
    'x-ratelimit-limit-requests',
    'x-ratelimit-renewalperiod-requests',
    'x-ratelimit-abusepenalty-active',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-reset-tokens',
    'x-ratelimit-limit-tokens',
    'x-ratelimit-renewalperiod-tokens',
    'azureai-fe-is-streaming',
    'azureai-fe-offer-type',
    'x-ms-served-model',
    'x-request-id',
    'apim-request-id',
    'strict-transport-security',
    'x-content-type-options',
    'x-ms-region',
    'date',
  ],
  always: ALWAYS,
  constant: CONSTANT,
  perAnswer: PER_ANSWER,
  layers: LAYERS,
});
