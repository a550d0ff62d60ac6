import { describe } from 'vitest';
import { keepsTime } from '../support/replicas/keeps-time.ts';
import { sharedWorkers } from '../support/start-workers.ts';

const under = sharedWorkers();

describe('two workers', () => keepsTime(under));
