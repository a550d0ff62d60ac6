/** Headers of the API service that answers of the Responses API lack (wire-responses.md 1.1). */
export const WITHOUT: readonly string[] = ['x-openai-proxy-wasm'];
