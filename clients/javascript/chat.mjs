/** What clients of plain HTTP ask. */
export const body = (prompt) => ({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] });
export const headers = (apiKey) => ({ authorization: `Bearer ${apiKey}` });
export const textOf = (completion) => ({ ok: true, text: completion.choices[0].message.content });
/** They read no streams: a probe that asks for one is told so. */
export const unlessStream = (call) => (given) => (given.stream ? { ok: false, error: 'it reads no streams' } : call(given));
