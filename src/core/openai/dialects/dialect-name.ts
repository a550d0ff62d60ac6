/** The services whose ways to speak are known. */
export const DIALECT_NAMES = ['openai', 'azure'] as const;

export type DialectName = (typeof DIALECT_NAMES)[number];
