import type { Correlation } from '../core/correlation/correlation.ts';
import { HEADERS_OF_INTEREST } from '../core/journal/entry.ts';
import type { Traits } from '../core/plan/decide.ts';
import type { Performed } from '../exchange/performed.ts';
import type { HeadNotes } from '../exchange/record.ts';
import type { FromWorker, SentRequest, ToWorker } from './messages.ts';

/** The request headers that travel. */
export const SENT_HEADERS: readonly string[] = [...HEADERS_OF_INTEREST, 'authorization'];

/** Fields in the order in which their values travel; with the fields of a field that is an object itself. */
type Shape = readonly (string | readonly [string, Shape])[];

/** A shape of which the compiler knows that the type has its fields. */
type ShapeOf<T> = readonly { [K in keyof T & string]: K | readonly [K, ShapeOf<NonNullable<T[K]>>] }[keyof T & string][];

type Sent<Kind extends (FromWorker | ToWorker)['kind']> = Extract<FromWorker | ToWorker, { kind: Kind }>;

const CONNECTION: ShapeOf<SentRequest['connection']> = ['id', 'acceptedAt', 'requests', 'remotePort', 'open'];
const REQUEST: ShapeOf<SentRequest> = [
  'method',
  'target',
  ['headers', SENT_HEADERS],
  'body',
  'headersAt',
  'bodyEndAt',
  ['connection', CONNECTION],
];
const NAMES = ['pathCall', 'path', 'fingerprint', 'bodySha256', 'endpoint', 'model', 'stream'] as const;
const TRAITS: ShapeOf<Traits> = ['streamed', 'keyScope', 'modelScope'];
const CORRELATION: ShapeOf<Correlation> = ['call', 'attempt', 'evidence', 'certainty', 'drawKey'];
const HEAD: ShapeOf<HeadNotes> = ['t_firstByteBefore', 'status', 'errorCode', 'errorType', 'hint', 'shouldRetry', 'paceDueAt'];
const PERFORMED: ShapeOf<Performed> = [
  'lastByteAt',
  'clientCloseAt',
  'closedBy',
  'closedHow',
  'bytesOut',
  'chunksOut',
  'eventsOut',
];

/**
 * The messages that every request needs. They travel as lists of values: the names of their fields would cost more on the
 * way than all that is done with them.
 */
const DECIDE: ShapeOf<Sent<'decide'>> = [
  'ref',
  'session',
  'plan',
  ['request', REQUEST],
  ...NAMES,
  'failsAt',
  'limited',
  'forced',
  'preset',
  'matches',
  ['traits', TRAITS],
];
const DECIDED: ShapeOf<Sent<'decided'>> = ['ref', ['ruling', [['correlation', CORRELATION], 'limit', 'applied']], 'placed'];
const PROGRESS: ShapeOf<Sent<'exchange progress'>> = [
  'ref',
  ['head', HEAD],
  ['end', [['performed', PERFORMED], 'endedAt', 'unused']],
];
const SHAPES = new Map<unknown, Shape>([
  ['decide', DECIDE],
  ['decided', DECIDED],
  ['exchange progress', PROGRESS],
]);

type Fields = Readonly<Record<string, unknown>>;

/** The message as it travels. */
export function pack(message: FromWorker | ToWorker): unknown {
  const shape = SHAPES.get(message.kind);
  return shape === undefined ? message : values(message as unknown as Fields, shape, [message.kind]);
}

/** The message as it was before it was packed; of fields without a value it may have fewer. */
export function unpack<Message extends FromWorker | ToWorker>(packed: unknown): Message {
  if (!Array.isArray(packed)) return packed as Message;
  const kind: unknown = packed[0];
  return fields(packed, SHAPES.get(kind) ?? [], { kind }) as unknown as Message;
}

function values(from: Fields, shape: Shape, list: unknown[] = []): unknown[] {
  for (const field of shape) {
    if (typeof field === 'string') list.push(from[field]);
    else {
      const inner = from[field[0]] as Fields | undefined;
      list.push(inner && values(inner, field[1]));
    }
  }
  return list;
}

/** The values are the last of the list. */
function fields(list: readonly unknown[], shape: Shape, made: Record<string, unknown> = {}): Fields {
  let at = list.length - shape.length;
  for (const field of shape) {
    const value = list[at++];
    if (value === undefined) continue;
    if (typeof field === 'string') made[field] = value;
    else made[field[0]] = fields(value as unknown[], field[1]);
  }
  return made;
}
