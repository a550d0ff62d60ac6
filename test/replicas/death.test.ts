import { describe, expect, onTestFinished, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { NEEDS_STORE, STORE_PROGRAM, type Store, startStore } from '../support/replicas/start-store.ts';
import { type CliResult, type RunningServer, runCli, startCli } from '../support/run-cli.ts';
import { postChat } from '../support/start-mock.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SCENARIO = `
rules:
  - { match: { prompt: wait }, fault: { hang: { for: 60s } } }
  - { every: 3, fault: server_error }
`;

type Replica = RunningServer & { readonly firstLine: string };

async function store(): Promise<Store> {
  const started = await startStore();
  onTestFinished(() => started.remove());
  return started;
}

function replica({ url }: Store, cwd: string, ...args: readonly string[]): Promise<Replica> {
  return startCli(['--port', '0', '--scenario', 'scenario.yaml', '--store', url, ...args], cwd);
}

function ask({ firstLine: baseURL }: Replica, content: string): Promise<Response> {
  return postChat({ baseURL, apiKey: 'sk-x' }, { messages: [{ role: 'user', content }] });
}

async function journalOf({ firstLine }: Replica): Promise<JournalEntry[]> {
  const response = await fetch(`${new URL(firstLine).origin}/__admin/journal`);
  return ((await response.json()) as { entries: JournalEntry[] }).entries;
}

describe.skipIf(STORE_PROGRAM === undefined)(`replicas that come and go${NEEDS_STORE}`, () => {
  test('one that is killed leaves what it had under way as cut, within ten seconds, and one that is added knows all', async () => {
    const at = await store();
    const cwd = tempFolder({ 'scenario.yaml': SCENARIO });
    const [first, second] = await Promise.all([replica(at, cwd), replica(at, cwd)]);
    expect((await ask(first, 'one')).status).toBe(200);
    const hanging = ask(first, 'wait').then(
      () => 'answered',
      () => 'broken',
    );
    await expect.poll(async () => (await journalOf(second)).length).toBe(2);
    first.process.kill('SIGKILL');
    const killedAt = performance.now();
    expect(await hanging).toBe('broken');
    expect((await ask(second, 'two')).status).toBe(200);
    await expect.poll(async () => (await journalOf(second))[1]?.closedHow).toBe('reset');
    expect(performance.now() - killedAt).toBeLessThan(10_000);
    const added = await replica(at, cwd);
    expect((await ask(added, 'three')).status).toBe(500);
    const journal = await journalOf(added);
    expect(journal.map(({ status, closedBy }) => [status, closedBy])).toEqual([
      [200, null],
      [null, 'server'],
      [200, null],
      [500, null],
    ]);
    expect(await journalOf(second)).toEqual(journal);
  });

  test('one that is told to stop finishes its requests, and the others need no time to know that it is gone', async () => {
    const at = await store();
    const cwd = tempFolder({ 'scenario.yaml': 'latency: { ttft: 700ms }' });
    const [first, second] = await Promise.all([replica(at, cwd), replica(at, cwd)]);
    const answer = ask(first, 'slow');
    await expect.poll(async () => (await journalOf(second)).length).toBe(1);
    const stopped = first.stop();
    expect((await answer).status).toBe(200);
    expect((await stopped).code).toBe(0);
    const fields = await at.command('HKEYS', 'mock-openai:{world}:state');
    expect(fields.split('\n').filter((field) => field.startsWith('r:'))).toHaveLength(1);
    expect((await journalOf(second))[0]).toMatchObject({ status: 200, closedBy: null });
  });

  test('an edit of the scenario that one of them sees is in force in all', async () => {
    const at = await store();
    const folders = [tempFolder({ 'scenario.yaml': SCENARIO }), tempFolder({ 'scenario.yaml': SCENARIO })];
    const [first, second] = await Promise.all(folders.map((cwd) => replica(at, cwd)));
    if (first === undefined || second === undefined) throw new Error('two were started');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${folders[0]}/scenario.yaml`, 'rules: [ { fault: overloaded } ]');
    await first.printed('reloaded');
    await expect.poll(async () => (await ask(second, 'anything')).status).toBe(503);
  });

  test('those whose store was emptied begin anew at their addresses, as one mock, and say so', { timeout: 30_000 }, async () => {
    const at = await store();
    const cwd = tempFolder({ 'scenario.yaml': SCENARIO });
    const replicas = await Promise.all([replica(at, cwd, '--admin-port', '0'), replica(at, cwd)]);
    const [first, second] = replicas;
    for (const each of replicas) expect((await ask(each, 'before')).status).toBe(200);
    await at.command('FLUSHALL');
    for (const each of replicas) await each.printed('This replica joins the others anew.');
    const status = async (each: Replica, content: string) =>
      ask(each, content).then(
        (answer) => answer.status,
        () => 0,
      );
    // Its first requests tell when it is there: they are the first of the new run.
    await expect.poll(() => status(first, 'one'), { timeout: 10_000 }).toBe(200);
    await expect.poll(() => status(second, 'two'), { timeout: 10_000 }).toBe(200);
    expect(await status(first, 'three')).toBe(500);
    expect((await journalOf(second)).length).toBe(3);
    expect(first.output.stderr).toContain('the store has lost what was decided');
    expect((await first.stop()).code).toBe(0);
    expect((await second.stop()).code).toBe(0);
  });

  test('what cannot be shared is refused in a sentence, before anything is started', async () => {
    const told = async (...args: string[]): Promise<CliResult> => runCli(['--port', '0', ...args]);
    expect(await told('--store', 'redis://127.0.0.1:9')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^error: the store at redis:\/\/127\.0\.0\.1:9 cannot be reached: .*\n$/),
    });
    expect(await told('--store', 'redis://127.0.0.1:9', '--workers', '2')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--workers and --store exclude each other'),
    });
    expect(await told('--store', '127.0.0.1:6379')).toMatchObject({ code: 2, stderr: expect.stringContaining('redis://') });
  });
});
