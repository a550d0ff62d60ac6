import type { Correlation } from '../core/correlation/correlation.ts';
import { HEADERS_OF_INTEREST } from '../core/journal/entry.ts';
import type { Traits } from '../core/plan/decide.ts';
import type { Decision } from '../exchange/decision-step.ts';
import type { Performed } from '../exchange/performed.ts';
import { HEAD_FIELDS } from '../exchange/record.ts';
import type { FromWorker, SentRequest, ToWorker } from './messages.ts';

/** The request headers that travel. */
export const SENT_HEADERS: readonly string[] = [...HEADERS_OF_INTEREST, 'authorization', 'api-key'];

/** Fields in the order in which their values travel; with the fields of a field that is an object itself. */
type Shape = readonly (string | readonly [string, Shape])[];

/** Each field of a type, in the order in which the values travel: `true`, or the fields of a field that is an object itself. */
type FieldsOf<T> = { readonly [K in keyof T]-?: true | FieldsOf<NonNullable<T[K]>> };

type Sent<Kind extends (FromWorker | ToWorker)['kind']> = Omit<Extract<FromWorker | ToWorker, { kind: Kind }>, 'kind'>;

const CONNECTION: FieldsOf<SentRequest['connection']> = {
  id: true,
  acceptedAt: true,
  requests: true,
  remotePort: true,
  tls: { version: true, resumed: true },
  awaitsTls: true,
  open: true,
};
const REQUEST: FieldsOf<SentRequest> = {
  method: true,
  target: true,
  headers: allOf(SENT_HEADERS),
  body: true,
  headersAt: true,
  bodyEndAt: true,
  protocol: true,
  streamId: true,
  connection: CONNECTION,
};
const TRAITS: FieldsOf<Traits> = {
  streamed: true,
  features: true,
  carrier: true,
  protocol: true,
  dialect: true,
  keyScope: true,
  modelScope: true,
};
/** The call that the primary remembers stays there. */
const CORRELATION: FieldsOf<Omit<Correlation, 'remembered'>> = {
  call: true,
  attempt: true,
  evidence: true,
  certainty: true,
  drawKey: true,
  question: true,
};
const PERFORMED: FieldsOf<Performed> = {
  lastByteAt: true,
  clientCloseAt: true,
  closedBy: true,
  closedHow: true,
  isCut: true,
  resetCode: true,
  bytesOut: true,
  chunksOut: true,
  eventsOut: true,
};

/**
 * The messages that every request needs. They travel as lists of values: the names of their fields would cost more on the
 * way than all that is done with them.
 */
const DECIDE: FieldsOf<Sent<'decide'>> = {
  ref: true,
  session: true,
  plan: true,
  request: REQUEST,
  pathCall: true,
  path: true,
  fingerprint: true,
  bodySha256: true,
  endpoint: true,
  dialect: true,
  model: true,
  stream: true,
  failsAt: true,
  limited: true,
  forced: true,
  preset: true,
  matches: true,
  traits: TRAITS,
  reference: true,
  replies: true,
  keptBody: true,
  letThrough: true,
  recorded: true,
};
const DECIDED: FieldsOf<Omit<Sent<'decided'>, 'ruling'>> & { readonly ruling: FieldsOf<SentDecision> } = {
  ref: true,
  ruling: { correlation: CORRELATION, elapsedMs: true, limit: true, applied: true, choice: true, found: true },
  placed: true,
};
const PROGRESS: FieldsOf<Sent<'exchange progress'>> = {
  ref: true,
  head: allOf(HEAD_FIELDS),
  end: { performed: PERFORMED, endedAt: true, unused: true, billed: true, brokenCalls: true, recorded: true },
};
const SHAPES = new Map<unknown, Shape>([
  ['decide', shapeOf(DECIDE)],
  ['decided', shapeOf(DECIDED)],
  ['exchange progress', shapeOf(PROGRESS)],
]);

type SentDecision = Omit<Decision, 'correlation' | 'faults'> & {
  readonly correlation: Omit<Correlation, 'remembered'>;
};

function allOf<Name extends string>(names: readonly Name[]): { readonly [K in Name]: true } {
  return Object.fromEntries(names.map((name) => [name, true])) as { [K in Name]: true };
}

function shapeOf(fields: object): Shape {
  return Object.entries(fields).map(([name, inner]) => (inner === true ? name : ([name, shapeOf(inner)] as const)));
}

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
