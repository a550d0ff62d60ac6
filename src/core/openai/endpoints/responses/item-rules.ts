import {
  type ArrayRule,
  anyObject,
  type ObjectRule,
  type Rule,
  type StringRule,
  type TaggedRule,
} from '../../validation/rule.ts';

/** wire.md 400-15. In UTF-16 units. */
export const MAX_INPUT_LENGTH = 10_485_760;

const text: StringRule = { kind: 'string', maxLength: MAX_INPUT_LENGTH };
const id: StringRule = { kind: 'string' };
/** wire-responses.md 5.2, "empty call_id". */
const callId: StringRule = { kind: 'string', minLength: 1 };

/** Ids of items begin with the letters of their type (wire-responses.md 5.2, "wrong id prefix"). */
const idOf = (prefix: string): StringRule => ({ kind: 'string', prefix });

/** Fields that a part does not have are let through: no report shows them refused. */
const part = (fields: Readonly<Record<string, Rule>>, required: readonly string[] = []): ObjectRule => ({
  kind: 'object',
  fields,
  required,
  open: true,
});

const inputText = part({ text }, ['text']);
const inputImage = part({ image_url: id, file_id: id, detail: { kind: 'string', values: ['low', 'high', 'auto', 'original'] } });
const inputAudio = part({ input_audio: anyObject }, ['input_audio']);
const inputFile = part({ file_id: id, file_data: id, file_url: id, filename: id });

/** Measured: what a part may be at all, in the order of the error. */
const PARTS: readonly string[] = [
  'input_text',
  'input_image',
  'input_audio',
  'output_text',
  'refusal',
  'input_file',
  'computer_screenshot',
  'summary_text',
  'encrypted_content',
];

/** Measured: what a part of the user may be, in the order of the error. Of `scoped_content` no more is known than its name. */
const userPart: TaggedRule = {
  kind: 'tagged',
  tag: 'type',
  known: PARTS,
  variants: {
    input_text: inputText,
    input_image: inputImage,
    input_file: inputFile,
    scoped_content: anyObject,
    input_audio: inputAudio,
  },
};

/** Measured: what a part of the assistant may be. */
const assistantPart: TaggedRule = {
  kind: 'tagged',
  tag: 'type',
  known: PARTS,
  variants: { output_text: part({ text }, ['text']), refusal: part({ refusal: text }, ['refusal']) },
};

/**
 * A message. Codex sends the ids of messages as `msg_<uuid>`, and with `client_metadata` two more fields
 * (wire-responses.md 2.4, 10).
 */
const said = (content: TaggedRule, more: Readonly<Record<string, Rule>> = {}): ObjectRule => ({
  kind: 'object',
  fields: {
    id: idOf('msg'),
    status: { kind: 'string', values: ['in_progress', 'completed', 'incomplete'] },
    content: { kind: 'union', options: [text, { kind: 'array', items: content }] },
    internal_chat_message_metadata_passthrough: anyObject,
    metadata: anyObject,
    ...more,
  },
  required: ['content'],
});

/** Measured: the roles in the order of the error. Only what the assistant said has a phase. */
const message: TaggedRule = {
  kind: 'tagged',
  tag: 'role',
  blamesObject: 'mute',
  variants: {
    assistant: said(assistantPart, { phase: { kind: 'string', values: ['commentary', 'final_answer'] } }),
    system: said(userPart),
    developer: said(userPart),
    user: said(userPart),
  },
};

/** Fields that an item does not have are let through, unless it is a message: no report shows them refused. */
const item = (fields: Readonly<Record<string, Rule>>, required: readonly string[] = []): ObjectRule => part(fields, required);

/** What a tool said: text, or parts of one. */
const output: Rule = { kind: 'union', options: [text, { kind: 'array', items: anyObject }] };

/** Measured: the types in the order of the error, those that have an output with it behind them. */
const inputItem: TaggedRule = {
  kind: 'tagged',
  tag: 'type',
  usual: 'message',
  blamesObject: true,
  expected: 'an input item',
  variants: {
    additional_tools: anyObject,
    agent_message: anyObject,
    apply_patch_call: item({ call_id: callId }),
    apply_patch_call_output: item({ call_id: callId }),
    code_interpreter_call: anyObject,
    compaction: item({ encrypted_content: text }, ['encrypted_content']),
    compaction_trigger: anyObject,
    computer_call: item({ call_id: callId }),
    computer_call_output: item({ call_id: callId }),
    custom_tool_call: item({ id: idOf('ctc'), call_id: callId, name: id, input: text }, ['call_id', 'name', 'input']),
    custom_tool_call_output: item({ call_id: callId, output }, ['call_id', 'output']),
    file_search_call: item({ id: idOf('fs') }),
    function_call: item({ id: idOf('fc'), call_id: callId, name: id, arguments: text }, ['call_id', 'name', 'arguments']),
    function_call_output: item({ call_id: callId, output }, ['call_id', 'output']),
    image_generation_call: item({ id: idOf('ig') }),
    item_reference: item({ id }, ['id']),
    local_shell_call: item({ call_id: callId }),
    local_shell_call_output: anyObject,
    mcp_approval_request: anyObject,
    mcp_approval_response: anyObject,
    mcp_call: anyObject,
    mcp_list_tools: anyObject,
    message,
    multi_agent_call: anyObject,
    multi_agent_call_output: anyObject,
    program: anyObject,
    program_output: anyObject,
    reasoning: item({ id: idOf('rs'), summary: { kind: 'array', items: anyObject }, encrypted_content: text }, ['summary']),
    shell_call: item({ call_id: callId }),
    shell_call_output: item({ call_id: callId }),
    tool_search_call: anyObject,
    tool_search_output: anyObject,
    web_search_call: item({ id: idOf('ws') }),
  },
};

/** The items of `input`. That there are none is found later (wire-responses.md 5.1). */
export const inputItems: ArrayRule = { kind: 'array', items: inputItem };
