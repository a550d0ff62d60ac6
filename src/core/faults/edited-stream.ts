import { z } from 'zod';
import { type EventData, type StreamAction, type StreamPlace, withStreamEdit } from '../openai/wire/stream-edit.ts';
import { record, scalar } from '../schema/fields.ts';
import { inJson, leftByEdit, legalParam } from './legal-edit.ts';
import { defineStreamFault } from './stream-fault.ts';

const NAMED_PLACES = ['first', 'finish', 'usage', 'last'] as const;
const ACTIONS = ['insert', 'repeat', 'drop', 'replace', 'merge'] as const;
const WITH_EVENT: readonly unknown[] = ['insert', 'replace', 'merge'];
const WITHOUT_EVENT: readonly unknown[] = [undefined, 'repeat', 'drop'];

const place = scalar<StreamPlace, StreamPlace>(
  `${NAMED_PLACES.join(', ')} or the number of a content event, from 1`,
  (value) => {
    if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 1 ? value : undefined;
    return NAMED_PLACES.find((name) => name === value);
  },
  { anyOf: [{ enum: NAMED_PLACES }, { type: 'integer', minimum: 1 }] },
);

const eventData = z.union([
  z.record(z.string(), z.unknown()),
  z.string().regex(/^[^\r\n]*$/, { error: 'expected text in one line: a line break would end the event' }),
]);

/** What a scenario writes, as far as it has the right types. */
interface Written {
  readonly do?: unknown;
  readonly event?: unknown;
}

const ALWAYS = { when: () => true };

const params = record({
  at: place
    .default('finish')
    .describe('the event; default finish, the last that says that the answer, or a part of it, has ended'),
  do: z.enum(ACTIONS).default('repeat').describe('insert puts an event before the place, at last behind it'),
  event: eventData.optional().describe('the data of an event, or its one line of text; with merge a JSON Merge Patch (RFC 7396)'),
  ...legalParam,
})
  .refine((given: Written) => !WITH_EVENT.includes(given.do) || given.event !== undefined, {
    ...ALWAYS,
    path: ['do'],
    error: ({ input }) => `${String((input as Written).do)} needs an event: add event: { … }`,
  })
  .refine((given: Written) => !WITHOUT_EVENT.includes(given.do) || given.event === undefined, {
    ...ALWAYS,
    path: ['event'],
    error: 'event goes with do: insert, replace or merge',
  })
  .refine((given: Written) => given.do !== 'merge' || typeof given.event !== 'string', {
    ...ALWAYS,
    path: ['event'],
    error: 'merge takes a mapping, found text',
  });

/** The events around it keep their pace and their bytes. An event that comes twice has the same number twice. */
export const editedStream = defineStreamFault({
  name: 'edited_stream',
  summary: 'edits one event of a stream: sends another before it or in its place, sends it twice, leaves it out, merges into it',
  leaves: 'damaged',
  leavesWith: leftByEdit,
  needsWith: ({ at }) => (at === 'usage' ? ['usage event'] : []),
  params: params.prefault({}),
  example: { at: 'first', do: 'insert', event: { choices: [], prompt_filter_results: [] }, legal: true },
  tells: ({ at, do: action, event, legal }) => `${inWords(at, action, event)}${legal ? '; legal' : ''}`,
  apply: (reply, { at, do: action, event }, context) => withStreamEdit(reply, { at, action: actionOf(action, event) }, context),
});

type ActionName = (typeof ACTIONS)[number];

function actionOf(action: ActionName, event: EventData = {}): StreamAction {
  switch (action) {
    case 'repeat':
    case 'drop':
      return { do: action };
    case 'merge':
      return { do: action, event: typeof event === 'string' ? {} : event };
    default:
      return { do: action, event };
  }
}

function inWords(at: StreamPlace, action: ActionName, event: EventData | undefined): string {
  const edited = typeof at === 'number' ? `content event ${at}` : `the ${at} event`;
  switch (action) {
    case 'insert':
      return `sends ${inJson(event)} ${at === 'last' ? 'behind' : 'before'} ${edited}`;
    case 'repeat':
      return `sends ${edited} twice`;
    case 'drop':
      return `leaves out ${edited}`;
    case 'replace':
      return `sends ${inJson(event)} in place of ${edited}`;
    case 'merge':
      return `merges ${inJson(event)} into ${edited}`;
  }
}
