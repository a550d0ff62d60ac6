import {
  type ArrayRule,
  anyObject,
  type ObjectRule,
  type TaggedRule,
  type UnionRule,
  unreadObject,
} from '../../validation/rule.ts';
import { identifier } from './message-rules.ts';

const named: ObjectRule = { kind: 'object', fields: { name: identifier }, required: ['name'] };

/** Descriptions of functions end here (refused in public reports of 2024 and 2025; not in wire.md). */
const description = { kind: 'string', maxLength: 1024 } as const;

/** Looked at when all fields are good: `schemas.ts`. */
const schema: ObjectRule = unreadObject;

/** wire.md 400-16. */
export const tools: ArrayRule = {
  kind: 'array',
  minItems: 1,
  maxItems: 128,
  items: {
    kind: 'tagged',
    tag: 'type',
    variants: {
      function: {
        kind: 'object',
        fields: {
          function: {
            kind: 'object',
            fields: { name: identifier, description, parameters: schema, strict: { kind: 'boolean', nullable: true } },
            required: ['name'],
          },
        },
        required: ['function'],
      },
      custom: {
        kind: 'object',
        fields: {
          custom: { kind: 'object', fields: { name: identifier, description, format: anyObject }, required: ['name'] },
        },
        required: ['custom'],
      },
    },
  },
};

/** A name that no tool has is let through: wire.md does not tell what is said of it. */
export const toolChoice: UnionRule = {
  kind: 'union',
  options: [
    { kind: 'string', values: ['none', 'auto', 'required'] },
    {
      kind: 'tagged',
      tag: 'type',
      variants: {
        function: { kind: 'object', fields: { function: named }, required: ['function'] },
        allowed_tools: {
          kind: 'object',
          fields: {
            allowed_tools: {
              kind: 'object',
              fields: {
                mode: { kind: 'string', values: ['auto', 'required'] },
                tools: { kind: 'array', items: anyObject },
              },
              required: ['mode', 'tools'],
            },
          },
          required: ['allowed_tools'],
        },
        custom: { kind: 'object', fields: { custom: named }, required: ['custom'] },
      },
    },
  ],
};

/** Deprecated, as `function_call` is. */
export const functions: ArrayRule = {
  kind: 'array',
  minItems: 1,
  maxItems: 128,
  items: { kind: 'object', fields: { name: identifier, description, parameters: schema }, required: ['name'] },
};

export const functionCall: UnionRule = {
  kind: 'union',
  options: [{ kind: 'string', values: ['none', 'auto'] }, named],
};

/**
 * The types in the order in which the API names them. The schema is not optional, whatever the specification says. What null
 * means is not in wire.md: it is let through.
 */
export const responseFormat: TaggedRule = {
  kind: 'tagged',
  nullable: true,
  tag: 'type',
  variants: {
    json_object: { kind: 'object', fields: {} },
    json_schema: {
      kind: 'object',
      fields: {
        json_schema: {
          kind: 'object',
          fields: {
            name: identifier,
            description: { kind: 'string', nullable: true },
            schema,
            strict: { kind: 'boolean', nullable: true },
          },
          required: ['name', 'schema'],
        },
      },
      required: ['json_schema'],
    },
    text: { kind: 'object', fields: {} },
  },
};
