import {
  type ArrayRule,
  anyObject,
  type ObjectRule,
  type Rule,
  type StringRule,
  type TaggedRule,
  type UnionRule,
} from '../../validation/rule.ts';

/** wire.md 400-15. In UTF-16 units. */
const MAX_TEXT_LENGTH = 1_048_576;
/** Longest id of a tool call, as the API refuses longer ones (not in wire.md). */
const MAX_CALL_ID_LENGTH = 40;

export const text: StringRule = { kind: 'string', maxLength: MAX_TEXT_LENGTH };

/** The name of a function, a tool or a schema: openai-python and many clients quote the refusal with this pattern. */
export const identifier: StringRule = { kind: 'string', maxLength: 64, pattern: '^[a-zA-Z0-9_-]+$' };

const callId: StringRule = { kind: 'string', maxLength: MAX_CALL_ID_LENGTH };

/** Participants; the pattern is what the API prints (not in wire.md). */
const participant: StringRule = { kind: 'string', maxLength: 64, pattern: '^[^\\s<|\\\\/>]+$' };

const breakpoint = { prompt_cache_breakpoint: anyObject };

/** Every content part, of any role (wire.md 400-3, 400-29). */
export const contentPart: TaggedRule = {
  kind: 'tagged',
  tag: 'type',
  variants: {
    text: { kind: 'object', fields: { text, ...breakpoint }, required: ['text'], open: true },
    image_url: {
      kind: 'object',
      fields: {
        image_url: {
          kind: 'object',
          // What null means here is not in wire.md: it is let through.
          fields: {
            url: { kind: 'string' },
            detail: { kind: 'string', values: ['auto', 'low', 'high', 'original'], nullable: true },
          },
          required: ['url'],
          open: true,
        },
        ...breakpoint,
      },
      required: ['image_url'],
      open: true,
    },
    input_audio: {
      kind: 'object',
      fields: {
        input_audio: {
          kind: 'object',
          fields: { data: { kind: 'string' }, format: { kind: 'string', values: ['wav', 'mp3'] } },
          required: ['data', 'format'],
        },
        ...breakpoint,
      },
      required: ['input_audio'],
      open: true,
    },
    refusal: { kind: 'object', fields: { refusal: text }, required: ['refusal'], open: true },
    audio: { kind: 'object', fields: {}, open: true },
    file: { kind: 'object', fields: { file: anyObject, ...breakpoint }, required: ['file'], open: true },
  },
};

const content: UnionRule = {
  kind: 'union',
  options: [text, { kind: 'array', items: contentPart, minItems: 1 }],
  nullable: true,
};

const toolCall: TaggedRule = {
  kind: 'tagged',
  tag: 'type',
  variants: {
    function: call('function', { name: identifier, arguments: text }),
    custom: call('custom', { name: identifier, input: text }),
  },
};

function call(type: string, fields: Readonly<Record<string, Rule>>): ObjectRule {
  return {
    kind: 'object',
    fields: { id: callId, [type]: { kind: 'object', fields, required: Object.keys(fields), open: true } },
    required: ['id', type],
    open: true,
  };
}

function said(fields: Readonly<Record<string, Rule>>, required: readonly string[]): ObjectRule {
  return { kind: 'object', fields: { content, ...fields }, required, open: true };
}

const message: TaggedRule = {
  kind: 'tagged',
  tag: 'role',
  variants: {
    system: said({ name: participant }, ['content']),
    assistant: said(
      {
        name: participant,
        refusal: { kind: 'string', nullable: true },
        audio: { ...anyObject, nullable: true },
        tool_calls: { kind: 'array', items: toolCall, minItems: 1, maxItems: 128 },
        function_call: {
          kind: 'object',
          fields: { name: identifier, arguments: text },
          required: ['name', 'arguments'],
          open: true,
          nullable: true,
        },
      },
      [],
    ),
    user: said({ name: participant }, ['content']),
    function: said({ name: identifier }, ['content', 'name']),
    tool: said({ tool_call_id: callId }, ['content', 'tool_call_id']),
    developer: said({ name: participant }, ['content']),
  },
};

/**
 * The messages of a chat request, the roles in the order of wire.md 400-7 with `developer` behind. Fields that a message
 * or a content part does not have are let through: no capture shows them refused.
 */
export const messages: ArrayRule = { kind: 'array', items: message, minItems: 1 };
