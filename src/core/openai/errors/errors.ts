/*
 * What OpenAI answers when it does not answer: one function an error, the row of wire.md above each. Natural errors
 * and faults both come from here. The files divide by who finds the error.
 */

export { maskKey } from '../request/mask-key.ts';
export * from './errors-access.ts';
export * from './errors-edge.ts';
export * from './errors-endpoint.ts';
export * from './errors-files.ts';
export * from './errors-image.ts';
export * from './errors-inputs.ts';
export * from './errors-parameters.ts';
export * from './errors-quota.ts';
export * from './errors-request.ts';
export * from './errors-responses.ts';
export * from './errors-server.ts';
export * from './errors-socket.ts';
