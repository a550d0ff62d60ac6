/**
 * What a text of an error rests on: measured against api.openai.com, captured bytes, quoted in a public report, documented,
 * second-hand, or made after its siblings.
 */
export type Evidence = 'measured' | 'captured' | 'reported' | 'documented' | 'second-hand' | 'unverified';
