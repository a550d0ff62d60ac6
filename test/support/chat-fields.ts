/* Fields of chat requests. */

export const user = (content: unknown) => ({ role: 'user', content });
export const calling = (...ids: string[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
});
export const answering = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'done' });
export const HELLO = user('Hello');
export const messages = (...list: unknown[]) => ({ messages: list });
export const tool = (definition: object) => ({ type: 'function', function: { name: 'f', ...definition } });
export const TOOLS = { tools: [tool({})] };
export const parts = (...list: object[]) => messages(user(list));
