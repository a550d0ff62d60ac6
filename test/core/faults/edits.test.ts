import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyFaults } from '../../../src/core/faults/bound-fault.ts';
import { boundFault, type FaultCall, type FaultName, faultNamed, faultsByName } from '../../../src/core/faults/registry.ts';
import { failureKind } from '../../../src/core/journal/failure-kind.ts';
import { healthyReply } from '../../../src/core/openai/endpoints/healthy-reply.ts';
import type { ReplySpec } from '../../../src/core/openai/request/answer-settings.ts';
import type { ApiRequest } from '../../../src/core/openai/request/request.ts';
import { stepOf } from '../../../src/core/plan/compile.ts';
import { isReached } from '../../../src/core/plan/decide.ts';
import { Facts } from '../../../src/core/plan/facts.ts';
import { utf8Length } from '../../../src/core/text/utf8.ts';
import { libraries } from '../../../src/libraries.ts';
import { type Collected, collect, headerOf } from '../../support/effects.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { apiRequest, plainSettings, replyContext } from '../../support/reply-context.ts';

type Parsed = ReturnType<typeof JSON.parse>;
type Fault = readonly [name: FaultName, params?: object | undefined];

const USAGE = { stream: true, stream_options: { include_usage: true } };
const chat = (fields: object = {}) =>
  apiRequest({ body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], ...fields } });
const legacy = (fields: object = {}) =>
  apiRequest({ path: '/v1/completions', body: { model: 'gpt-3.5-turbo-instruct', prompt: 'Hi', ...fields } });
const responses = (fields: object = {}) =>
  apiRequest({ path: '/v1/responses', body: { model: 'gpt-4o', input: 'Hi', ...fields } });
const embeddings = apiRequest({ path: '/v1/embeddings', body: { model: 'text-embedding-3-small', input: 'Hi', dimensions: 2 } });
const models = apiRequest({ method: 'GET', path: '/v1/models' });

const callOf = ([name, params]: Fault): FaultCall => ({ name, params: faultNamed(name).params.parse(params) }) as FaultCall;

/** The answer to a request under these faults; it has three content events. */
function answer(request: ApiRequest, faults: readonly Fault[], reply: ReplySpec = { content: 'One two three' }): Collected {
  const context = replyContext({ libraries, request, settings: { ...plainSettings, reply } });
  const bound = faults.map((fault) => boundFault(callOf(fault)));
  return collect(applyFaults(healthyReply(context), bound, context));
}

const edited = (request: ApiRequest, params: object, reply?: ReplySpec) => answer(request, [['edited_stream', params]], reply);
const whole = (request: ApiRequest, params?: object) => answer(request, [['edited_answer', params]]);

/** The events of a stream, each as it was framed. */
const framesOf = ({ text }: Collected): string[] => text.split(/(?<=\n\n)/);

