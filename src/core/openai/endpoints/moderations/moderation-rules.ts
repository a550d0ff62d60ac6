import { anyObject, type ObjectRule, type Rule, type TaggedRule } from '../../validation/rule.ts';

/** A content part (OpenAI's API reference). Fields that it does not have are let through, as in chat. */
const part: TaggedRule = {
  kind: 'tagged',
  tag: 'type',
  variants: {
    text: { kind: 'object', fields: { text: { kind: 'string' } }, required: ['text'], open: true },
    image_url: {
      kind: 'object',
      fields: { image_url: { ...anyObject, fields: { url: { kind: 'string' } }, required: ['url'] } },
      required: ['image_url'],
      open: true,
    },
  },
};

/** Every field of a moderation request (wire.md 5). How many inputs it may have is our own bound. */
const fields: Readonly<Record<string, Rule>> = {
  model: { kind: 'string' },
  input: { kind: 'input', maxItems: 2_048, entry: part },
};

/** A moderation request. */
export const moderationRules: ObjectRule = { kind: 'object', fields, required: ['input'] };
