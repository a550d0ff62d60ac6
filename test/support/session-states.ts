import { deserialize, serialize } from 'node:v8';
import { ConnectionNumbers } from '../../src/cluster/connection-numbers.ts';
import { DecisionService } from '../../src/cluster/decision-service.ts';
import type { FromWorker, ToWorker } from '../../src/cluster/messages.ts';
import { pack, unpack } from '../../src/cluster/packing.ts';
import { PlanRegistry } from '../../src/cluster/plan-registry.ts';
import { PrimaryClient } from '../../src/cluster/primary-client.ts';
import { RemoteEngine } from '../../src/cluster/remote-engine.ts';
import { RemoteState } from '../../src/cluster/remote-state.ts';
import { workerWaits } from '../../src/cluster/worker-waits.ts';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import type { Incoming } from '../../src/exchange/incoming.ts';
import { libraries } from '../../src/libraries.ts';
import { loadScenario } from '../../src/scenario-files/load-scenario.ts';
import { Engine } from '../../src/session/engine.ts';
import type { ServedSession } from '../../src/session/served-session.ts';
import type { Session } from '../../src/session/session.ts';
import type { SessionState } from '../../src/session/state/session-state.ts';
import { type FakeClock, fakeClock } from './reply-context.ts';

/** A session, and the port to its state. */
export interface StateWorld {
  readonly clock: FakeClock;
  /** The session in the process that keeps it. */
  readonly session: Session;
  readonly state: SessionState;
  /** Reads requests where the port is. */
  readonly reader: Pick<ServedSession, 'prepare'>;
  /** Resolves when all that was told is known everywhere. */
  settled(): Promise<void>;
}

/** The state in the same process. */
export function inMemory(scenario: ScenarioInput): StateWorld {
  const { engine, clock } = engineOf(scenario);
  const session = engine.defaultSession;
  return { clock, session, state: session.state, reader: session, settled: () => Promise.resolve() };
}

/** The state as a worker sees it. Messages travel as they do between processes, but without a process. */
export function overMessages(scenario: ScenarioInput): StateWorld {
  const { engine, clock } = engineOf(scenario);
  const plans = new PlanRegistry(engine);
  const tell = (message: ToWorker) => void setImmediate(() => hear(travelled(message)));
  const service = new DecisionService({
    engine,
    plans,
    connections: new ConnectionNumbers(),
    desks: new Set(),
    tell,
    onFailure: (error) => {
      throw error;
    },
    waits: workerWaits(() => Promise.resolve()),
  });
  const client = new PrimaryClient((batch) => {
    for (const message of batch) setImmediate(() => service.handle(travelled(message) as never));
  });
  const remote = new RemoteEngine({ clock, libraries, line: client });
  const hear = (message: ToWorker) => {
    if (message.kind === 'plan') remote.learn(message);
    else client.answered(message as never);
  };
  plans.allNews().forEach(hear);
  engine.onPlan((id, session) => tell(plans.updateFor(id, session)));
  const session = engine.defaultSession;
  const state = new RemoteState(session.id, { client, isClosed: () => false, plan: () => session.plan });
  return { clock, session, state, reader: remote.defaultSession, settled };
}

/** A chat completion without a body yet to come, as it came off a connection of its own. */
export function chatRequest(at: number, connection = 1): Incoming {
  return {
    method: 'POST',
    target: '/v1/chat/completions',
    headers: { authorization: 'Bearer sk-x', 'content-type': 'application/json' },
    body: Buffer.from('{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}'),
    oversized: false,
    connection: { id: connection, acceptedAt: at, requests: 1, remotePort: null },
    headersAt: at,
    bodyEndAt: at,
  };
}

function engineOf(scenario: ScenarioInput): { readonly engine: Engine; readonly clock: FakeClock } {
  const clock = fakeClock();
  return {
    clock,
    engine: new Engine({ scenario: loadScenario({ file: 'scenario', data: scenario }, libraries), clock, libraries }),
  };
}

function travelled<Message extends FromWorker | ToWorker>(message: Message): Message {
  return unpack<Message>(deserialize(serialize(pack(message))));
}

/** A question, its answer, and what follows from it each take a few turns. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}
