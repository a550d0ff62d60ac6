/* The program for as long as its parent lives: stdin ends with the process that holds its other end, however that dies. */
process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM')).resume();
await import('./program/dist/cli/main.js');
