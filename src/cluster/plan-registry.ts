import type { Engine } from '../session/engine.ts';
import type { Session } from '../session/session.ts';
import type { PlanUpdate } from './messages.ts';

/** Says what workers are to know of plans. */
export class PlanRegistry {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** What there is to say of a session; of none, it goes by the scenario of the server. */
  updateFor(id: string, session: Session | undefined): PlanUpdate {
    const usual = session === undefined || session.plan === this.#engine.scenario.plan;
    if (usual) return { kind: 'plan', session: id, plan: undefined };
    const { scenario, amendments, plan } = session;
    const provider = plan.provider === '' ? undefined : plan.provider;
    const recipe = { source: scenario.source, provider, seed: plan.seed, amendments };
    return { kind: 'plan', session: id, plan: { number: this.#engine.planVersions.of(plan), recipe } };
  }

  /** What there is to say when the scenario of the server is another: what goes by it, and what still goes by the one before. */
  allNews(): PlanUpdate[] {
    const { source, plan } = this.#engine.scenario;
    const recipe = { source, provider: undefined, seed: plan.seed, amendments: [] };
    const news: PlanUpdate[] = [
      { kind: 'plan', session: undefined, plan: { number: this.#engine.planVersions.of(plan), recipe } },
    ];
    for (const session of this.#engine.sessions) news.push(this.updateFor(session.id, session));
    return news;
  }
}
