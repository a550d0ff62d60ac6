/**
 * What a value of a request has to be. The tables of this folder are made of rules; the validator reads them, and the
 * tests make valid and invalid requests from them.
 */
export type Rule = ScalarRule | ArrayRule | ObjectRule | TaggedRule | MapRule | UnionRule | InputRule;

interface Nullable {
  /** `null` is as good as leaving the field out. */
  readonly nullable?: boolean;
  /** What the value has to be, where the API says it otherwise than `expectedNoun`: `a metadata object`. */
  readonly expected?: string;
}

type ScalarRule = StringRule | NumberRule | BooleanRule;

export interface StringRule extends Nullable {
  readonly kind: 'string';
  /** In UTF-16 units. */
  readonly maxLength?: number;
  /** 1 refuses an empty text. */
  readonly minLength?: 1;
  /** What an id begins with. */
  readonly prefix?: string;
  /** As OpenAI prints it, and the same to be matched; linear in the text. */
  readonly pattern?: string;
  readonly values?: readonly string[];
  /** What is said of another value tells neither it nor those that are taken (wire-responses.md 6.4). */
  readonly quotesNothing?: boolean;
}

export interface NumberRule extends Nullable {
  readonly kind: 'integer' | 'decimal';
  readonly min?: number | bigint;
  readonly max?: number | bigint;
}

interface BooleanRule extends Nullable {
  readonly kind: 'boolean';
}

export interface ArrayRule extends Nullable {
  readonly kind: 'array';
  readonly items: Rule;
  /** 1 refuses an empty array. */
  readonly minItems?: 1;
  readonly maxItems?: number;
}

export interface ObjectRule extends Nullable {
  readonly kind: 'object';
  readonly fields: Readonly<Record<string, Rule>>;
  readonly required?: readonly string[];
  /** Fields that are not named are let through, unless they are nested beyond all sense; `unread`: those too. */
  readonly open?: boolean | 'unread';
}

/** An object with one field that tells what the others are. */
export interface TaggedRule extends Nullable {
  readonly kind: 'tagged';
  readonly tag: string;
  /** In the order in which OpenAI names them. The tag itself is not among the fields. */
  readonly variants: Readonly<Record<string, ObjectRule | TaggedRule>>;
  /** The variant of an object without the tag. Where there is none, the tag is required. */
  readonly usual?: string;
  /** An error about the tag names the object, not the tag. It quotes the tag; `mute`: an empty text in its place. */
  readonly blamesObject?: boolean | 'mute';
  /** All tags that the API knows, where this object may have fewer. An error about another of them names the object. */
  readonly known?: readonly string[];
}

/** An object whose keys the client makes up. */
export interface MapRule extends Nullable {
  readonly kind: 'map';
  readonly values: Rule;
  readonly maxProperties?: number;
  /** Of a key, in UTF-16 units. */
  readonly maxKeyLength?: number;
  /** What keys have to be, where not all are taken. */
  readonly keys?: 'integers';
}

/**
 * What is asked about where there are no messages: a text, a list of texts, and either content parts, or the ids of tokens
 * in one list or several. What is expected of it is told in our own words.
 */
export interface InputRule extends Nullable {
  readonly kind: 'input';
  readonly maxItems: number;
  /** The rule of a token id, or of a content part. */
  readonly entry: NumberRule | TaggedRule;
}

/** One of several, told apart by their JSON type. */
export interface UnionRule extends Nullable {
  readonly kind: 'union';
  readonly options: readonly (ScalarRule | ArrayRule | ObjectRule | TaggedRule)[];
}

/** An object about whose fields nothing is said. */
export const anyObject: ObjectRule = { kind: 'object', fields: {}, open: true };

/** An object that has checks of its own. */
export const unreadObject: ObjectRule = { kind: 'object', fields: {}, open: 'unread' };

/** What a value has to be, in OpenAI's words: `a string`, `an array of objects`, `one of a string or array of objects`. */
export function expectedNoun(rule: Rule): string {
  if (rule.expected !== undefined) return rule.expected;
  const noun = bareNoun(rule);
  if (rule.kind === 'union' || rule.kind === 'input') return `one of ${article(noun)} ${noun}`;
  return `${article(noun)} ${noun}`;
}

function bareNoun(rule: Rule): string {
  switch (rule.kind) {
    case 'tagged':
    case 'map':
      return 'object';
    case 'array':
      return `array of ${bareNoun(rule.items)}s`;
    case 'input':
      return 'string or array';
    case 'union':
      return rule.options.map(bareNoun).join(' or ');
    default:
      return rule.kind;
  }
}

function article(noun: string): string {
  return /^[aio]/.test(noun) ? 'an' : 'a';
}
