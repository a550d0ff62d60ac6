import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MAIN, startCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Asks for the list of models so often, which fills the pipes of any system. */
async function ask(origin: string, times: number): Promise<void> {
  for (let at = 0; at < times; at++)
    await (await fetch(`${origin}/models`, { headers: { authorization: 'Bearer sk-any' } })).arrayBuffer();
}

test.each(['--json', '--verbose'])('serve %s whose output nobody reads is ended by one signal', async (flag) => {
  const running = await startCli(['serve', '--port', '0', flag]);
  const origin = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(running.firstLine)?.[0] ?? expect.unreachable();
  running.process.stdout?.pause();
  running.process.stderr?.pause();
  await ask(origin, 1_200);
  const ended = new Promise((resolve) => running.process.once('exit', resolve));
  running.process.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test.runIf(process.platform === 'linux')(
  'a journal that is a pipe without a reader holds up neither answers nor the end',
  async () => {
    const folder = tempFolder();
    const pipe = join(folder, 'journal');
    execFileSync('mkfifo', [pipe]);
    const running = await startCli(['serve', '--port', '0', '--journal', pipe]);
    await ask(running.firstLine, 150);
    expect((await running.stop()).code).toBe(0);
  },
);

test.runIf(process.platform === 'linux')('a journal that is a pipe is read as it grows', async () => {
  const folder = tempFolder();
  const [pipe, copy] = [join(folder, 'journal'), join(folder, 'copy')];
  execFileSync('mkfifo', [pipe]);
  const running = await startCli(['serve', '--port', '0', '--journal', pipe]);
  execFileSync('/bin/sh', ['-c', 'cat "$0" > "$1" 2>/dev/null &', pipe, copy], { stdio: 'ignore' });
  await ask(running.firstLine, 120);
  await expect.poll(() => readFileSync(copy, 'utf8').split('\n').length).toBe(121);
  expect((await running.stop()).code).toBe(0);
});

test.runIf(existsSync('/dev/full'))('output that cannot be written is told, without a stack trace', () => {
  const script = `"$0" "$1" rules --json > /dev/full`;
  const { status, stderr } = spawnSync('/bin/sh', ['-c', script, process.execPath, MAIN], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 3, stderr: 'error: cannot write to stdout: no space left on the device\n' });
});
