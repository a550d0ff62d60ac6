import type { Clock } from '../core/clock.ts';
import { faultsByName as faults } from '../core/faults/registry.ts';
import type { Libraries } from '../core/libraries.ts';
import type { Plan } from '../core/plan/compile.ts';
import { type LoadedScenario, loadScenario } from '../scenario-files/load-scenario.ts';
import type { EnginePort } from '../server/engine-port.ts';
import { type Amendment, amended } from '../session/amendment.ts';
import { DEFAULT_SESSION } from '../session/default-session.ts';
import { type KnownPlan, ServedSession } from '../session/served-session.ts';
import { ClosedConnections } from '../session/state/closed-connections.ts';
import type { PlanSource, PlanUpdate } from './messages.ts';
import type { DecisionLine } from './primary-client.ts';
import { RemoteState } from './remote-state.ts';

export interface RemoteEngineParts {
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly line: DecisionLine;
}

/** An engine whose shared state is in the primary: reads requests and builds answers by copies of its plans. */
export class RemoteEngine implements EnginePort {
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly #line: DecisionLine;
  readonly defaultSession: ServedSession;
  readonly #closed = new ClosedConnections();
  readonly #plans = new Map<string, Plan>();
  #scenario: LoadedScenario | undefined;
  #otherwise: Plan | undefined;
  readonly #numbers = new WeakMap<Plan, number>();

  constructor({ clock, libraries, line }: RemoteEngineParts) {
    this.clock = clock;
    this.libraries = libraries;
    this.#line = line;
    this.defaultSession = this.#served(DEFAULT_SESSION);
  }

  /** The scenario of the server. Throws an Error before the primary has told it. */
  get scenario(): LoadedScenario {
    if (this.#scenario === undefined) throw new Error('the primary has not told of any scenario');
    return this.#scenario;
  }

  session(id = DEFAULT_SESSION): ServedSession {
    return id === DEFAULT_SESSION ? this.defaultSession : this.#served(id);
  }

  /** The plan that a session goes by, as far as it is known here. Throws an Error before the primary has told any. */
  #planOf(session: string): Plan {
    const known = this.#plans.get(session) ?? this.#otherwise;
    if (known === undefined) throw new Error('the primary has not told of any plan');
    return known;
  }

  /** The number that the primary knows the plan by. */
  #numberOf(plan: Plan): number {
    return this.#numbers.get(plan) ?? 0;
  }

  connectionClosed(connection: number): void {
    this.#closed.add(connection);
    this.#line.notify({ kind: 'connection gone', connection });
  }

  /** Takes over what the primary says of plans. */
  learn({ session, plan }: PlanUpdate): void {
    if (session === undefined) {
      if (plan === undefined) return;
      this.#scenario = this.#load(plan.recipe);
      this.#otherwise = this.#scenario.plan;
      this.#numbers.set(this.#otherwise, plan.number);
    } else if (plan === undefined) this.#plans.delete(session);
    else if (this.#numberOf(this.#planOf(session)) !== plan.number) this.#plans.set(session, this.#made(plan));
  }

  #served(id: string): ServedSession {
    const plan = () => this.#planOf(id);
    const version = (known: Plan) => this.#numberOf(known);
    const known: KnownPlan = {
      get plan() {
        return plan();
      },
      get planVersion() {
        return version(plan());
      },
    };
    const { clock, libraries } = this;
    return new ServedSession({
      clock,
      libraries,
      state: new RemoteState(id, { client: this.#line, isClosed: this.#closed.has, plan }),
      known,
    });
  }

  #made({ number, recipe }: NonNullable<PlanUpdate['plan']>): Plan {
    const amend = (made: Plan, amendment: Amendment, nth: number) =>
      amended(made, amendment, nth + 1, { libraries: this.libraries, faults });
    const plan = recipe.amendments.reduce(amend, this.#load(recipe).plan);
    this.#numbers.set(plan, number);
    return plan;
  }

  #load({ source, provider, seed }: PlanSource): LoadedScenario {
    const loaded = loadScenario(source, this.libraries, seed);
    return (provider === undefined ? undefined : loaded.providers.get(provider)) ?? loaded;
  }
}
