import { expect, test } from 'vitest';
import { chat, eventsOf } from '../../support/chat.ts';

test.each([
  [undefined, 'default'],
  ['auto', 'default'],
  ['default', 'default'],
  ['scale', 'default'],
  ['fast', 'priority'],
  ['flex', 'flex'],
  ['priority', 'priority'],
])('%s is served as %s, in every chunk too', (asked, served) => {
  const fields = asked === undefined ? {} : { service_tier: asked };
  expect(JSON.parse(chat(fields).text)).toMatchObject({ service_tier: served });
  for (const event of eventsOf(chat({ ...fields, stream: true }))) {
    expect(JSON.parse(event)).toMatchObject({ service_tier: served });
  }
});
