import type { ClientModule } from './client-call.ts';
import { commandDriver } from './command-driver.ts';
import { guardGroups } from './group-guard.ts';
import { importClient } from './import-client.ts';
import { CALL, type ClientSource, ORIGIN } from './load-message.ts';
import { takesTargets } from './takes-targets.ts';

/** A client that a process can call, and how to end what it started. */
export interface LoadClient {
  readonly client: ClientModule;
  close(): Promise<void>;
}

/** Loads the client of a source. `onLeftBehind` is told of each command that left processes behind. Throws what its import throws, or a ClientError that says what is wrong with it. */
export async function loadClient(source: ClientSource, onLeftBehind: () => void): Promise<LoadClient> {
  if ('command' in source) return await commandClient(source, onLeftBehind);
  const client = await importClient(source.module);
  const hasTargets = await takesTargets(source.module);
  return {
    // A client that does not say that it takes several targets is given none.
    client: hasTargets ? client : ({ targets: _targets, ...call }) => client(call),
    close: async () => undefined,
  };
}

async function commandClient(
  { command, environment }: Extract<ClientSource, { command: string }>,
  onLeftBehind: () => void,
): Promise<LoadClient> {
  const guard = await guardGroups();
  const driver = commandDriver({
    command,
    environment: ({ baseURL, prompt, callId }) => {
      const origin = baseURL.replace(/\/v1$/, '');
      const variables = Object.entries(environment).map(
        ([name, value]) => [name, value?.replaceAll(ORIGIN, origin).replaceAll(CALL, callId)] as const,
      );
      return { ...Object.fromEntries(variables), MOCK_OPENAI_PROMPT: prompt, MOCK_OPENAI_STREAM: '', MOCK_OPENAI_CALL: callId };
    },
    onGroup: guard.note,
    onLeftBehind,
  });
  return {
    client: ({ signal, ...call }) => {
      const running = driver.start(call, 0);
      signal.addEventListener('abort', () => running.abort());
      return running.answer;
    },
    async close() {
      await driver.close();
      guard.close();
    },
  };
}
