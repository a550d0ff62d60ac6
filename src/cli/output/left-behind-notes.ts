import { plural } from '../../core/text/plural.ts';

/** What is to be said of commands that left processes behind, which were ended. */
export function leftBehindNotes(commands: number): string[] {
  return commands === 0 ? [] : [`${plural(commands, 'command')} left processes behind; they were ended`];
}
