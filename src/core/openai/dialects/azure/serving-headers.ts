import type { Header } from '../../../wire/effect.ts';
import { modelNamed } from '../../models/models.ts';
import type { SpokenContext } from '../dialect.ts';
import { headerValue } from './header-value.ts';
import { modelSession } from './headers.ts';
import { deploymentIn, modelBehind } from './model-behind.ts';

/** What an answer by a model says on the classic surface of who answers (wire-responses.md 8.3). */
export function classicServing({ identity, request }: SpokenContext): readonly Header[] {
  return [
    ['azureml-model-session', modelSession(identity.organizationId)],
    ['x-accel-buffering', 'no'],
    ['x-ms-deployment-name', headerValue(deploymentIn(request))],
    ['x-ms-rai-invoked', 'true'],
  ];
}

/** The same on the v1 surface. */
export function v1Serving({ request, settings }: SpokenContext, isStreamed: boolean): readonly Header[] {
  const deployment = deploymentIn(request);
  return [
    ['x-ms-aoai-configured-data-retention-days', '30'],
    ['skip-error-remapping', 'true'],
    ['x-ms-is-spilled-over', 'false'],
    ['azureai-fe-is-streaming', isStreamed ? 'True' : 'False'],
    ['azureai-fe-offer-type', 'paygo'],
    ['x-ms-served-model', headerValue(modelNamed(modelBehind(deployment, settings) ?? deployment).snapshot)],
  ];
}
