/*
 * The program for as long as its parent lives: stdin ends with the process that holds its other end, however that dies.
 * Nobody waits for answers then, so requests get no time to finish.
 */
process.stdin.once('close', () => process.exit()).resume();
await import('./program/dist/cli/main.js');
