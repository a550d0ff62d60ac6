import type { StreamFeature } from './stream-grammar.ts';

/**
 * What answers to some requests have, and others do not: something that a model made up, JSON, calls of functions, an event that tells
 * the usage, events of some kinds.
 */
export type AnswerFeature = 'generated answer' | 'JSON' | 'tool call' | 'usage event' | StreamFeature;
