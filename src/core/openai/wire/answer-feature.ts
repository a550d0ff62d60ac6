import type { StreamFeature } from './stream-grammar.ts';

/** What answers of some families have, and others do not: something that a model made up, calls of functions, events of some kinds. */
export type AnswerFeature = 'generated answer' | 'tool call' | StreamFeature;
