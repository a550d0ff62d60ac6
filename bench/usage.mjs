/*
 * Loaded before a server: tells what its process has used whenever it is asked, and ends it with whoever asks.
 */
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuUs: user + system, rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit());
