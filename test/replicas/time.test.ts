import { describe } from 'vitest';
import { keepsTime } from '../support/replicas/keeps-time.ts';
import { sharedReplicas } from '../support/replicas/start-replicas.ts';
import { NEEDS_STORE, STORE_PROGRAM } from '../support/replicas/start-store.ts';

const under = sharedReplicas(2);

describe.skipIf(STORE_PROGRAM === undefined)(`two replicas at one store${NEEDS_STORE}`, () => keepsTime(under));
