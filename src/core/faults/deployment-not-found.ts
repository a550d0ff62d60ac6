import { deploymentNotFound as answer } from '../openai/dialects/azure/azure-errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

export const deploymentNotFound = definePlainErrorFault({
  name: 'deployment_not_found',
  summary: 'of Azure: the deployment does not exist',
  status: 404,
  layer: 'gateway',
  dialects: ['azure'],
  errorCodes: ['DeploymentNotFound'],
  source: 'https://github.com/traceloop/openllmetry (its recorded exchanges); unverified: that v1 says the same',
  error: answer,
});
