import { fileURLToPath } from 'node:url';

/** Folder of this package's programs, whose frames tell nobody anything. */
const OURS = new URL('../', import.meta.url).href;
const MAX_LENGTH = 1_000;

/** Place, source line and caret, as Node prints them before an error that nobody caught. */
const HEADER = /^(\S.*):(\d+)\n.*\n *\^+ *\n/gm;
/** The first line of an error whose header is lost. */
const TITLE = /^(?:Uncaught )?\w*(?:Error|Exception)\b.*$/gm;
const FRAME = /^ {4}at (?:.* \()?(.+?):(\d+):\d+\)?$/gm;

/**
 * The error that ended a process of Node, by what it wrote to stderr, in one line: `Error: late (/app/client.mjs:2)`.
 * Undefined where it wrote of none.
 */
export function uncaughtError(stderr: string): string | undefined {
  const header = [...stderr.matchAll(HEADER)].at(-1);
  const start = header === undefined ? [...stderr.matchAll(TITLE)].at(-1)?.index : header.index + header[0].length;
  if (start === undefined) return undefined;
  const rest = stderr.slice(start);
  const [text = ''] = rest.split(/\n {4}at |\n\(Use `node|\n+Node\.js v/, 1);
  const lines = text.split('\n').map((line) => line.trim());
  const message = lines.filter((line) => line !== '').join(' ');
  const places = [header, ...rest.matchAll(FRAME)].flatMap((match) => (match === undefined ? [] : placeOf(match)));
  return `${message.slice(0, MAX_LENGTH)}${places[0] === undefined ? '' : ` (${places[0]})`}`;
}

/** `/app/client.mjs:2`, unless it is within Node or this package. */
function placeOf([, file = '', line]: RegExpMatchArray): string[] {
  if (file.startsWith('node:') || file.startsWith(OURS) || !/[\\/]/.test(file)) return [];
  return [`${file.startsWith('file:') ? fileURLToPath(file) : file}:${line}`];
}
