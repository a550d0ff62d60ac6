import { azureCodes } from '../openai/dialects/azure/azure-codes.ts';
import { faults } from './registry.ts';

/** Codes and types of the errors that faults answer with, in the order of the catalogue. */
export const errorWords: readonly string[] = [
  ...new Set(['invalid_request_error', ...faults.flatMap(({ errorCodes: says = [] }) => says), ...azureCodes]),
];
