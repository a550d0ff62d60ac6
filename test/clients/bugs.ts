import { answerBugs } from './bugs/answer-bugs.ts';
import { boundBugs } from './bugs/bound-bugs.ts';
import type { Bug } from './bugs/bug.ts';
import { hintBugs } from './bugs/hint-bugs.ts';
import { http2Bugs } from './bugs/http2-bugs.ts';
import { paceBugs } from './bugs/pace-bugs.ts';
import { targetBugs } from './bugs/target-bugs.ts';
import { waitBugs } from './bugs/wait-bugs.ts';

/** Clients with bugs that were reported of real ones. */
export const bugs: readonly Bug[] = [
  ...hintBugs,
  ...boundBugs,
  ...waitBugs,
  ...answerBugs,
  ...targetBugs,
  ...paceBugs,
  ...http2Bugs,
];
