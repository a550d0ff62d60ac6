/*
 * A server that is not ours in a process of its own: prints its origin.
 */
import { subjects } from './subjects.mjs';

const [, , name] = process.argv;
const { start, scheme = 'http' } = subjects[name];
process.stdout.write(`${scheme}://127.0.0.1:${await start()}\n`);