function eventsOf(reply: Collected): Parsed[] {
  return [...reply.text.matchAll(/^data: (?!\[DONE\])(\{.*)$/gm)].map(([, data = '']) => JSON.parse(data));
}

describe('edited_answer', () => {
  test('merges into an answer and takes parts out of it, in the print of its family', () => {
    const reply = whole(chat(), {
      merge: { usage: { total_tokens: -1 }, x_new: [1] },
      remove: ['/choices/*/finish_reason', '/id'],
    });
    const plain = answer(chat(), []);
    const body = JSON.parse(plain.text);
    const { id: _id, ...others } = body;
    const [{ finish_reason: _reason, ...choice }] = body.choices;
    const expected = { ...others, choices: [choice], usage: { ...body.usage, total_tokens: -1 }, x_new: [1] };
    expect(reply.text).toBe(`${JSON.stringify(expected, null, 2)}\n`);
    expect(headerOf(reply, 'content-length')).toBe(headerOf(plain, 'content-length') && String(utf8Length(reply.text)));
  });

  test('keeps the floats of a response, and what is on one line on one line', () => {
    const response = whole(responses(), { merge: { status: 'odd' } }).text;
    expect(response).toContain('"temperature": 1.0,');
    expect(response.replace('"odd"', '"completed"')).toBe(answer(responses(), []).text);
    const vectors = whole(embeddings, { merge: { model: 'other' } }).text;
    expect(vectors).toBe(answer(embeddings, []).text.replace('text-embedding-3-small', 'other'));
  });

  test.each([
    ['completions', legacy()],
    ['embeddings', embeddings],
    ['models', models],
  ])('is for every JSON answer: %s', (_name, request) => {
    expect(JSON.parse(whole(request, { merge: { object: 'odd' } }).text)).toEqual({
      ...JSON.parse(answer(request, []).text),
      object: 'odd',
    });
  });

  test('by name alone takes out what the answer says of itself', () => {
    const { object, ...others } = JSON.parse(answer(chat(), []).text);
    expect([object, JSON.parse(whole(chat()).text)]).toEqual(['chat.completion', others]);
  });

  test('leaves an error answer alone', () => {
    const refused = answer(chat(), [['edited_answer', { merge: { error: null } }], ['overloaded']]);
    expect(JSON.parse(refused.text).error).toBeDefined();
  });
});

/** Streams of every grammar, and an event that nobody knows as each frames it. */
const UNKNOWN = { type: 'mock.unknown', note: 'Hä?' };
const GRAMMARS = [
  ['chat', chat(USAGE), 'data: {"type":"mock.unknown","note":"Hä?"}\n\n'],
  ['completions', legacy(USAGE), 'data: {"type":"mock.unknown","note":"Hä?"}\n\n'],
  ['responses', responses({ stream: true }), 'event: mock.unknown\ndata: {"type":"mock.unknown","note":"Hä?","sequence_number":'],
] as const;

describe.each(GRAMMARS)('edited_stream of %s', (name, request, unknown) => {
  const plain = framesOf(answer(request, []));
  const bare = (frames: readonly string[]) => frames.map((frame) => frame.replace(/,"sequence_number":\d+/, ''));
  /** Where the places are in the plain stream. */
  const contents = plain.flatMap((frame, at) => (/"(?:content|text|delta)":"(?:One| two| three)"/.test(frame) ? [at] : []));
  const last = plain.at(-1) === 'data: [DONE]\n\n' ? plain.length - 2 : plain.length - 1;
  const finish = plain.findIndex((frame) => /"finish_reason":"stop"|response\.output_item\.done/.test(frame));
  const PLACES: readonly (readonly [at: string | number, place: number])[] = [
    ['first', 0],
    [1, contents[0] ?? -1],
    [2, contents[1] ?? -1],
    [3, contents[2] ?? -1],
    [99, contents[2] ?? -1],
    ['finish', finish],
    ['usage', last],
    ['last', last],
  ];

  test('has a place for each', () => {
    expect(contents).toHaveLength(3);
    expect(PLACES.every(([, place]) => place >= 0)).toBe(true);
  });

  test.each(PLACES)('inserts before %s, and leaves the other bytes', (at, place) => {
    const frames = framesOf(edited(request, { at, do: 'insert', event: UNKNOWN }));
    const spot = at === 'last' ? place + 1 : place;
    expect(frames[spot]?.startsWith(unknown)).toBe(true);
    const others = [...frames.slice(0, spot), ...frames.slice(spot + 1)];
    expect(name === 'responses' ? bare(others) : others).toEqual(name === 'responses' ? bare(plain) : plain);
  });

  test.each(PLACES)('repeats %s byte for byte', (at, place) => {
    const frames = framesOf(edited(request, { at, do: 'repeat' }));
    expect(frames).toEqual([...plain.slice(0, place + 1), plain[place], ...plain.slice(place + 1)]);
  });

  test.each(PLACES)('leaves %s out', (at, place) => {
    const frames = framesOf(edited(request, { at, do: 'drop' }));
    expect(bare(frames)).toEqual(bare([...plain.slice(0, place), ...plain.slice(place + 1)]));
  });

  test.each(PLACES)('puts another in the place of %s', (at, place) => {
    const frames = framesOf(edited(request, { at, do: 'replace', event: UNKNOWN }));
    expect(frames[place]?.startsWith(unknown)).toBe(true);
    expect([...frames.slice(0, place), ...frames.slice(place + 1)]).toEqual([
      ...plain.slice(0, place),
      ...plain.slice(place + 1),
    ]);
  });

  test.each(PLACES)('merges into %s', (at, place) => {
    const frames = framesOf(edited(request, { at, do: 'merge', event: { x_new: { a: null, b: 1 } } }));
    const data = (frame: string) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6));
    expect(data(frames[place] ?? '')).toEqual({ ...data(plain[place] ?? ''), x_new: { b: 1 } });
    expect([...frames.slice(0, place), ...frames.slice(place + 1)]).toEqual([
      ...plain.slice(0, place),
      ...plain.slice(place + 1),
    ]);
  });

  test('edits exactly one event, whatever is done where', () => {
    const at = fc.oneof(fc.constantFrom('first', 'finish', 'usage', 'last'), fc.integer({ min: 1, max: 5 }));
    const what = fc.constantFrom(['insert', 1], ['repeat', 1], ['drop', -1], ['replace', 0], ['merge', 0]);
    fc.assert(
      fc.property(at, what, (place, [action, more]) => {
        const event = action === 'repeat' || action === 'drop' ? undefined : { x: 1, type: 't' };
        const frames = framesOf(edited(request, { at: place, do: action, event }));
        expect(frames.length).toBe(plain.length + Number(more));
        expect(frames.filter((frame) => !frame.startsWith('data: [DONE]')).every((frame) => frame.includes('data: {'))).toBe(
          true,
        );
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  test('finds its place where events come in pieces, and goes on under other faults', () => {
    const params = { at: 2, do: 'replace', event: { type: 'x', odd: true } };
    const inPieces = answer(request, [['edited_stream', params], ['reframed_stream']]);
    expect(inPieces.text.match(/"odd":true/g)).toHaveLength(1);
    const cut = answer(request, [
      ['truncated_stream', { after_chunks: 2 }],
      ['edited_stream', params],
    ]);
    expect(eventsOf(cut).at(-1)).toMatchObject({ odd: true });
  });

  test('sends a text as it is', () => {
    const frames = framesOf(edited(request, { at: 'first', do: 'insert', event: ': ping' }));
    expect(frames[0]).toBe('data: : ping\n\n');
  });
});

describe('edited_stream', () => {
  test('numbers the events behind one that came or went', () => {
    const numbers = (params: object) =>
      eventsOf(edited(responses({ stream: true }), params)).map((event) => event.sequence_number);
    for (const at of ['first', 2, 'finish', 'last']) {
      for (const [action, event] of [['insert', UNKNOWN], ['drop']] as const) {
        const found = numbers({ at, do: action, event });
        expect(found).toEqual(found.map((_, index) => index));
      }
    }
    expect(numbers({ at: 'first', do: 'repeat' }).slice(0, 3)).toEqual([0, 0, 1]);
    expect(numbers({ at: 'first', do: 'insert', event: { ...UNKNOWN, sequence_number: 70 } }).slice(0, 3)).toEqual([70, 0, 1]);
  });

  test('sends a response without floats lost where it merges into one', () => {
    const { text } = edited(responses({ stream: true }), { at: 'last', do: 'merge', event: { response: { status: 'odd' } } });
    const plain = answer(responses({ stream: true }), []).text;
    const at = plain.indexOf('"status":"completed"', plain.indexOf('event: response.completed'));
    expect(text).toBe(`${plain.slice(0, at)}"status":"odd"${plain.slice(at + '"status":"completed"'.length)}`);
  });

  test('costs no time: its events come as they did', () => {
    const latency = { ttft: { kind: 'constant', ms: 50 }, interToken: { kind: 'constant', ms: 10 } } as const;
    const timeline = (faults: readonly Fault[]) => {
      const context = replyContext({
        libraries,
        request: chat(USAGE),
        settings: { ...plainSettings, latency, reply: { content: 'One two three' } },
      });
      let ms = 0;
      return collect(
        applyFaults(
          healthyReply(context),
          faults.map((fault) => boundFault(callOf(fault))),
          context,
        ),
      ).effects.flatMap((effect) => {
        if (effect.type === 'wait') ms += effect.ms;
        return effect.type === 'write' ? [[ms, effect.event]] : [];
      });
    };
    expect(timeline([['edited_stream', { at: 99, do: 'merge', event: { x: 1 } }]])).toEqual(timeline([]));
  });

  test('of several calls of tools repeats the event that says why the answer ended, with nothing in it', () => {
    const calls = { toolCalls: [{ name: 'find', arguments: {} }] };
    const events = eventsOf(edited(chat(USAGE), {}, calls));
    const ends = events.filter(({ choices }) => choices[0]?.finish_reason === 'tool_calls');
    expect(ends.map(({ choices }) => choices[0].delta)).toEqual([{}, {}]);
  });

  test('of an answer without content edits the event that ends it', () => {
    for (const [, request] of GRAMMARS) {
      const plain = framesOf(answer(request, [], { content: '' })).length;
      expect(framesOf(edited(request, { at: 1, do: 'drop' }, { content: '' }))).toHaveLength(plain - 1);
    }
  });

  test('leaves an answer alone that is no stream, and one that is an error', () => {
    const refused = answer(chat(USAGE), [['edited_stream', { at: 'first', do: 'drop' }], ['overloaded']]);
    expect(refused.head?.status).toBe(503);
    expect(JSON.parse(refused.text).error).toBeDefined();
  });

  test('does not wait for an end that never comes', () => {
    const { effects } = answer(chat(USAGE), [
      ['edited_stream', { at: 'last', do: 'insert', event: UNKNOWN }],
      ['stalled_stream', { after_chunks: 1 }],
    ]);
    expect(effects.at(-1)).toEqual({ type: 'hang' });
  });
});

describe('strikes only what it can change:', () => {
  const strikes = (fault: Fault, request: ApiRequest) =>
    isReached({ traits: new Facts(request, {}, () => 0), refusedBy: undefined }, stepOf([callOf(fault)], faultsByName));

  test.each<readonly [Fault, ApiRequest, boolean]>([
    [['edited_answer'], chat(), true],
    [['edited_answer'], chat({ stream: true }), false],
    [['edited_answer'], embeddings, true],
    [['edited_answer'], models, true],
    [['edited_answer'], apiRequest({ path: '/v1/traces/ingest', body: {} }), false],
    [['edited_answer'], apiRequest({ method: 'GET', path: '/v1/files/file-1/content' }), false],
    [['edited_answer'], apiRequest({ method: 'GET', path: '/v1/responses/resp_1' }), true],
    [['edited_answer'], apiRequest({ method: 'GET', path: '/v1/responses/resp_1?stream=true' }), false],
    [['edited_stream'], chat(), false],
    [['edited_stream'], chat({ stream: true }), true],
    [['edited_stream', { at: 'usage' }], chat({ stream: true }), false],
    [['edited_stream', { at: 'usage' }], chat(USAGE), true],
    [['edited_stream', { at: 'usage' }], responses({ stream: true }), true],
  ])('%j of %o: %s', (fault, request, expected) => {
    expect(strikes(fault, request)).toBe(expected);
  });
});

test('an edit is a failure, and no failure where it is said to be legal', () => {
  const ended = { t_end: 1, closedBy: null, status: 200, bytesOut: 10, chunksOut: 3 } as const;
  const kinds = (params: object) =>
    (['edited_answer', 'edited_stream'] as const).map((name) =>
      failureKind(ended, [boundFault(callOf([name, params]))], undefined),
    );
  expect(kinds({})).toEqual(['content', 'content']);
  expect(kinds({ legal: true })).toEqual([undefined, undefined]);
});
