/** What drivers have clients ask. Long enough that a stream has some chunks. */
export const PROMPT = 'Say a few sentences about waiting.';
