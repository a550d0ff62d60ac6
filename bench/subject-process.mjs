/*
 * A server that is not ours in a process of its own: prints its port.
 */
import { subjects } from './subjects.mjs';

const [, , name] = process.argv;
const port = await subjects[name].start();
process.stdout.write(`http://127.0.0.1:${port}\n`);
