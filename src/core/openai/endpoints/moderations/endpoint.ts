import { inputPrompt } from '../../request/prompt.ts';
import { defineEndpoint } from '../endpoint.ts';
import { moderationsError } from './moderations-error.ts';
import { moderationsReply } from './moderations-reply.ts';

/** `POST /v1/moderations`. */
export const moderations = defineEndpoint({
  name: 'moderations',
  path: '/v1/moderations',
  gateway: false,
  limited: false,
  defaultModel: 'omni-moderation-latest',
  prompt: inputPrompt('input'),
  validate: moderationsError,
  usual: { model: 'omni-moderation-latest', input: '' },
  reply: moderationsReply,
});
