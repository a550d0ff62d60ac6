import {
  type ArrayRule,
  anyObject,
  type ObjectRule,
  type Rule,
  type StringRule,
  type TaggedRule,
  type UnionRule,
  unreadObject,
} from '../../validation/rule.ts';

/** The name of a function, a tool or a schema: the refusal is in public reports of both APIs. */
const identifier: StringRule = { kind: 'string', maxLength: 64, pattern: '^[a-zA-Z0-9_-]+$' };

const string: StringRule = { kind: 'string' };

/** Fields that are not named are let through: no report shows them refused, and clients send more than is documented. */
const open = (fields: Readonly<Record<string, Rule>>, required: readonly string[] = []): ObjectRule => ({
  kind: 'object',
  fields,
  required,
  open: true,
});

const named = open({ name: identifier }, ['name']);

/**
 * The tools. `type` and `name` are asked for as measured, of tools in the shape of chat completions, too. The types are
 * those of openai-node: the list that the API prints is not known. Schemas are looked at when all fields are good.
 */
export const tools: ArrayRule = {
  kind: 'array',
  expected: 'an array of tools',
  maxItems: 128,
  items: {
    kind: 'tagged',
    tag: 'type',
    variants: {
      function: open({ name: identifier, description: string, parameters: unreadObject, strict: { kind: 'boolean' } }, ['name']),
      file_search: open({ vector_store_ids: { kind: 'array', items: string } }),
      computer: anyObject,
      computer_use_preview: anyObject,
      web_search: anyObject,
      web_search_2025_08_26: anyObject,
      web_search_preview: anyObject,
      web_search_preview_2025_03_11: anyObject,
      mcp: open({ server_label: string }),
      code_interpreter: anyObject,
      programmatic_tool_calling: anyObject,
      image_generation: anyObject,
      local_shell: anyObject,
      shell: anyObject,
      custom: open({ name: identifier, description: string, format: anyObject }, ['name']),
      namespace: open({ name: string, tools: { kind: 'array', items: anyObject } }),
      tool_search: anyObject,
      apply_patch: anyObject,
    },
  },
};

/** A name that no tool has is let through: what is said of it is not known. */
export const toolChoice: UnionRule = {
  kind: 'union',
  expected: "one of an object or 'none', 'auto', or 'required'",
  options: [
    { kind: 'string', values: ['none', 'auto', 'required'] },
    {
      kind: 'tagged',
      tag: 'type',
      variants: {
        function: named,
        custom: named,
        allowed_tools: open({
          mode: { kind: 'string', values: ['auto', 'required'] },
          tools: { kind: 'array', items: anyObject },
        }),
        mcp: open({ server_label: string }),
        file_search: anyObject,
        web_search: anyObject,
        web_search_2025_08_26: anyObject,
        web_search_preview: anyObject,
        web_search_preview_2025_03_11: anyObject,
        computer: anyObject,
        computer_use: anyObject,
        computer_use_preview: anyObject,
        code_interpreter: anyObject,
        image_generation: anyObject,
        apply_patch: anyObject,
        shell: anyObject,
        programmatic_tool_calling: anyObject,
      },
    },
  ],
};

/** How the text has to look. The types in the order of the error, which is not that of chat completions. */
const format: TaggedRule = {
  kind: 'tagged',
  tag: 'type',
  variants: {
    json_object: anyObject,
    text: anyObject,
    json_schema: open({ name: identifier, description: string, schema: unreadObject, strict: { kind: 'boolean' } }, [
      'name',
      'schema',
    ]),
  },
};

export const text: ObjectRule = {
  kind: 'object',
  fields: { format, verbosity: { kind: 'string', values: ['low', 'medium', 'high'] } },
};
