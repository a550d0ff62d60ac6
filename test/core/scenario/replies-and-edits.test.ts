import { expect, test } from 'vitest';
import { explainRule } from '../../../src/core/plan/explain.ts';
import { explainReplies } from '../../../src/core/plan/explain-replies.ts';
import { formatProblem } from '../../../src/core/problem.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';
import { loadScenario } from '../../../src/scenario-files/load-scenario.ts';

const problemsOf = (text: string): string[] =>
  (parseScenario({ file: 'a.yaml', text }, libraries).problems ?? []).map(formatProblem);

/** The problems of one fault, without its place. */
const faultProblems = (fault: string, match = '{}'): string[] =>
  problemsOf(`rules: [{ match: ${match}, fault: { ${fault} } }]`).map((text) => text.replace(/^a.yaml:\d+:\d+ /, ''));

test('all that is wrong with replies is told at once, each at its place', () => {
  expect(
    problemsOf(`
replies:
  - content: one
    per: call
    repeat: true
  - sequence: []
  - sequence: [{ content: one, echo: true }, { match: {} }, { refusal: no, continues: true }]
    per: nobody
    content: two
  - { json: {}, continues: true }
  - { match: { endpoint: embeddings }, sequence: [{ dimensions: 0 }], per: conversation }
`),
  ).toMatchInlineSnapshot(`
    [
      "a.yaml:4:5 replies[0].per: per goes with sequence",
      "a.yaml:5:5 replies[0].repeat: repeat goes with sequence",
      "a.yaml:6:15 replies[1].sequence: expected a list of at least 1 item, found an empty list",
      "a.yaml:7:32 replies[2].sequence[0].echo: a reply has only one of content, echo, tokens, json, refusal, tool_call, tool_calls; found content and echo",
      "a.yaml:7:48 unknown key "match". Known: content, echo, tokens, json, refusal, tool_call, tool_calls, finish_reason, reasoning_tokens, reasoning_summary, flagged, continues, dimensions.",
      "a.yaml:7:76 replies[2].sequence[2].continues: continues goes with content",
      "a.yaml:8:10 replies[2].per: unknown value "nobody". Known: session, key, model, call, conversation.",
      "a.yaml:9:5 replies[2].content: content stands beside sequence: put it into the steps that it is for",
      "a.yaml:10:17 replies[3].continues: continues goes with content",
      "a.yaml:11:65 replies[4].sequence[0].dimensions: expected a number of at least 1, found 0",
      "a.yaml:11:76 replies[4].per: requests to embeddings are in no conversation",
    ]
  `);
});

test('text that begins with two braces is told to need quotes', () => {
  expect(problemsOf('replies: [{ content: {{model}} }]')).toContainEqual(
    expect.stringContaining('a key must be a plain text; text that begins with {{ stands in quotes'),
  );
});

test('all that is wrong with an edit is told at once, each at its place', () => {
  expect(
    problemsOf(`
rules:
  - fault: { edited_answer: { merge: [1], remove: [choices, /a~2, "", 7], legal: maybe } }
  - fault: { edited_answer: { remove: [] } }
  - fault: { edited_stream: { at: middle, do: insert } }
  - fault: { edited_stream: { at: 0, event: { a: 1 } } }
  - fault: { edited_stream: { do: merge, event: text } }
  - fault:
      edited_stream:
        do: replace
        event: "two\\nlines"
  - fault: { edited_stream: { do: add } }
`),
  ).toMatchInlineSnapshot(`
    [
      "a.yaml:3:38 rules[0].fault.edited_answer.merge: expected a mapping, found a list",
      "a.yaml:3:52 rules[0].fault.edited_answer.remove[0]: expected a JSON Pointer such as /choices/0/finish_reason, found "choices"",
      "a.yaml:3:61 rules[0].fault.edited_answer.remove[1]: expected a JSON Pointer such as /choices/0/finish_reason, found "/a~2"",
      "a.yaml:3:67 rules[0].fault.edited_answer.remove[2]: expected a JSON Pointer such as /choices/0/finish_reason, found """,
      "a.yaml:3:71 rules[0].fault.edited_answer.remove[3]: expected a JSON Pointer such as /choices/0/finish_reason, found 7",
      "a.yaml:3:82 rules[0].fault.edited_answer.legal: expected true or false, found "maybe"",
      "a.yaml:4:39 rules[1].fault.edited_answer.remove: expected a list of at least 1 item, found an empty list",
      "a.yaml:5:35 rules[2].fault.edited_stream.at: expected first, finish, usage, last or the number of a content event, from 1, found "middle"",
      "a.yaml:5:47 rules[2].fault.edited_stream.do: insert needs an event: add event: { … }",
      "a.yaml:6:35 rules[3].fault.edited_stream.at: expected first, finish, usage, last or the number of a content event, from 1, found 0",
      "a.yaml:6:45 rules[3].fault.edited_stream.event: event goes with do: insert, replace or merge",
      "a.yaml:7:49 rules[4].fault.edited_stream.event: merge takes a mapping, found text",
      "a.yaml:11:16 rules[5].fault.edited_stream.event: expected text in one line: a line break would end the event",
      "a.yaml:12:35 rules[6].fault.edited_stream.do: unknown value "add". Known: insert, repeat, drop, replace, merge.",
    ]
  `);
});

