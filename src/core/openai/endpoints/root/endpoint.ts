import { defineEndpoint } from '../endpoint.ts';
import { rootReply } from './root-reply.ts';

/** `GET /`. */
export const root = defineEndpoint({
  name: 'root',
  method: 'GET',
  path: '/',
  authenticated: false,
  startsClock: false,
  reply: rootReply,
});
