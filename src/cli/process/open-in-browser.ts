import { spawn } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/** Opens an address in the browser of the user: that of BROWSER, else of the system. `failed` is told when there is none. */
export function openInBrowser(url: string, environment: Environment, failed: () => void): void {
  const [program, ...args] = opener(environment);
  const child = spawn(program, [...args, url], { detached: true, stdio: 'ignore' });
  child.once('error', failed);
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) failed();
  });
  child.unref();
}

function opener({ BROWSER: browser = '' }: Environment): [string, ...string[]] {
  if (browser !== '') return [browser];
  if (process.platform === 'darwin') return ['open'];
  // The first word in quotes would be taken for the title of a window.
  if (process.platform === 'win32') return ['cmd', '/c', 'start', ''];
  return ['xdg-open'];
}
