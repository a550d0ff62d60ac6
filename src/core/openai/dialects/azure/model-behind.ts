import type { AnswerSettings } from '../../request/answer-settings.ts';
import type { SpokenContext } from '../dialect.ts';
import { openaiName } from './azure-name.ts';

/** The model that serves a deployment; undefined where there is no such deployment. */
export function modelBehind(deployment: string, { azure }: Pick<AnswerSettings, 'azure'>): string | undefined {
  const deployments = azure?.deployments;
  if (deployments === undefined) return openaiName(deployment);
  return Object.hasOwn(deployments, deployment) ? deployments[deployment] : undefined;
}

/** The name under which a model is asked: of the path, or of the body. */
export function deploymentIn({ deployment, body }: SpokenContext['request']): string {
  if (deployment !== undefined) return deployment;
  const model = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
  return typeof model === 'string' ? model : '';
}
