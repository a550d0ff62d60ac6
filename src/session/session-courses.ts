import type { JournalEntry } from '../core/journal/entry.ts';
import { type TimeCourse, timeCoursesOf } from '../core/plan/time-courses.ts';
import type { Session } from './session.ts';

/** What the plans of these sessions had in store until the last of the entries, on the clock of the journal. */
export function sessionCourses(sessions: readonly Session[], entries: readonly JournalEntry[]): TimeCourse[] {
  const last = entries.reduce((latest, { t_headers }) => Math.max(latest, t_headers), 0);
  return sessions.flatMap((session) => {
    const { clockStartedAt: startedAt, id, plan } = session;
    if (startedAt === undefined || last <= startedAt) return [];
    const name = sessions.length === 1 ? (own: string) => own : (own: string) => `${id}: ${own}`;
    return timeCoursesOf(plan, last - startedAt).map((course) => moved(course, startedAt, name(course.name)));
  });
}

function moved(course: TimeCourse, byMs: number, name: string): TimeCourse {
  return {
    ...course,
    name,
    pieces: course.pieces.map(({ from, to, ...piece }) => ({ ...piece, from: from + byMs, to: to + byMs })),
    nextAt: course.nextAt === undefined ? undefined : course.nextAt + byMs,
  };
}