test.each([
  [
    'edited_answer: {}',
    '{ stream: true }',
    'edited_answer changes only answers in one piece: the rule speaks of requests that stream',
  ],
  ['edited_answer: {}', '{ endpoint: files.content }', 'edited_answer never happens: answers of files.content are no JSON'],
  [
    'edited_answer: {}',
    '{ endpoint: responses.websocket }',
    'edited_answer never happens: it means nothing to the handshake of a WebSocket',
  ],
  ['edited_stream: {}', '{ stream: false }', 'edited_stream never happens: the rule speaks of requests that do not stream'],
  [
    'edited_stream: {}',
    '{ endpoint: embeddings }',
    'edited_stream never happens: the rule speaks of requests to embeddings, which are not answered by streams',
  ],
])('{ %s } in a rule with %s is refused', (fault, match, message) => {
  expect(faultProblems(fault, match).map((text) => text.replace(/^\S+: (?=edited)/, ''))).toEqual([
    expect.stringContaining(message),
  ]);
});

test.each([
  ['edited_answer: {}', '{ endpoint: models }'],
  ['edited_answer: {}', '{ endpoint: responses, dialect: azure }'],
  ['edited_stream: { at: usage, do: drop }', '{ endpoint: responses }'],
  ['edited_stream: { at: 3, do: insert, event: ": ping" }', '{ endpoint: completions, stream: true }'],
])('{ %s } in a rule with %s is good', (fault, match) => {
  expect(faultProblems(fault, match)).toEqual([]);
});

const plan = (text: string) => loadScenario({ file: 'a.yaml', text }, libraries);

test.each([
  ['edited_answer', 'edited_answer (takes /object out of it)'],
  [
    '{ edited_answer: { merge: { a: null }, remove: [/b, /c], legal: true } }',
    'edited_answer (merges {"a":null} into the answer, takes /b and /c out of it; legal)',
  ],
  ['edited_stream', 'edited_stream (sends the finish event twice)'],
  ['{ edited_stream: { at: last, do: insert, event: ": ping" } }', 'edited_stream (sends ": ping" behind the last event)'],
  [
    '{ edited_stream: { at: 2, do: merge, event: { id: "" }, legal: true } }',
    'edited_stream (merges {"id":""} into content event 2; legal)',
  ],
  ['{ edited_stream: { at: usage, do: drop } }', 'edited_stream (leaves out the usage event)'],
])('explain tells %s in words', (fault, words) => {
  const [rule] = plan(`rules: [{ fault: ${fault} }]`).plan.rules;
  expect(rule && explainRule(rule)).toBe(`every request: ${words}`);
});

test.each([
  ['{ content: Hi, continues: true }', 'every request: says "Hi", goes on where the request has the beginning of it'],
  ['{ match: { endpoint: embeddings }, dimensions: 3 }', 'requests to embeddings: prose, embeddings of 3 dimensions'],
  [
    '{ sequence: [{ content: a }, { echo: true, finish_reason: length }], per: conversation }',
    'every request, a step for each turn of a conversation: 1. says "a"  2. repeats the last user message, ends with length  then no more',
  ],
])('explain tells the reply %s in words', (reply, words) => {
  expect(explainReplies(plan(`replies: [${reply}]`).scenario)[0]).toBe(`1. ${words}`);
});

test('a reply behind a sequence can speak, but for one that begins again', () => {
  const warnings = (text: string) => plan(text).warnings.map(({ message }) => message);
  expect(warnings('replies: [{ sequence: [{ content: a }] }, { content: b }]')).toEqual([]);
  expect(warnings('replies: [{ sequence: [{ content: a }], repeat: true }, { content: b }]')).toEqual([
    expect.stringContaining('never speaks: reply 1 above it speaks of every request that it matches'),
  ]);
  expect(warnings('replies: [{ tool_call: { name: f } }, { match: { turn: 2 }, tool_call: { name: g } }]')).toEqual([]);
});
