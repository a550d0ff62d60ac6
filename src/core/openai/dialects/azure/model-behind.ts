import type { AnswerSettings } from '../../request/answer-settings.ts';
import type { SpokenContext } from '../dialect.ts';

/** Azure writes the names of these models without their point. */
const WITHOUT_POINT = /^gpt-35-/;

/** The model that serves a deployment; undefined where there is no such deployment. */
export function modelBehind(deployment: string, { azure }: Pick<AnswerSettings, 'azure'>): string | undefined {
  const deployments = azure?.deployments;
  if (deployments === undefined) return deployment.replace(WITHOUT_POINT, 'gpt-3.5-');
  return Object.hasOwn(deployments, deployment) ? deployments[deployment] : undefined;
}

/** The name under which a model is asked: of the path, or of the body. */
export function deploymentIn({ deployment, body }: SpokenContext['request']): string {
  if (deployment !== undefined) return deployment;
  const model = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
  return typeof model === 'string' ? model : '';
}
