/*
 * One server in a process of its own. Tells its port, and what it has used whenever it is asked.
 */
import { subjects } from './subjects.mjs';

const [, , name] = process.argv;
const port = await subjects[name]();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuUs: user + system, rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit());
process.send({ port });
