import type { Service } from '../service.ts';
import { azureClassic, azureV1 } from './dialects.ts';
import { counterpart, route } from './route.ts';

/** Azure OpenAI: `https://{resource}.openai.azure.com/openai/…`. */
export const azure: Service = { name: 'azure', dialects: [azureClassic, azureV1], basePath: '/openai/v1', route, counterpart };
